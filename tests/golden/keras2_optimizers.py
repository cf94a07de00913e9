"""keras-2/optimizers/: every optimizer of Keras 2 (tf_keras 2.21), new and legacy: a tiny model in the middle of its training as .h5, and how
it goes on. keras2_optimizers.json says which losses and weights real Keras reaches after STEPS more steps on the same batch.
"""
import os

import common  # noqa: F401  (settings, before TensorFlow)
import numpy as np
import tf_keras
from tf_keras import layers as L
from tf_keras import optimizers as O

from common import KERAS2, Family, normal

STEPS = 5
LR = {"Adadelta": 1.0}
PLAIN = ["SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "Adamax", "Nadam", "Ftrl"]
CASES = [(f"legacy_{c.lower()}", lambda c=c: getattr(O.legacy, c)(LR.get(c, 0.05))) for c in PLAIN]
CASES += [(f"new_{c.lower()}", lambda c=c: getattr(O, c)(LR.get(c, 0.05))) for c in PLAIN + ["AdamW", "Adafactor", "Lion"]]
CASES += [
    ("legacy_sgd_momentum", lambda: O.legacy.SGD(0.05, momentum=0.9)),
    ("legacy_rmsprop_momentum_centered", lambda: O.legacy.RMSprop(0.05, momentum=0.5, centered=True)),
    ("legacy_rmsprop_centered", lambda: O.legacy.RMSprop(0.05, centered=True)),
    ("new_sgd_momentum", lambda: O.SGD(0.05, momentum=0.9)),
    ("new_rmsprop_momentum_centered", lambda: O.RMSprop(0.05, momentum=0.5, centered=True)),
    ("new_adam_amsgrad_ema", lambda: O.Adam(0.05, amsgrad=True, use_ema=True, ema_momentum=0.9)),
    ("legacy_adam_amsgrad", lambda: O.legacy.Adam(0.05, amsgrad=True)),
    # Outputs that are no probabilities: the loss clips them, and adds epsilon inside the logarithm.
    ("loss_binary_crossentropy", lambda: O.legacy.Adam(0.05)),
]


def generate():
    f = Family("keras2_optimizers", f"Loaded from optimizers/<name>.h5, then {STEPS} times train_on_batch(x, y): losses, weights.", folder=KERAS2,
               versions=f"tf_keras {tf_keras.__version__}")
    os.makedirs(os.path.join(KERAS2, "optimizers"), exist_ok=True)
    x = normal("x", (8, 3))
    for name, make in CASES:
        binary = name == "loss_binary_crossentropy"
        y = (normal("y", (8, 2)) > 0).astype("float32") if binary else normal("y", (8, 2))
        tf_keras.backend.clear_session()
        model = tf_keras.Sequential([L.Dense(4, activation="tanh", input_shape=(3,), name="a"), L.Dense(2, name="b")])
        model.set_weights([normal("a/kernel", (3, 4), 0.5), normal("a/bias", (4,), 0.1), normal("b/kernel", (4, 2), 0.5), normal("b/bias", (2,), 0.1)])
        model.compile(make(), "binary_crossentropy" if binary else "mse")
        for _ in range(3):
            model.train_on_batch(x, y)
        model.save(os.path.join(KERAS2, "optimizers", name + ".h5"))
        losses = [float(model.train_on_batch(x, y)) for _ in range(STEPS)]
        arrays = {"x": f.put("x", x), "y": f.put("y_binary" if binary else "y", y)}
        for i, w in enumerate(model.get_weights()):
            arrays[f"w{i}"] = f.put(f"{name}/w{i}", w)
        f.add(name, losses=losses, arrays=arrays)
    f.write()
