"""keras-2/: models of Keras 2 (tf_keras 2.21) as .h5 files with optimizer slots, what they compute, and how they train on.

Runs in a process of its own, since TensorFlow knows one Keras at a time best: make_golden.py does that.
"""
import os

import common  # noqa: F401  (settings, before TensorFlow)
import numpy as np
import tensorflow as tf
import tf_keras
from tf_keras import layers as L
from tf_keras import optimizers as O

from common import KERAS2, Family, normal, number, rng, uniform

STEPS, BATCH = 10, 8


def mlp():
    return [L.Dense(16, activation="relu", input_shape=(20,)), L.Dense(10, activation="softmax")]


def normalized():
    return [L.Dense(16, use_bias=False, input_shape=(20,)), L.BatchNormalization(momentum=0.9), L.LeakyReLU(alpha=0.1), L.Dropout(0.0), L.LayerNormalization(),
            L.PReLU(), L.Dense(10, activation="hard_sigmoid"), L.Softmax()]


def image():
    """4-D BatchNormalization: the fused kernel of Keras 2 keeps the unbiased variance."""
    return [L.Reshape((4, 5, 1), input_shape=(20,)), L.BatchNormalization(momentum=0.9), L.Flatten(), L.Dense(10, activation="softmax")]


CASES = [
    ("mlp_sgd", mlp, lambda: O.SGD(0.1), "categorical_crossentropy", ["accuracy"]),
    ("mlp_sgd_momentum", mlp, lambda: O.SGD(0.05, momentum=0.9), "sparse_categorical_crossentropy", ["accuracy"]),
    ("mlp_adam", mlp, lambda: O.Adam(0.01), "categorical_crossentropy", ["accuracy", "mse"]),
    ("mlp_rmsprop", mlp, lambda: O.RMSprop(0.01, momentum=0.5, centered=True), lambda: tf_keras.losses.CategoricalCrossentropy(label_smoothing=0.1), ["accuracy"]),
    ("mlp_legacy_adam_decay", mlp, lambda: O.legacy.Adam(0.01, decay=0.1, amsgrad=True), "categorical_crossentropy", ["accuracy"]),
    ("mlp_legacy_sgd_nesterov", mlp, lambda: O.legacy.SGD(0.05, momentum=0.9, nesterov=True, clipnorm=1.0), "mse", ["mae"]),
    ("normalized_adam", normalized, lambda: O.Adam(0.01), "binary_crossentropy", ["accuracy"]),
    ("image_sgd", image, lambda: O.SGD(0.1), "categorical_crossentropy", ["accuracy"]),
]

START = ("mlp_sgd", "mlp_sgd_momentum", "mlp_adam")  # the others begin at step 5, with slots


def generate():
    f = Family("trajectories", "as keras-3/trajectories, by Keras 2: load start (or mid: then begin at step 5), train_on_batch(x[step], y[step]).",
               folder=KERAS2, versions=f"tf_keras {tf_keras.__version__}, tensorflow {tf.__version__}")
    os.makedirs(KERAS2, exist_ok=True)
    x = normal("trajectory/x", (STEPS, BATCH, 20))
    labels = rng("trajectory/labels").integers(0, 10, (STEPS, BATCH)).astype("int32")
    for name, make, optimizer, loss, metrics in CASES:
        tf_keras.backend.clear_session()
        model = tf_keras.Sequential(make(), name="sequential")
        values = []
        for w in model.weights:
            key, shape = f"keras2/{name}/{w.name}", tuple(w.shape)
            values.append(uniform(key, shape, 0.5, 1.5) if "variance" in w.name else normal(key, shape, 0.1, 1.0) if "gamma" in w.name else normal(key, shape, 0.3))
        model.set_weights(values)
        model.compile(optimizer=optimizer(), loss=loss if isinstance(loss, str) else loss(), metrics=list(metrics))
        y = labels if loss == "sparse_categorical_crossentropy" else np.eye(10, dtype="float32")[labels]
        arrays = {"x": f.put("data/x", x), "y": f.put(f"data/y_{y.dtype.name}", y), "predict_start": f.put(f"{name}/predict_start", model.predict_on_batch(x[0]))}
        files = {}
        if name in START:
            files["start"] = f"{name}.start.h5"
            model.save(os.path.join(KERAS2, files["start"]))
        logs = []
        for step in range(STEPS):
            if step == 5 and name != "mlp_sgd":
                files["mid"] = f"{name}.mid.h5"
                model.save(os.path.join(KERAS2, files["mid"]))
            logs.append({k: number(v) for k, v in model.train_on_batch(x[step], y[step], return_dict=True, reset_metrics=True).items()})
        arrays["predict_end"] = f.put(f"{name}/predict_end", model.predict_on_batch(x[0]))
        tested = {k: number(v) for k, v in model.test_on_batch(x[0], y[0], return_dict=True, reset_metrics=True).items()}
        slots = model.optimizer.variables
        slots = slots() if callable(slots) else slots
        f.add(name, files=files, steps=STEPS, mid_step=5, optimizer=type(model.optimizer).__name__, arrays=arrays, logs=logs, test_on_batch=tested,
              weights=[{"path": w.name, "value": f.put(f"{name}/weights/{i}", w.numpy())} for i, w in enumerate(model.weights)],
              slots=[{"path": v.name, "value": f.put(f"{name}/slots/{i}", v.numpy()) if v.shape.rank else v.numpy().item()} for i, v in enumerate(slots)])
    f.write()
