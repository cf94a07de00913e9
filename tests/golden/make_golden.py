"""Asks real Keras for the numbers that Cornu's tests compare with. `make_golden.py [family ...]`; none: all of them."""
import importlib
import sys

FAMILIES = ["layers", "activations", "initializers", "regularizers", "losses", "metrics", "optimizers", "trajectories", "configs", "fit", "texts"]

if __name__ == "__main__":
    for name in sys.argv[1:] or FAMILIES:
        importlib.import_module(name).generate()
