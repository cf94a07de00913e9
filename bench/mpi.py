#!/usr/bin/env python3
"""Two processes of one thread against one, in one run: how many rows a second more; also where that is less.

    bench/mpi.py [--build build/with-mpi] [--rounds 5] [--only cnn,mlp,sums]

Build first: cmake --preset release -DCORNU_MPI=ON -DCORNU_BENCH=ON -B build/with-mpi && cmake --build build/with-mpi
"""
import argparse
import json
import os
import platform
import statistics
import subprocess

# Rows a process has, and steps an epoch.
MODELS = {"cnn": (128, 4), "mlp": (32, 400)}


def run(program, ranks, words, tcp=False):
    """Each rank on a core of its own; the JSON lines that the first one prints."""
    command = ["mpirun", "-np", str(ranks), "--bind-to", "core"] if ranks > 1 else ["taskset", "-c", "0"]
    if tcp:
        command += ["--mca", "btl", "tcp,self"]
    env = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
    out = subprocess.run(command + [program] + [str(w) for w in words], env=env, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in out.stdout.splitlines() if line.startswith("{")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build/with-mpi")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="cnn,mlp,sums")
    arguments = parser.parse_args()
    only = arguments.only.split(",")
    program = os.path.join(arguments.build, "bench", "bench_replicas")
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    version = subprocess.run(["mpirun", "--version"], capture_output=True, text=True).stdout.splitlines()[0]
    print(f"{model}, {os.cpu_count()} cores, {platform.platform()}; {version}; median of {arguments.rounds} rounds")

    for name in [m for m in MODELS if m in only]:
        rows, steps = MODELS[name]
        one, two, tcp = [], [], []
        for _ in range(arguments.rounds):  # side by side, so that a noisy minute is everybody's
            one.append(run(program, 1, [name, rows, steps])[0])
            two.append(run(program, 2, [name, rows, steps])[0])
            tcp.append(run(program, 2, [name, rows, steps], tcp=True)[0])
        middle = [statistics.median(r["step_us"] for r in runs) for runs in (one, two, tcp)]
        print(f"{name}, {rows} rows a rank, gradients of {one[0]['gradient_bytes']:,} bytes")
        for label, us, ranks in zip(("1 rank", "2 ranks", "2 ranks, TCP"), middle, (1, 2, 2)):
            gain = ranks * middle[0] / us
            print(f"  {label:14} {us:10.1f} us a step {ranks * rows / us * 1e6:10.0f} rows/s  {gain:5.2f} x"
                  + ("" if gain >= 1 else "  (slower)"))

    if "sums" in only:
        shared, tcp = run(program, 2, ["sums"]), run(program, 2, ["sums"], tcp=True)
        print("a sum of two ranks    bytes    shared memory us      TCP us")
        for s, t in zip(shared, tcp):
            print(f"{s['bytes']:27,} {s['us']:19.1f} {t['us']:11.1f}")


if __name__ == "__main__":
    main()
