#!/usr/bin/env python3
"""The engine on PJRT plug-ins and JAX, side by side in one run on this machine's processor: the lecture's epoch.

    bench/compare_device.py [--build build/with-pjrt] [--python-jax VENV/bin/python] [--python-tf VENV/bin/python] [--rounds N]

Build first: cmake --preset release -B build/with-pjrt -DCORNU_PJRT=ON -DCORNU_BENCH=ON && cmake --build build/with-pjrt.
Both sides are XLA's compiler for CPUs; JAX gets the strongest form of the work, a whole epoch in one jitted scan.
Ratios are of medians; the minimum of each side is printed, too, since a neighbour's load only ever adds.
"""
import argparse
import os
import platform
import statistics
import sys

from compare import JAX_SCAN, KERAS_TRAIN, run_json, whole_program


def main():
    a = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    a.add_argument("--build", default="build/with-pjrt")
    a.add_argument("--python-jax")
    a.add_argument("--python-tf")
    a.add_argument("--rounds", type=int, default=3)
    a.add_argument("--cores", type=int, nargs="*", default=[1, 2])
    a = a.parse_args()
    cpu = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), "?")
    print("machine: %s, %d cores, Linux %s, load %.1f" % (cpu, os.cpu_count(), platform.release(), os.getloadavg()[0]))
    lecture = os.path.join(a.build, "bench", "bench_lecture")
    ours, theirs = {c: [] for c in a.cores}, {c: [] for c in a.cores}
    for _ in range(a.rounds):  # interleaved, so that a neighbour's load meets both alike
        for c in a.cores:
            ours[c].append(run_json([lecture, str(c), "5"], c, {"CORNU_ENGINE": "pjrt"}))
            if a.python_jax:
                theirs[c].append(run_json([a.python_jax, "-c", JAX_SCAN], c))
    print("training epoch of the MLP (1,875 steps of batch 32, shuffled, metrics on), microseconds a step")
    for c in a.cores:
        own = statistics.median(r["epoch_s"] for r in ours[c]) / 1875e-6
        least = min(r["epoch_min_s"] for r in ours[c]) / 1875e-6
        print("  %d core(s): Cornu %.1f (least %.1f); 10,000 predictions at batch 32: %.2f ms" %
              (c, own, least, statistics.median(r["predict_10000_ms"] for r in ours[c])))
        if theirs[c]:
            peer = statistics.median(r["epoch_s"] for r in theirs[c]) / 1875e-6
            print("             JAX scan %.1f   ratio %.2f   goal 1.05   %s" % (peer, own / peer, "" if own <= 1.05 * peer else "LOST"))
    if a.python_tf:
        # Five epochs of it, and the start of a process.
        seconds, _ = whole_program([a.python_tf, "-c", KERAS_TRAIN], {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"})
        own = statistics.median(r["epoch_s"] for r in ours[max(a.cores)])
        print("  Keras-TF: %.2f s for five epochs   ratio %.2f   goal 0.20" % (seconds, 5 * own / seconds))
    for name, given in (("JAX", a.python_jax), ("TensorFlow", a.python_tf)):
        if not given:
            print("left out: %s" % name)


if __name__ == "__main__":
    sys.exit(main())
