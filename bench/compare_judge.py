#!/usr/bin/env python3
"""How long one judgment takes on one warm thread, Cornu and the peers side by side in one run: medians and 99.9th percentiles.

    bench/compare_judge.py --python VENV/bin/python [--build build/release] [--rounds N]

Build first: cmake --preset release -DCORNU_BENCH=ON && cmake --build build/release. The peers live in a virtual environment
outside of the repository: `pip install keras==3.15.1 tensorflow-cpu==2.21.0 tf2onnx onnxruntime ai-edge-litert`. The models are
those of tests/data/fashion_mnist; in int8, Cornu's is what `cornu export --int8` writes, compiled for this machine, and LiteRT's
is what TensorFlow's converter makes of the same images. Programs that are not C are timed inside of their own loop, so that
what Python adds is a clock's call.
"""
import argparse
import json
import pathlib
import platform
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATASET = pathlib.Path("/usr/share/datasets/fashion-mnist")  # Debian's dataset-fashion-mnist
MODELS = ("mlp", "cnn")

MAKE = r'''
import gzip, sys, numpy as np, keras, tensorflow as tf
source, folder, images = sys.argv[1:]
pixels = np.frombuffer(gzip.open(images).read()[16:], np.uint8)[: 200 * 784].astype("float32") / 255
for name in ("mlp", "cnn"):
    m = keras.models.load_model(f"{source}/{name}.keras")
    m(np.zeros((1,) + m.input_shape[1:], "float32"))
    m.export(f"{folder}/{name}.onnx", format="onnx", verbose=False)
    open(f"{folder}/{name}_float.tflite", "wb").write(tf.lite.TFLiteConverter.from_keras_model(m).convert())
    c = tf.lite.TFLiteConverter.from_keras_model(m)
    c.optimizations = [tf.lite.Optimize.DEFAULT]
    c.representative_dataset = lambda: ([x] for x in pixels.reshape((200, 1) + m.input_shape[1:]))
    c.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    c.inference_input_type = c.inference_output_type = tf.int8
    open(f"{folder}/{name}_int8.tflite", "wb").write(c.convert())
'''

TIME = r'''
import json, sys, time, numpy as np
path = sys.argv[1]
if path.endswith(".onnx"):
    import onnxruntime as o
    options = o.SessionOptions(); options.intra_op_num_threads = options.inter_op_num_threads = 1
    s = o.InferenceSession(path, options, providers=["CPUExecutionProvider"]); i = s.get_inputs()[0]
    x = {i.name: np.random.rand(1, *i.shape[1:]).astype("float32")}
    call = lambda: s.run(None, x)
else:
    from ai_edge_litert.interpreter import Interpreter
    q = Interpreter(path, num_threads=1); q.allocate_tensors(); d = q.get_input_details()[0]
    q.set_tensor(d["index"], (np.random.rand(*d["shape"]) * 100).astype(d["dtype"])); call = q._interpreter.Invoke
for _ in range(2000): call()
times = []
for _ in range(50000):
    a = time.perf_counter_ns(); call(); times.append(time.perf_counter_ns() - a)
times.sort()
print(json.dumps([times[len(times) // 2] / 1e3, times[len(times) * 999 // 1000] / 1e3]))
'''

LOOP = r'''
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "NAME.h"
static int by_size(const void *a, const void *b) { double x = *(const double *)a, y = *(const double *)b; return x < y ? -1 : x > y; }
int main(void) {
  enum { N = 200000 };
  static double t[N];
  static int8_t x[784], y[10];
  for (int i = 0; i < 784; ++i) x[i] = (int8_t)(rand() % 2 ? -128 : rand() % 256 - 128);
  for (int i = 0; i < N; ++i) {
    struct timespec a, b;
    clock_gettime(CLOCK_MONOTONIC, &a);
    NAME_run(x, y);
    clock_gettime(CLOCK_MONOTONIC, &b);
    t[i] = (double)(b.tv_sec - a.tv_sec) * 1e6 + (double)(b.tv_nsec - a.tv_nsec) / 1e3;
  }
  qsort(t, N, sizeof t[0], by_size);
  printf("[%.3f, %.3f]\n", t[N / 2], t[N / 1000 * 999]);
  return 0;
}
'''


def output(*command):
    return subprocess.run([str(c) for c in command], check=True, capture_output=True, text=True).stdout


def cornu_float(build, model):
    # "mlp.keras  median  2.11 us  99.9 %  7.67 us ..."
    words = output(build / "bench/bench_judge", ROOT / f"tests/data/fashion_mnist/{model}.keras", "--seconds", 1).split()
    return [float(words[words.index("median") + 1]), float(words[words.index("%") + 1])]


def cornu_int8(build, model, folder):
    program = folder / f"{model}_int8"
    if not program.exists():
        subprocess.run([build / "bin/cornu", "export", ROOT / f"tests/data/fashion_mnist/{model}.keras", "--target", "c99", "-o", folder,
                        "--name", model, "--int8", "--calibrate", DATASET / "train-images-idx3-ubyte.gz", "--divide", "255"], check=True)
        (folder / f"{model}_loop.c").write_text(LOOP.replace("NAME", model))
        subprocess.run(["gcc", "-O3", "-march=native", "-o", program, folder / f"{model}_loop.c", folder / f"{model}.c", "-lm"], check=True)
    return json.loads(output(program))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", required=True, help="a Python with the peers")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with open("/proc/cpuinfo", encoding="ascii") as file:
        cpu = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.processor())
    print(f"machine: {cpu}, Linux {platform.release()}\nCornu: {output('git', '-C', ROOT, 'rev-parse', '--short', 'HEAD').strip()}")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([arguments.python, "-c", MAKE, ROOT / "tests/data/fashion_mnist", folder, DATASET / "train-images-idx3-ubyte.gz"],
                       check=True, capture_output=True)

        def peer(file):
            return json.loads(output(arguments.python, "-c", TIME, folder / file).splitlines()[-1])

        for kind in ("float", "int8"):
            for model in MODELS:
                rows = {"Cornu": lambda: cornu_float(arguments.build, model) if kind == "float" else cornu_int8(arguments.build, model, folder),
                        "LiteRT": lambda: peer(f"{model}_{kind}.tflite")}
                if kind == "float":
                    rows["ONNX Runtime"] = lambda: peer(f"{model}.onnx")
                taken = {engine: [] for engine in rows}
                for _ in range(arguments.rounds):
                    for engine, measure in rows.items():
                        taken[engine].append(measure())
                best = min(statistics.median(t[0] for t in taken[e]) for e in rows if e != "Cornu")
                for engine, times in taken.items():
                    median, late = (statistics.median(t[i] for t in times) for i in (0, 1))
                    ratio = f"   {median / best:.2f} of the best peer{'   LOST' if median > best else ''}" if engine == "Cornu" else ""
                    print(f"{model} {kind:6} {engine:13} median {median:6.2f} us   99.9 % {late:7.2f} us{ratio}", flush=True)
    print(output(arguments.python, "-c", "from importlib.metadata import version as v\n"
                 "print('versions:', ', '.join(f'{p} {v(p)}' for p in ('ai-edge-litert', 'onnxruntime', 'tensorflow-cpu', 'keras')))").strip())


if __name__ == "__main__":
    main()
