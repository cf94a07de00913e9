#!/usr/bin/env python3
"""Vision models, Cornu and the peers side by side in one run: medians, ratios, and the rows that Cornu loses.

    bench/compare_vision.py --python VENV/bin/python [--models DIR] [--build build/release] [--rounds N] [--only cnn,resnet]

Build first: cmake --preset release -DCORNU_BENCH=ON && cmake --build build/release. The peers live in a virtual environment
outside of the repository: `pip install keras==3.15.1 tensorflow-cpu==2.21.0 tf2onnx onnxruntime openvino ai-edge-litert`.
The models (random weights) are made by Keras into DIR at the first run. Inference peers are warmed up, inputs are in
place, OpenVINO computes in float32 as everybody else does.
"""
import argparse
import json
import os
import platform
import statistics
import subprocess
import sys

MAKE = r'''
import sys, numpy as np, keras, tensorflow as tf
from keras import layers as L
folder = sys.argv[1]
models = {
    "cnn": lambda: keras.Sequential([L.Input((28, 28, 1)), L.Conv2D(32, 3, activation="relu"), L.MaxPooling2D(2), L.Conv2D(64, 3, activation="relu"), L.MaxPooling2D(2), L.Flatten(), L.Dropout(.5), L.Dense(10, activation="softmax")]),
    "mobilenet": lambda: keras.applications.MobileNetV2(weights=None),
    "resnet": lambda: keras.applications.ResNet50(weights=None),
}
for name, make in models.items():
    m = make()
    m.save(f"{folder}/{name}.keras")
    m(np.zeros((1,) + m.input_shape[1:], "float32"))
    m.export(f"{folder}/{name}.onnx", format="onnx", verbose=False)
    open(f"{folder}/{name}.tflite", "wb").write(tf.lite.TFLiteConverter.from_keras_model(m).convert())
'''

INFER = r'''
import json, statistics, sys, time, numpy as np
engine, path, batch, threads = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
side = 28 if "cnn" in path else 224
x = np.random.default_rng(0).random((batch, side, side, 1 if side == 28 else 3), "float32")
if engine == "OpenVINO":
    import openvino as ov
    core = ov.Core(); m = core.read_model(path + ".onnx"); m.reshape(list(x.shape))
    m = core.compile_model(m, "CPU", {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"})
    r = m.create_infer_request(); r.set_input_tensor(ov.Tensor(x, shared_memory=True)); call = r.infer; version = ov.__version__.split("-")[0]
elif engine == "ONNX Runtime":
    import onnxruntime as o
    options = o.SessionOptions(); options.intra_op_num_threads = threads; options.inter_op_num_threads = 1
    s = o.InferenceSession(path + ".onnx", options, providers=["CPUExecutionProvider"]); name = s.get_inputs()[0].name
    call = lambda: s.run(None, {name: x}); version = o.__version__
else:
    from importlib.metadata import version as version_of
    from ai_edge_litert.interpreter import Interpreter
    q = Interpreter(path + ".tflite", num_threads=threads); i = q.get_input_details()[0]; q.resize_tensor_input(i["index"], x.shape); q.allocate_tensors()
    q.set_tensor(i["index"], x); call = q.invoke; version = version_of("ai-edge-litert")
for _ in range(3): call()
times, end = [], time.perf_counter() + 2
while len(times) < 5 or time.perf_counter() < end:
    start = time.perf_counter(); call(); times.append(time.perf_counter() - start)
print(json.dumps({"seconds": statistics.median(times), "version": version}))
'''

TRAIN = r'''
import json, os, statistics, sys, time
os.environ["KERAS_BACKEND"] = "tensorflow"; os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
what, threads = sys.argv[1], int(sys.argv[2])
import gzip, numpy as np, keras, tensorflow as tf
tf.config.threading.set_intra_op_parallelism_threads(threads); tf.config.threading.set_inter_op_parallelism_threads(threads)
times = []
if what == "cnn":
    D = "/usr/share/datasets/fashion-mnist/"
    x = np.frombuffer(gzip.open(D + "train-images-idx3-ubyte.gz").read(), np.uint8, offset=16).reshape(-1, 28, 28, 1).astype("float32") / 255
    y = keras.utils.to_categorical(np.frombuffer(gzip.open(D + "train-labels-idx1-ubyte.gz").read(), np.uint8, offset=8), 10)
    m = keras.models.load_model(sys.argv[3]); m.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    for _ in range(3):
        start = time.perf_counter(); m.fit(x, y, batch_size=128, epochs=1, verbose=0); times.append(time.perf_counter() - start)
else:
    m = keras.models.load_model(sys.argv[3]); m.compile(keras.optimizers.SGD(.01), "categorical_crossentropy")
    x = np.random.default_rng(0).random((8, 224, 224, 3), "float32"); y = np.eye(1000, dtype="float32")[:8]
    for _ in range(8):
        start = time.perf_counter(); m.train_on_batch(x, y); times.append(time.perf_counter() - start)
print(json.dumps({"seconds": statistics.median(times[1:]), "version": keras.__version__ + " on TensorFlow " + tf.__version__}))
'''

# (model, batch, threads, {peer: goal})
INFERENCE = [
    ("cnn", 1, 1, {"LiteRT": 0.9}),
    ("cnn", 32, 2, {"LiteRT": 0.9}),
    ("resnet", 1, 1, {"OpenVINO": 1.0, "ONNX Runtime": 1.0, "LiteRT": 1.0}),
    ("resnet", 8, 1, {"OpenVINO": 1.0, "ONNX Runtime": 1.0, "LiteRT": 1.0}),
    ("resnet", 1, 2, {"OpenVINO": 1.0, "ONNX Runtime": 1.0, "LiteRT": 1.0}),
    ("resnet", 8, 2, {"OpenVINO": 1.0, "ONNX Runtime": 1.0, "LiteRT": 1.0}),
    ("mobilenet", 1, 1, {"OpenVINO": 1.0}),
    ("mobilenet", 1, 2, {"LiteRT": 1.0}),
]


def run(command, threads):
    cores = ",".join(str(c) for c in range(threads))
    out = subprocess.run(["taskset", "-c", cores] + command, capture_output=True, text=True, check=True)
    return json.loads(out.stdout[out.stdout.index("{"):])


def row(what, ours, peer, theirs, goal):
    ratio = ours / theirs
    print("%-36s Cornu %10.3f ms   %-14s %10.3f ms   ratio %.2f   goal %.2f   %s" % (what, ours * 1e3, peer, theirs * 1e3, ratio, goal, "" if ratio <= goal else "LOST"), flush=True)


def main():
    a = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    a.add_argument("--python", required=True)
    a.add_argument("--models", default="/tmp/cornu-vision-models")
    a.add_argument("--build", default="build/release")
    a.add_argument("--rounds", type=int, default=3)
    a.add_argument("--only", default="cnn,mobilenet,resnet")
    a = a.parse_args()
    only = a.only.split(",")
    os.makedirs(a.models, exist_ok=True)
    if not os.path.exists(os.path.join(a.models, "resnet.tflite")):
        subprocess.run([a.python, "-c", MAKE, a.models], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    cpu = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), "?")
    print("machine: %s, %d cores, Linux %s, load %.1f" % (cpu, os.cpu_count(), platform.release(), os.getloadavg()[0]))
    print("Cornu: %s" % subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True).stdout.strip())
    cornu = os.path.join(a.build, "bin", "cornu")
    versions = {}
    for model, batch, threads, goals in INFERENCE:
        if model not in only:
            continue
        path = os.path.join(a.models, model)
        times = {name: [] for name in ["Cornu", *goals]}
        for _ in range(a.rounds):  # interleaved, so that a neighbour's load meets all alike
            ours = run([cornu, "bench", path + ".keras", "--threads", str(threads), "--batch-size", str(batch), "--seconds", "2", "--json"], threads)
            times["Cornu"].append(ours["steps"][0]["predict_seconds"])
            for peer in goals:
                theirs = run([a.python, "-c", INFER, peer, path, str(batch), str(threads)], threads)
                times[peer].append(theirs["seconds"])
                versions[peer] = theirs["version"]
        for peer, goal in goals.items():
            row("%s inference %d, %d thread%s" % (model, batch, threads, "" if threads == 1 else "s"), statistics.median(times["Cornu"]), peer, statistics.median(times[peer]), goal)
    if "cnn" in only:
        pairs = [(run([os.path.join(a.build, "bench", "bench_convnet"), "2", "3"], 2)["epoch_s"], run([a.python, "-c", TRAIN, "cnn", "2", os.path.join(a.models, "cnn.keras")], 2)) for _ in range(a.rounds)]
        row("cnn training epoch, 2 threads", statistics.median(p[0] for p in pairs), "Keras-TF", statistics.median(p[1]["seconds"] for p in pairs), 0.6)
        versions["Keras"] = pairs[0][1]["version"]
    if "resnet" in only:
        ours = lambda: run([cornu, "bench", os.path.join(a.models, "resnet.keras"), "--threads", "2", "--batch-size", "8", "--optimizer", "sgd", "--loss", "categorical_crossentropy", "--seconds", "8", "--json"], 2)["steps"][0]["train_seconds"]
        pairs = [(ours(), run([a.python, "-c", TRAIN, "resnet", "2", os.path.join(a.models, "resnet.keras")], 2)) for _ in range(a.rounds)]
        row("resnet training step 8, 2 threads", statistics.median(p[0] for p in pairs), "Keras-TF", statistics.median(p[1]["seconds"] for p in pairs), 0.85)
        versions["Keras"] = pairs[0][1]["version"]
    print("versions: " + ", ".join("%s %s" % v for v in versions.items()))


if __name__ == "__main__":
    sys.exit(main())
