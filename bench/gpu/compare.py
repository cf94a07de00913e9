#!/usr/bin/env python3
"""The engine on PJRT plug-ins, JAX and PyTorch on one GPU, side by side in one run: medians and ratios.

    bench/gpu/compare.py --plugin .../xla_cuda_plugin.so --python VENV/bin/python [--build build/with-pjrt] [--rounds N]
    bench/gpu/compare.py --dry-run [--build build/with-pjrt] [--python VENV/bin/python]

Build first: cmake --preset release -B build/with-pjrt -DCORNU_PJRT=ON -DCORNU_BENCH=ON && cmake --build build/with-pjrt.
The virtual environment holds `keras jax[cuda13] torch torchvision`; a peer that it lacks is left out, and the output says
so. The dry run does every row of Cornu's, tiny, on the plug-in for CPUs, and of Keras on JAX where it is given: it shows that
the script works, and nothing else.
NOT YET RUN ON A GPU: no machine with one was at hand when this was written.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys

KERAS = r'''
import json, sys, time, statistics, numpy as np, keras
row, a, b, image = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
keras.config.set_dtype_policy(sys.argv[5])
def epochs(model, x, y, batch, count):
    times = []
    class Clock(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None): self.t = time.perf_counter()
        def on_epoch_end(self, epoch, logs=None): times.append(time.perf_counter() - self.t)
    model.fit(x, y, batch_size=batch, epochs=count + 1, verbose=0, callbacks=[Clock()])
    return statistics.median(times[1:])
noise = lambda *s: np.random.default_rng(0).random(s, "float32")
classes = lambda n: keras.utils.to_categorical(np.arange(n) * 7 % 10, 10)
L = keras.layers
if row == "mlp":
    m = keras.Sequential([keras.Input((784,)), L.Dense(64, activation="relu"), L.Dense(10, activation="softmax", dtype="float32")])
    m.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
    s = epochs(m, noise(b, 784), classes(b), 32, a)
elif row == "cnn":
    m = keras.Sequential([keras.Input((28, 28, 1)), L.Conv2D(32, 3, activation="relu"), L.MaxPooling2D(2), L.Conv2D(64, 3, activation="relu"),
                          L.MaxPooling2D(2), L.Flatten(), L.Dropout(0.5), L.Dense(10, activation="softmax", dtype="float32")])
    m.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    s = epochs(m, noise(b, 28, 28, 1), classes(b), 128, a)
else:
    m = keras.applications.ResNet50(weights=None, input_shape=(image, image, 3), classes=10)
    x = noise(a * b, image, image, 3)
    if row == "resnet":
        m.compile(keras.optimizers.SGD(0.01, momentum=0.9), "categorical_crossentropy")
        s = epochs(m, x, classes(a * b), a, 3) / b
    else:
        times = []
        for i in range(4):
            t = time.perf_counter(); m.predict(x, batch_size=a, verbose=0); times.append((time.perf_counter() - t) / b)
        s = statistics.median(times[1:])
print(json.dumps({"seconds": s}))
'''

TORCH = r'''
import json, sys, time, statistics, torch, torchvision
row, a, b, image = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = sys.argv[5] == "tf32"
nn, dev = torch.nn, "cuda"
narrow = lambda: torch.autocast("cuda", torch.bfloat16, enabled=sys.argv[5] == "bfloat16")
def timed(work, count):
    times = []
    for _ in range(count + 1):
        torch.cuda.synchronize(); t = time.perf_counter(); work(); torch.cuda.synchronize(); times.append(time.perf_counter() - t)
    return statistics.median(times[1:])
if row in ("mlp", "cnn"):
    batch = 32 if row == "mlp" else 128
    x = torch.rand(b, 784, device=dev) if row == "mlp" else torch.rand(b, 1, 28, 28, device=dev)
    y = (torch.arange(b, device=dev) * 7) % 10
    m = nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10)) if row == "mlp" else nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(0.5), nn.Linear(1600, 10))
    m = m.to(dev); o = torch.optim.SGD(m.parameters(), 0.01) if row == "mlp" else torch.optim.Adam(m.parameters())
    f = torch.compile(lambda i: nn.functional.cross_entropy(m(x[i]), y[i]))
    def epoch():
        for i in torch.randperm(b, device=dev).split(batch):
            o.zero_grad()
            with narrow(): loss = f(i)
            loss.backward(); o.step()
    s = timed(epoch, a)
else:
    m = torchvision.models.resnet50(num_classes=10).to(dev, memory_format=torch.channels_last)
    c = torch.compile(m); x = torch.rand(a, 3, image, image, device=dev).to(memory_format=torch.channels_last)
    y = torch.arange(a, device=dev) % 10
    if row == "resnet":
        o = torch.optim.SGD(m.parameters(), 0.01, momentum=0.9)
        def step():
            o.zero_grad()
            with narrow(): loss = nn.functional.cross_entropy(c(x), y)
            loss.backward(); o.step()
    else:
        m.eval()
        def step():
            with torch.no_grad(), narrow(): c(x)
    s = timed(lambda: [step() for _ in range(b)], 3) / b
print(json.dumps({"seconds": s}))
'''


def seconds(command, environment):
    run = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})
    if run.returncode != 0:
        sys.stderr.write(run.stderr[-2000:])
        return None
    return json.loads(run.stdout.strip().splitlines()[-1])["seconds"]


def main():
    a = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    a.add_argument("--build", default="build/with-pjrt")
    a.add_argument("--plugin")
    a.add_argument("--python")
    a.add_argument("--rounds", type=int, default=3)
    a.add_argument("--dry-run", action="store_true")
    a = a.parse_args()
    if not a.dry_run and not (a.plugin and a.python):
        a.error("--plugin and --python are needed, or --dry-run")
    program = os.path.join(a.build, "bench", "bench_gpu")
    engine = "pjrt" if a.dry_run else "pjrt:" + a.plugin
    if not a.dry_run:
        print("card: " + subprocess.run(["nvidia-smi", "--query-gpu=name,driver_version,clocks.max.sm", "--format=csv,noheader"], capture_output=True, text=True).stdout.strip())
        print("peers: " + subprocess.run([a.python, "-m", "pip", "list", "--format=freeze"], capture_output=True, text=True).stdout.replace("\n", " "))
    print("Cornu: " + subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True).stdout.strip())
    tiny = a.dry_run
    rows = [("MLP, epoch", ["mlp", "1" if tiny else "5", "640" if tiny else "60000", "0"]),
            ("convnet, epoch", ["cnn", "1" if tiny else "3", "256" if tiny else "60000", "0"])]
    for batch in (2,) if tiny else (64, 256):
        size = [str(batch), "2" if tiny else "10", "32" if tiny else "224"]
        rows.append(("ResNet-50, training step of %d" % batch, ["resnet"] + size))
        rows.append(("ResNet-50, inference of %d" % batch, ["infer"] + size))
    for name, words in rows:
        for kind in ("float32", "bfloat16") if tiny else ("float32", "tf32", "bfloat16"):
            # Products in float32, in TF32 where the card has it, in bfloat16 under the policy for that.
            precision = "highest" if kind == "float32" else "default"
            policy = "mixed_bfloat16" if kind == "bfloat16" else "float32"
            times = {"Cornu": [], "Keras on JAX": [], "PyTorch": []}
            for _ in range(1 if tiny else a.rounds):  # interleaved
                times["Cornu"].append(seconds([program] + words, {"CORNU_ENGINE": engine, "CORNU_PJRT_PRECISION": precision, "CORNU_BENCH_POLICY": policy}))
                if not a.python:
                    continue
                jax = {"KERAS_BACKEND": "jax", "XLA_PYTHON_CLIENT_PREALLOCATE": "false", "JAX_DEFAULT_MATMUL_PRECISION": "tensorfloat32" if precision == "default" else "float32"}
                if tiny:
                    jax["JAX_PLATFORMS"] = "cpu"
                times["Keras on JAX"].append(seconds([a.python, "-c", KERAS] + words + [policy], jax))
                if tiny:  # that one is written for CUDA
                    continue
                times["PyTorch"].append(seconds([a.python, "-c", TORCH] + words + [kind], {}))
            medians = {who: statistics.median(t) for who, t in times.items() if t and None not in t}
            own = medians.pop("Cornu", None)
            text = "  ".join("%s %.5f s, ratio %.2f" % (who, t, own / t) for who, t in medians.items() if own)
            print("%-34s %-8s Cornu %s  %s" % (name, kind, "failed" if own is None else "%.5f s" % own, text))
            if own is None and tiny:
                return 1
            for who, t in times.items():
                if None in t:
                    print("    left out: %s" % who)
    print("goal: at most 1.0 x JAX, and less than PyTorch, in each row")
    return 0


if __name__ == "__main__":
    sys.exit(main())
