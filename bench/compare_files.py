#!/usr/bin/env python3
"""Loading and saving model files: Cornu beside plain reads and writes, and beside real Keras.

    cmake --preset release -DCORNU_BENCH=ON && ninja -C build/release bench_files
    bench/compare_files.py --python VENV/bin/python [--rounds N]

Medians of several processes each, in turn. Without --python the rows with Keras are left out.
"""
import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import tempfile

KERAS = r"""
import json, sys, time, keras
if sys.argv[1] == "make":
    model = keras.applications.ResNet50(weights=None)
    model.save(sys.argv[2] + ".keras")
    model.save(sys.argv[2] + ".h5")
else:
    keras.models.load_model(sys.argv[2])  # what Keras sets up once does not count
    start = time.perf_counter()
    keras.models.load_model(sys.argv[2])
    print(json.dumps({"seconds": time.perf_counter() - start, "version": keras.__version__}))
"""


def run(*command):
    out = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=True).stdout
    return json.loads(out.strip().splitlines()[-1]) if out.strip() else {}


def medians(rounds, *measurements):
    """Each measurement once a round, in turn: whatever else the machine does meets all of them."""
    results = [[m()] for m in measurements]
    for _ in range(rounds - 1):
        for r, m in zip(results, measurements):
            r.append(m())
    return [{k: statistics.median(x[k] for x in r) for k in ("seconds", "peak_mb") if k in r[0]} for r in results]


def row(what, ours, theirs, name, goal):
    ratio = ours / theirs
    print(f"  {what:<34} Cornu {ours:8.3f}   {name:<16} {theirs:8.3f}   ratio {ratio:5.2f}   goal {goal:.2f}   {'' if ratio <= goal else 'LOST'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--python", help="of an environment with Keras")
    parser.add_argument("--rounds", type=int, default=5)
    a = parser.parse_args()
    bench = pathlib.Path(a.build) / "bench/bench_files"
    print(f"machine: {platform.machine()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}")
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        for ending in ("h5", "keras"):
            big, out = f"{folder}/big.{ending}", f"{folder}/out.{ending}"
            run(bench, "make", big)
            size = os.path.getsize(big) / 2**20
            read, load, write, save = medians(
                a.rounds, lambda: run(bench, "read", big), lambda: run(bench, "load", big),
                lambda: run(bench, "write", big, out), lambda: run(bench, "save", big, out))
            print(f"a model of {size:.0f} MB, .{ending}")
            row("load, seconds", load["seconds"], read["seconds"], "read", 1.3)
            row("load, peak MB", load["peak_mb"], size, "size of the file", 1.15)
            row("save, seconds", save["seconds"], write["seconds"], "write, fsync", 1.3)
            row("save, peak MB", save["peak_mb"], size, "size of the file", 1.15)
        if not a.python:
            print("left out: Keras (no --python)")
            return
        keras = lambda *words: run(a.python, "-c", KERAS, *words)
        keras("make", f"{folder}/resnet")
        print("ResNet-50, seconds to load")
        for ending in ("h5", "keras"):
            path = f"{folder}/resnet.{ending}"
            ours, theirs = medians(a.rounds, lambda: run(bench, "load", path), lambda: keras("load", path))
            row(f".{ending}", ours["seconds"], theirs["seconds"], "Keras", 0.2)


if __name__ == "__main__":
    main()
