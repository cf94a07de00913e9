"""keras-2/functional.h5: a functional model of Keras 2 (tf_keras 2.21) with everything that its configuration words otherwise:
models inside, one of them called twice and an output, Python operators, two outputs by name. functional.npz holds what it computes
and how it trains on. Runs in a process of its own, as keras2.py does."""
import os

import common  # noqa: F401  (settings, before TensorFlow)
import numpy as np
import tf_keras
from tf_keras import layers as L

from common import KERAS2, normal, uniform, write_npz

STEPS, BATCH = 4, 8


def build():
    left, right = L.Input((5,), name="left"), L.Input((4,), name="right")
    t = L.Input((6,), name="tin")
    twice = tf_keras.Model(t, L.Dense(6, name="t2")(L.BatchNormalization(momentum=0.9, name="tbn")(L.Dense(6, activation="tanh", name="t1")(t))), name="twice")
    block = tf_keras.Sequential([L.Dense(6, activation="relu", input_shape=(5,), name="b1"), L.BatchNormalization(name="bn"), L.Dense(6, name="b2")], name="block")
    a, b = block(left), L.Dense(6, name="db")(right)
    mixed = (a + b) * 2.0 - 0.5 * a / (b * b + 1.0)
    h = L.Concatenate(name="cat")([L.Add(name="plus")([a, twice(b)]), -mixed, L.Dot(1, name="dot")([a, b])])
    return tf_keras.Model([left, right], {"value": L.Dense(1, name="value")(h), "again": twice(L.Subtract(name="minus")([a, b]))}, name="outer")


def generate():
    tf_keras.backend.clear_session()
    model = build()
    model.get_layer("block").trainable = False  # its two layers with it
    model.set_weights([uniform(f"keras2f/{i}", tuple(w.shape), 0.5, 1.5) if "variance" in w.name else
                       normal(f"keras2f/{i}", tuple(w.shape), 0.1, 1.0) if "gamma" in w.name else normal(f"keras2f/{i}", tuple(w.shape), 0.3)
                       for i, w in enumerate(model.weights)])
    model.compile(optimizer=tf_keras.optimizers.Adam(0.01), loss={"value": "mse", "again": "mae"}, loss_weights={"value": 1.0, "again": 0.5},
                  metrics={"value": ["mae"]})
    arrays = {"left": normal("keras2f/left", (STEPS, BATCH, 5)), "right": normal("keras2f/right", (STEPS, BATCH, 4)),
              "value": normal("keras2f/value", (STEPS, BATCH, 1)), "again": normal("keras2f/again", (STEPS, BATCH, 6))}
    losses = []
    for step in range(STEPS):
        if step == 1:  # with slots
            model.save(os.path.join(KERAS2, "functional.h5"))
            y = model.predict_on_batch([arrays["left"][0], arrays["right"][0]])
            arrays["predict_value"], arrays["predict_again"] = y["value"], y["again"]
        logs = model.train_on_batch([arrays["left"][step], arrays["right"][step]], {k: arrays[k][step] for k in ("value", "again")},
                                    return_dict=True, reset_metrics=True)
        losses.append([logs[k] for k in ("loss", "value_loss", "twice_loss", "value_mae")])
    arrays["logs"] = np.array(losses, "float32")
    for layer in ("value", "db"):
        arrays[f"kernel_{layer}"] = model.get_layer(layer).get_weights()[0]
    arrays["moving_mean"] = model.get_layer("twice").get_layer("tbn").get_weights()[2]
    write_npz(os.path.join(KERAS2, "functional.npz"), arrays)
    print("functional of Keras 2:", losses)
