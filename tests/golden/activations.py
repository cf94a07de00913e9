"""activations.json: every activation function of Keras 3, with argument variants, values and gradients."""
import inspect

import keras
import numpy as np
import tensorflow as tf
from keras import activations as A

from common import Family, normal, to_numpy

POINTS = [0.0, -0.0, 1e-8, -1e-8, 1e-3, -1e-3, 0.25, -0.25, 0.5, -0.5, 0.75, -0.75, 1.0, -1.0, 1.5, -1.5, 2.0, -2.0, 2.5, -2.5,
          2.999, -2.999, 3.0, -3.0, 3.5, -3.5, 5.0, -5.0, 6.0, -6.0, 6.5, -6.5, 10.0, -10.0, 20.0, -20.0, 50.0, -50.0, 88.0, -88.0]
FAR = [100.0, -100.0, 1e4, -1e4]
VARIANTS = {
    "celu": [{}, {"alpha": 0.5}],
    "elu": [{}, {"alpha": 0.5}],
    "gelu": [{}, {"approximate": True}],
    "glu": [{}, {"axis": 0}],
    "hard_shrink": [{}, {"threshold": 1.0}],
    "leaky_relu": [{}, {"negative_slope": 0.1}],
    "log_softmax": [{}, {"axis": 0}],
    "relu": [{}, {"negative_slope": 0.1}, {"max_value": 6.0}, {"threshold": 0.5},
             {"negative_slope": 0.25, "max_value": 1.0, "threshold": 0.5}, {"negative_slope": 0.5, "threshold": -1.0}],
    "soft_shrink": [{}, {"threshold": 1.0}],
    "softmax": [{}, {"axis": 0}],
    "sparsemax": [{}, {"axis": 0}],
    "squareplus": [{}, {"b": 1.0}],
    "threshold": [{"threshold": 0.5, "default_value": -2.0}],
}
ROWS = {"softmax", "log_softmax", "sparsemax", "glu"}  # these look at a whole row


def generate():
    f = Family("activations", "y = function(x, **args) and the gradient of sum(y * r).")
    inputs = {
        "points": np.array(POINTS, "float32"),
        "far": np.array(FAR, "float32"),
        "rows": np.concatenate([normal("rows", (5, 6), 2.0),
                                np.array([[0, 0, 0, 0, 0, 0], [100, 0, -100, 0, 1, 2], [-1e4, -1e4, -1e4, -1e4, -1e4, -9999.]], "float32")]),
    }
    names = sorted(n for n in dir(A) if not n.startswith("_") and inspect.isfunction(getattr(A, n)) and n not in ("get", "serialize", "deserialize"))
    names = [n for n in names if getattr(A, n).__module__.startswith("keras.src.activations")]
    for function in names:
        for args in VARIANTS.get(function, [{}]):
            for data in (["rows"] if function in ROWS else ["points", "far"]):
                x = tf.constant(inputs[data])
                case = "_".join([function] + [f"{k}_{v}" for k, v in args.items()] + ([] if data != "far" else ["far"]))
                r = normal(f"r/{data}/{function in ('glu',)}/{args.get('axis')}", x.shape if function != "glu" else
                           ((8, 3) if args.get("axis", -1) == -1 else (4, 6)))
                with tf.GradientTape() as tape:
                    tape.watch(x)
                    y = getattr(A, function)(x, **args)
                    score = tf.reduce_sum(y * r)
                g = tape.gradient(score, x, unconnected_gradients=tf.UnconnectedGradients.ZERO)
                arrays = {"x": f.put(f"inputs/{data}", x),
                          "r": f.put(f"inputs/{data}_r" + (f"_glu_{args.get('axis', -1)}" if function == "glu" else
                                                         f"_axis_{args['axis']}" if "axis" in args else ""), r),
                          "y": f.put(f"{case}/y", y), "grad": f.put(f"{case}/grad", g)}
                by_name = A.get(function) is getattr(A, function)
                f.add(case, function=function, args=args, by_name=by_name,
                      serialized=A.serialize(getattr(A, function)), arrays=arrays)
    # Strings that `get` takes besides the functions' own names, and what they turn into.
    aliases = {}
    for text in ["swish", "hard_swish", "linear", "silu", "relu6", "None"]:
        fn = A.get(None if text == "None" else text)
        aliases[text] = A.serialize(fn)
    f.add("aliases", aliases=aliases)
    f.write()
