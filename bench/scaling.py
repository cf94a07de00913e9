#!/usr/bin/env python3
"""What many nodes would do: the cost model of docs/design/distribution.md, from measured constants.

    bench/scaling.py [--step-ms 144] [--rows 32] [--backward 0.67]     ResNet-50's table
    bench/scaling.py --check STEP1_US BYTES LATENCY_US BYTES_PER_US    what two ranks should take: compare with bench/mpi.py

A step of N ranks takes C + max(F, S - H): C computes, F is the last bucket's sum (nothing is left to hide it), S all sums
one after the other, H the backward pass behind which they hide. A sum of b bytes over N ranks takes
    ring         2 (N - 1) a + 2 (N - 1) / N b / B
    halving      2 ceil(log2 N) a + 2 (N - 1) / N b / B          (Rabenseifner: what Cornu asks Open MPI for)
a the latency of a message, B the bandwidth of a node.
"""
import argparse
import math

BUCKET = 4 << 20  # cornu/engine/cpu/reductions.cpp
NETWORKS = {  # latency of a message in us, bytes a us: what the wire gives times 0.85
    "25 GbE": (25.0, 0.85 * 25e9 / 8 / 1e6),
    "InfiniBand HDR": (2.0, 0.85 * 200e9 / 8 / 1e6),
}
RESNET50 = 25_557_032 * 4  # bytes of gradients


def one_sum(n, size, latency, bandwidth, ring=False):
    rounds = 2 * (n - 1) if ring else 2 * math.ceil(math.log2(n))
    return rounds * latency + 2 * (n - 1) / n * size / bandwidth


def step(n, compute, backward, size, latency, bandwidth, ring=False):
    """Microseconds; `backward` is the part of `compute` behind which sums can hide."""
    if n == 1:
        return compute
    buckets = [BUCKET] * (size // BUCKET) + ([size % BUCKET] if size % BUCKET else [])
    sums = [one_sum(n, b, latency, bandwidth, ring) for b in buckets]
    # What is behind the first bucket's gradients: with one bucket, nothing.
    hidden = backward * compute * (1 - 1 / len(buckets))
    return compute + max(sums[-1], sum(sums) - hidden)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--step-ms", type=float, default=144.0, help="one node's step, alone")
    parser.add_argument("--rows", type=int, default=32, help="rows a node")
    parser.add_argument("--backward", type=float, default=0.67, help="the backward pass's part of a step")
    parser.add_argument("--check", nargs=4, type=float, metavar=("STEP1_US", "BYTES", "LATENCY_US", "BYTES_PER_US"))
    a = parser.parse_args()
    if a.check:
        alone, size, latency, bandwidth = a.check
        two = step(2, alone, a.backward, int(size), latency, bandwidth)
        print(f"two ranks: {two:.1f} us a step, {2 * alone / two:.2f} x")
        return
    print(f"ResNet-50, {a.rows} rows a node, {a.step_ms:.0f} ms a step alone, gradients of {RESNET50 / 1e6:.1f} MB")
    print("ranks " + "".join(f"{name:>24}{'ring':>10}" for name in NETWORKS))
    for n in (8, 16, 32, 64, 128, 256, 512, 1024):
        cells = ""
        for latency, bandwidth in NETWORKS.values():
            both = [step(n, a.step_ms * 1e3, a.backward, RESNET50, latency, bandwidth, ring) for ring in (False, True)]
            cells += f"{both[0] / 1e3:12.0f} ms {a.step_ms * 1e3 / both[0]:7.1%} {a.step_ms * 1e3 / both[1]:10.1%}"
        print(f"{n:5} {cells}")


if __name__ == "__main__":
    main()
