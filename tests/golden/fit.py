"""fit.json: whole calls of fit, evaluate and predict (shuffle=False) and what they report."""
import keras
import numpy as np
from keras import layers as L
from keras import optimizers as O

from common import KERAS3, Family, normal, number, rng, save, serialize, set_weights, to_numpy, uniform

N = 50  # with batches of 16: the last one has 2


def regularized():
    return [L.Dense(16, activation="relu", kernel_regularizer=keras.regularizers.L2(0.01), bias_regularizer=keras.regularizers.L1(0.02),
                    activity_regularizer=keras.regularizers.L1(0.003), kernel_constraint=keras.constraints.MaxNorm(1.0)),
            L.ActivityRegularization(l2=0.001), L.Dense(10, activation="softmax", kernel_regularizer="l1")]


def normalized():
    return [L.Dense(16, use_bias=False), L.BatchNormalization(momentum=0.9), L.Activation("relu"), L.Dropout(0.0), L.LayerNormalization(),
            L.PReLU(), L.Dense(10, activation="softmax")]


def frozen():
    return [L.Dense(16, activation="relu", trainable=False, kernel_regularizer="l2"), L.BatchNormalization(trainable=False), L.Dense(10, activation="softmax")]


def plain(last=10, activation="softmax"):
    return lambda: [L.Dense(16, activation="relu"), L.Dense(last, activation=activation)]


# besides mlp_sgd.start.keras, which trajectories.py writes
MODELS = {
    "fit_regularized": (regularized, dict(optimizer=lambda: O.SGD(0.1, momentum=0.9), loss="categorical_crossentropy", metrics=["accuracy"])),
    "fit_normalized": (normalized, dict(optimizer=lambda: O.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])),
    "fit_frozen": (frozen, dict(optimizer=lambda: O.RMSprop(0.01), loss="categorical_crossentropy", metrics=["accuracy", "mse"])),
    "fit_ema": (plain(), dict(optimizer=lambda: O.Adam(0.01, use_ema=True, ema_momentum=0.8), loss="categorical_crossentropy", metrics=["accuracy"])),
    "fit_binary": (plain(1, "sigmoid"), dict(optimizer=lambda: O.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"],
                                             weighted_metrics=["accuracy", "mse"])),
    "fit_regression": (plain(1, None), dict(optimizer=lambda: O.SGD(0.01, momentum=0.5, gradient_accumulation_steps=2), loss="mse", metrics=["mae"])),
}
FIT = dict(batch_size=16, epochs=3, shuffle=False, verbose=0)
# name, model, the y it takes, arguments of fit (arrays by name)
CASES = [
    ("plain", "mlp_sgd", "onehot", {}),
    ("defaults", "mlp_sgd", "onehot", dict(batch_size=None, epochs=1)),
    ("class_weight", "mlp_sgd", "onehot", dict(class_weight={"0": 2.0, "3": 0.5, "7": 0.0})),
    ("sample_weight", "mlp_sgd", "onehot", dict(sample_weight="w")),
    ("validation_split", "mlp_sgd", "onehot", dict(validation_split=0.25)),
    ("validation_split_sample_weight", "mlp_sgd", "onehot", dict(validation_split=0.25, sample_weight="w")),
    ("validation_split_odd", "mlp_sgd", "onehot", dict(validation_split=0.33, validation_batch_size=5, batch_size=7)),
    ("validation_data", "mlp_sgd", "onehot", dict(validation_data=["x_val", "onehot_val"])),
    ("validation_data_weighted", "mlp_sgd", "onehot", dict(validation_data=["x_val", "onehot_val", "w_val"], validation_freq=2, epochs=4)),
    ("steps_per_epoch", "mlp_sgd", "onehot", dict(steps_per_epoch=2)),
    ("initial_epoch", "mlp_sgd", "onehot", dict(initial_epoch=1)),
    ("batch_larger_than_data", "mlp_sgd", "onehot", dict(batch_size=64)),
    ("regularized", "fit_regularized", "onehot", dict(validation_split=0.2)),
    ("normalized", "fit_normalized", "labels", dict(validation_split=0.2)),
    ("normalized_column_labels", "fit_normalized", "labels_column", {}),
    ("normalized_class_weight", "fit_normalized", "labels", dict(class_weight={"1": 3.0, "2": 0.25})),
    ("frozen", "fit_frozen", "onehot", dict(validation_split=0.2)),
    ("ema", "fit_ema", "onehot", dict(validation_split=0.2)),
    ("binary", "fit_binary", "bits_column", dict(sample_weight="w", validation_split=0.2)),
    ("binary_flat_labels", "fit_binary", "bits", {}),
    ("binary_class_weight", "fit_binary", "bits", dict(class_weight={"0": 1.0, "1": 4.0})),
    ("regression", "fit_regression", "targets", dict(validation_split=0.2)),
    ("regression_column", "fit_regression", "targets_column", dict(sample_weight="w")),
]


def generate():
    f = Family("fit", "load file, fit(x, y, **args): history; then evaluate (batch_size 16) on x, y, and predict. String arguments of fit that "
                      "name arrays stand in `arrays` too.")
    labels = rng("fit/labels").integers(0, 10, N + 11).astype("int32")
    x = normal("fit/x", (N + 11, 20))
    w = uniform("fit/w", (N + 11,), 0, 2)
    w[:5] = [0, 1, 0.5, 2, 0]
    onehot = np.eye(10, dtype="float32")[labels]
    targets = normal("fit/targets", (N,))
    arrays = {"x": x[:N], "x_val": x[N:], "onehot": onehot[:N], "onehot_val": onehot[N:], "labels": labels[:N], "labels_column": labels[:N, None],
              "bits": (labels[:N] % 2).astype("float32"), "bits_column": (labels[:N] % 2).astype("float32")[:, None],
              "targets": targets, "targets_column": targets[:, None], "w": w[:N], "w_val": w[N:]}
    for name, (make, compile_args) in MODELS.items():
        keras.utils.clear_session()
        model = keras.Sequential([keras.Input((20,)), *make()], name="sequential")
        set_weights(name, model)
        model.compile(**{**compile_args, "optimizer": compile_args["optimizer"]()})
        save(model, f"{name}.start.keras")
    for name, file, y, args in CASES:
        keras.utils.clear_session()
        model = keras.models.load_model(f"{KERAS3}/{file}.start.keras")
        call = {**FIT, **args}
        used = {"x": "x", "y": y}
        kwargs = dict(call)
        if "class_weight" in call:
            kwargs["class_weight"] = {int(k): v for k, v in call["class_weight"].items()}
        if "sample_weight" in call:
            kwargs["sample_weight"] = arrays[call["sample_weight"]]
            used["sample_weight"] = call["sample_weight"]
        if "validation_data" in call:
            kwargs["validation_data"] = tuple(arrays[k] for k in call["validation_data"])
            used.update(zip(("x_val", "y_val", "sample_weight_val"), call["validation_data"]))
        history = model.fit(arrays["x"], arrays[y], **kwargs).history
        weighted = dict(sample_weight=arrays["w"]) if "sample_weight" in call else {}
        evaluated = model.evaluate(arrays["x"], arrays[y], batch_size=16, verbose=0, return_dict=True, **weighted)
        as_list = model.evaluate(arrays["x"], arrays[y], batch_size=16, verbose=0, **weighted)
        keys = {role: f.put(f"data/{k}", arrays[k]) for role, k in used.items()}
        keys["predict"] = f.put(f"{name}/predict", model.predict(arrays["x"][:16], batch_size=5, verbose=0))
        call.pop("verbose")
        f.add(name, file=f"{file}.start.keras", args=call, history={k: [number(v) for v in vs] for k, vs in history.items()},
              evaluate={k: number(v) for k, v in evaluated.items()}, evaluate_list=[number(v) for v in as_list],
              iterations=int(model.optimizer.iterations), arrays=keys,
              weights=None if file == "mlp_sgd" else [{"path": v.path, "value": f.put(f"{name}/weights/{i}", to_numpy(v))} for i, v in enumerate(model.weights)])
    f.write()
