"""regularizers.json: penalty and gradient; constraints.json: the projected weights."""
import keras
import numpy as np
import tensorflow as tf
from keras import constraints as C
from keras import regularizers as R

from common import Family, normal, number, serialize, to_numpy

REGULARIZERS = {
    "l1": lambda: R.L1(), "l1_0.1": lambda: R.L1(0.1), "l2": lambda: R.L2(), "l2_0.1": lambda: R.L2(0.1),
    "l1l2": lambda: R.L1L2(), "l1l2_0.1_0.2": lambda: R.L1L2(0.1, 0.2), "l1l2_only_l2": lambda: R.L1L2(l2=0.5),
    "orthogonal_rows": lambda: R.OrthogonalRegularizer(0.05), "orthogonal_columns": lambda: R.OrthogonalRegularizer(0.05, mode="columns"),
}
CONSTRAINTS = {
    "max_norm": lambda: C.MaxNorm(), "max_norm_1": lambda: C.MaxNorm(1.0), "max_norm_axis_1": lambda: C.MaxNorm(1.0, axis=1),
    "max_norm_axes_0_1": lambda: C.MaxNorm(1.0, axis=[0, 1]), "max_norm_axes_0_1_2": lambda: C.MaxNorm(1.0, axis=[0, 1, 2]),
    "min_max_norm": lambda: C.MinMaxNorm(), "min_max_norm_rate": lambda: C.MinMaxNorm(0.5, 1.5, rate=0.25),
    "min_max_norm_axis_1": lambda: C.MinMaxNorm(0.5, 1.0, axis=1), "non_neg": lambda: C.NonNeg(), "unit_norm": lambda: C.UnitNorm(),
    "unit_norm_axis_1": lambda: C.UnitNorm(axis=1), "unit_norm_axes_0_1": lambda: C.UnitNorm(axis=[0, 1]),
}


def aliases(module, texts):
    out = {}
    for text in texts:
        try:
            out[text] = serialize(module.get(text))
        except Exception:
            out[text] = None  # refused
    return out


def generate():
    vector, matrix, rank4 = normal("vector", (5,)), normal("matrix", (4, 3)), normal("rank4", (2, 2, 3, 2))
    matrix[1, 2] = 0.0
    weights = {"vector": vector, "matrix": matrix, "rank4": rank4, "zeros": np.zeros((3, 2), "float32")}

    f = Family("regularizers", "value = regularizer(w) and its gradient; aliases: what get(text) gives (null: refused).")
    for name, make in REGULARIZERS.items():
        for data, w in weights.items():
            if name.startswith("orthogonal") and w.ndim != 2:
                continue
            tw = tf.constant(w)
            with tf.GradientTape() as tape:
                tape.watch(tw)
                value = tf.convert_to_tensor(make()(tw))
            g = tape.gradient(value, tw, unconnected_gradients=tf.UnconnectedGradients.ZERO)
            f.add(f"{name}_{data}", config=serialize(make()), value=number(value),
                  arrays={"w": f.put(f"w/{data}", w), "grad": f.put(f"{name}_{data}/grad", g)})
    f.add("aliases", aliases=aliases(R, ["l1", "L1", "l2", "L2", "l1l2", "L1L2", "l1_l2", "orthogonal_regularizer", "OrthogonalRegularizer", "orthogonal"]))
    f.write()

    f = Family("constraints", "after = constraint(w); aliases: what get(text) gives (null: refused).")
    for name, make in CONSTRAINTS.items():
        for data, w in weights.items():
            axis = getattr(make(), "axis", 0)
            axes = axis if isinstance(axis, (list, tuple)) else [axis]
            if max(axes) >= w.ndim:
                continue
            f.add(f"{name}_{data}", config=serialize(make()),
                  arrays={"w": f.put(f"w/{data}", w), "after": f.put(f"{name}_{data}/after", make()(tf.constant(w)))})
    f.add("aliases", aliases=aliases(C, ["max_norm", "MaxNorm", "maxnorm", "min_max_norm", "MinMaxNorm", "non_neg", "NonNeg", "nonneg",
                                         "unit_norm", "UnitNorm", "unitnorm"]))
    f.write()
