#!/usr/bin/env python3
"""The lecture's work, Cornu and the peers side by side in one run: medians, ratios, and the rows that Cornu loses.

    bench/compare.py [--build build/release] [--python-jax VENV/bin/python] [--python-tf VENV/bin/python] [--rounds N]

Build first: cmake --preset release -DCORNU_BENCH=ON && cmake --build build/release.
The peers live in virtual environments outside of the repository: `pip install keras==3.15.1 jax==0.10.2` and
`pip install keras==3.15.1 tensorflow-cpu==2.21.0`. A peer that is not given is left out, and the output says so.
"""
import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time

JAX_SCAN = r'''
import gzip, json, os, sys, time, numpy as np, jax, jax.numpy as jnp
D = "/usr/share/datasets/fashion-mnist/"
img = lambda f: np.frombuffer(gzip.open(D + f).read(), np.uint8, offset=16).reshape(-1, 784).astype("float32") / 255
lab = lambda f: np.eye(10, dtype="float32")[np.frombuffer(gzip.open(D + f).read(), np.uint8, offset=8)]
X, Y = jnp.asarray(img("train-images-idx3-ubyte.gz")), jnp.asarray(lab("train-labels-idx1-ubyte.gz"))
def glorot(k, i, o): l = (6 / (i + o)) ** .5; return jax.random.uniform(k, (i, o), minval=-l, maxval=l)
p = [glorot(jax.random.PRNGKey(0), 784, 64), jnp.zeros(64), glorot(jax.random.PRNGKey(1), 64, 10), jnp.zeros(10)]
def fwd(p, x): return jax.nn.relu(x @ p[0] + p[1]) @ p[2] + p[3]
def loss(p, x, y):
    z = fwd(p, x)
    return -jnp.mean(jnp.sum(y * jax.nn.log_softmax(z), -1)), jnp.mean(jnp.argmax(z, -1) == jnp.argmax(y, -1))
@jax.jit
def epoch(p, X, Y, perm):
    def step(p, i):
        (l, a), g = jax.value_and_grad(loss, has_aux=True)(p, X[i], Y[i])
        return [w - 0.01 * d for w, d in zip(p, g)], (l, a)
    return jax.lax.scan(step, p, perm.reshape(1875, 32))
rng, times = np.random.default_rng(0), []
for e in range(6):
    t = time.perf_counter()
    p, (l, a) = epoch(p, X, Y, jnp.asarray(rng.permutation(60000)))
    l.block_until_ready()
    times.append(time.perf_counter() - t)
print(json.dumps({"epoch_s": sorted(times[1:])[len(times[1:]) // 2], "version": jax.__version__}))
'''

KERAS_TRAIN = r'''
import gzip, numpy as np, keras
D = "/usr/share/datasets/fashion-mnist/"
x = np.frombuffer(gzip.open(D + "train-images-idx3-ubyte.gz").read(), np.uint8, offset=16).reshape(-1, 784).astype("float32") / 255
y = keras.utils.to_categorical(np.frombuffer(gzip.open(D + "train-labels-idx1-ubyte.gz").read(), np.uint8, offset=8), 10)
m = keras.Sequential([keras.Input((784,)), keras.layers.Dense(64, activation="relu"), keras.layers.Dense(10, activation="softmax")])
m.compile(optimizer="sgd", loss="categorical_crossentropy", metrics=["accuracy"])
m.fit(x, y, batch_size=32, epochs=5, verbose=0)
m.save("m.h5")
'''


def pinned(threads):
    return ["taskset", "-c", ",".join(str(c) for c in range(threads))]


def run_json(command, threads=1, env=None):
    out = subprocess.run(pinned(threads) + command, capture_output=True, text=True, env={**os.environ, **(env or {})}, check=True)
    return json.loads(out.stdout.strip().splitlines()[-1])


def whole_program(command, env=None):
    """Seconds and peak megabytes of a process, from start to end."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        p = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **(env or {})})
        _, status, usage = os.wait4(p.pid, 0)
        seconds = time.perf_counter() - start
    if status != 0:
        raise RuntimeError("%s ended with status %d" % (command[0], status))
    return seconds, usage.ru_maxrss / 1024


def row(what, ours, peers, goal):
    for name, theirs in peers:
        ratio = ours / theirs
        print("  %-44s Cornu %10.4f   %s %10.4f   ratio %.2f   goal %.2f   %s" % (what, ours, name, theirs, ratio, goal, "" if ratio <= goal else "LOST"))
    if not peers:
        print("  %-44s Cornu %10.4f   (no peer given)" % (what, ours))


def main():
    a = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    a.add_argument("--build", default="build/release")
    a.add_argument("--python-jax")
    a.add_argument("--python-tf")
    a.add_argument("--rounds", type=int, default=3)
    a = a.parse_args()
    cpu = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), "?")
    print("machine: %s, %d cores, Linux %s, load %.1f" % (cpu, os.cpu_count(), platform.release(), os.getloadavg()[0]))
    print("Cornu: %s" % subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True).stdout.strip())
    lecture = os.path.join(a.build, "bench", "bench_lecture")
    results = {1: [], 2: [], "jax": []}
    for _ in range(a.rounds):  # interleaved, so that a neighbour's load meets all alike
        for threads in (1, 2):
            results[threads].append(run_json([lecture, str(threads)], threads))
        if a.python_jax:
            # XLA sizes its thread pool by the cores that it may use: one core means one thread.
            results["jax"].append(run_json([a.python_jax, "-c", JAX_SCAN]))
    median = lambda key, which: statistics.median(r[key] for r in results[which])
    jax = [("JAX scan", median("epoch_s", "jax"))] if a.python_jax else []
    print("training epoch, seconds (1,875 steps of batch 32, shuffled, metrics on); peers on one thread")
    row("one thread", median("epoch_s", 1), jax, 0.6)
    row("two threads", median("epoch_s", 2), jax, 0.6)
    print("judging: one image %.2f us warm, 10,000 images at batch 32 %.2f ms (one thread)" % (median("judge_one_us", 1), median("predict_10000_ms", 1)))
    train = os.path.abspath(os.path.join(a.build, "examples", "fashion_mnist_train"))
    ours = [whole_program([train]) for _ in range(a.rounds)]
    print("whole training program, 5 epochs, process start to saved file: %.2f s, %.0f MB" % (statistics.median(o[0] for o in ours), max(o[1] for o in ours)))
    if a.python_tf:
        theirs = [whole_program([a.python_tf, "-c", KERAS_TRAIN], {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}) for _ in range(1)]
        row("whole program against Keras on TensorFlow", statistics.median(o[0] for o in ours), [("Keras-TF", theirs[0][0])], 0.05)
    for name, given in (("JAX", a.python_jax), ("TensorFlow", a.python_tf)):
        if not given:
            print("left out: %s (no --python-%s)" % (name, "jax" if name == "JAX" else "tf"))


if __name__ == "__main__":
    sys.exit(main())
