"""Asks real Keras for the numbers that Cornu's tests compare with. `make_golden.py [family ...]`; none: all of them.

Each family is a module of this folder with a function generate(). It runs in a process of its own, so that names,
seeds and clocks of one do not reach the next.
"""
import os
import subprocess
import sys

FAMILIES = ["layers", "normalization_layers", "regularization_layers", "random_layers", "mixed_layers", "mixed_trajectories", "activations", "initializers", "regularizers", "losses", "metrics", "optimizers", "more_optimizers", "trajectories", "normalization_trajectories", "functional", "applications", "configs", "fit", "texts", "keras2", "keras2_functional", "keras2_optimizers"]

if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    for name in sys.argv[1:] or FAMILIES:
        if name not in FAMILIES:
            sys.exit(f"no family {name!r}; there are {', '.join(FAMILIES)}")
        subprocess.run([sys.executable, "-c", f"import {name}; {name}.generate()"], cwd=here, check=True)
