"""trajectories.json: small models trained for ten batches, with real files before the first and after the fifth step.

<name>.start.keras, <name>.start.h5   compiled, optimizer built, before training
<name>.mid.keras, <name>.mid.h5       after five steps, with slots
"""
import keras
import numpy as np
from keras import layers as L
from keras import optimizers as O

from common import Family, normal, number, rng, save, serialize, set_weights, to_numpy


STEPS, BATCH = 10, 8


def mlp(name, last=10, activation="softmax"):
    keras.utils.clear_session()
    model = keras.Sequential([keras.Input((20,)), L.Dense(16, activation="relu"), L.Dense(last, activation=activation)], name="sequential")
    set_weights(name, model)
    return model


def cnn(name, last=10):
    keras.utils.clear_session()
    model = keras.Sequential([
        keras.Input((9, 8, 2)), L.Conv2D(4, 3, activation="relu"), L.MaxPooling2D(2), L.Conv2D(6, (2, 3), padding="same", use_bias=False), L.BatchNormalization(),
        L.Activation("relu"), L.AveragePooling2D(2, strides=1, padding="same"), L.Flatten(), L.Dense(last, activation="softmax")], name="sequential")
    set_weights(name, model)
    return model


CASES = [
    # name, optimizer, loss, metrics, last layer
    ("mlp_sgd", lambda: O.SGD(0.1), "categorical_crossentropy", ["accuracy"], {}),
    ("mlp_sgd_momentum", lambda: O.SGD(0.05, momentum=0.9), "sparse_categorical_crossentropy", ["accuracy"], {}),
    ("mlp_sgd_nesterov", lambda: O.SGD(0.05, momentum=0.9, nesterov=True), lambda: keras.losses.CategoricalCrossentropy(from_logits=True),
     ["categorical_accuracy"], dict(activation=None)),
    ("mlp_adam", lambda: O.Adam(0.01), "categorical_crossentropy", ["accuracy", "mse"], {}),
    ("mlp_adam_amsgrad", lambda: O.Adam(0.01, amsgrad=True, clipnorm=1.0), lambda: keras.losses.SparseCategoricalCrossentropy(),
     ["acc"], {}),
    ("mlp_adamw", lambda: O.AdamW(0.01), "mse", ["mae"], dict(last=3, activation=None)),
    ("mlp_rmsprop", lambda: O.RMSprop(0.01), "binary_crossentropy", ["accuracy"], dict(last=1, activation="sigmoid")),
    ("mlp_rmsprop_centered", lambda: O.RMSprop(0.01, momentum=0.9, centered=True), lambda: keras.losses.Huber(), ["mae", "mse"], dict(last=3, activation="tanh")),
    ("mlp_adam_schedule_ema", lambda: O.Adam(O.schedules.ExponentialDecay(0.02, 3, 0.7), use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=4),
     lambda: keras.losses.CategoricalCrossentropy(label_smoothing=0.1), ["accuracy"], {}),
    ("cnn_adam", lambda: O.Adam(0.01), "categorical_crossentropy", ["accuracy"], {}),
]
H5_START = ("mlp_sgd", "mlp_sgd_momentum", "mlp_adam", "cnn_adam")
H5_MID = ("mlp_adam", "cnn_adam")
# To keep the folder small: mlp_sgd has no slots; the others begin from model_config and start_weights.
NO_MID = ("mlp_sgd", "mlp_sgd_nesterov", "mlp_adamw")
NO_START = ("mlp_sgd_nesterov", "mlp_adam_amsgrad", "mlp_adamw", "mlp_rmsprop_centered")


def data(name, loss, last):
    images = name.startswith("cnn")
    x = normal("trajectory/images", (STEPS, BATCH, 9, 8, 2)) if images else normal("trajectory/x", (STEPS, BATCH, 20))
    labels = rng("trajectory/labels").integers(0, 10, (STEPS, BATCH)).astype("int32")
    if "sparse" in loss:
        return x, labels
    if "categorical" in loss:
        return x, np.eye(10, dtype="float32")[labels]
    if "binary" in loss:
        return x, (labels % 2).astype("float32")[..., None]
    return x, normal(f"trajectory/y{last}", (STEPS, BATCH, last))


def state(f, prefix, model):
    weights = [{"path": w.path, "value": f.put(f"{prefix}/weights/{i}", to_numpy(w))} for i, w in enumerate(model.weights)]
    slots = [{"path": v.path, "value": f.put(f"{prefix}/slots/{i}", to_numpy(v)) if v.shape.rank else to_numpy(v).item()}
             for i, v in enumerate(model.optimizer.variables)]
    return weights, slots


def generate():
    f = Family("trajectories", "load the start file (or build model_config with start_weights and compile it with compile_config; or load mid and begin at step 5), train_on_batch(x[step], y[step]) for 10 steps; logs[step] is what it "
                               "returns (return_dict=True); weights and slots after the last step; predict: predict_on_batch(x[0]) before training and after.")
    for name, optimizer, loss, metrics, last in CASES:
        model = (cnn if name.startswith("cnn") else mlp)(name, **last)
        loss_text = loss if isinstance(loss, str) else type(loss()).__name__
        model.compile(optimizer=optimizer(), loss=loss if isinstance(loss, str) else loss(), metrics=list(metrics))
        model.optimizer.build(model.trainable_variables)
        x, y = data(name, (loss_text if isinstance(loss, str) else loss().name).lower(), last.get("last", 10))
        arrays = {"x": f.put("data/images" if name.startswith("cnn") else "data/x", x), "y": f.put(f"data/y_{y.dtype.name}_{'x'.join(map(str, y.shape[2:])) or 'labels'}"
                                                     f"{'_binary' if last.get('last') == 1 else ''}", y)}
        arrays["predict_start"] = f.put(f"{name}/predict_start", model.predict_on_batch(x[0]))
        files = {} if name in NO_START else {"start": f"{name}.start.keras"}
        if name in H5_START:
            files["start_h5"] = f"{name}.start.h5"
        save(model, *files.values())
        start = {}
        if "start" not in files:
            start = {"model_config": serialize(model), "start_weights": [f.put(f"{name}/start_weights/{i}", to_numpy(w)) for i, w in enumerate(model.weights)]}
            start["model_config"].pop("compile_config", None)
        logs = []
        for step in range(STEPS):
            if step == 5 and name not in NO_MID:
                mid = {"mid": f"{name}.mid.keras"}
                if name in H5_MID:
                    mid["mid_h5"] = f"{name}.mid.h5"
                save(model, *mid.values())
                files.update(mid)
            logs.append({k: number(v) for k, v in model.train_on_batch(x[step], y[step], return_dict=True).items()})
        weights, slots = state(f, name, model)
        arrays["predict_end"] = f.put(f"{name}/predict_end", model.predict_on_batch(x[0]))
        tested = {k: number(v) for k, v in model.test_on_batch(x[0], y[0], return_dict=True).items()}
        f.add(name, files=files, **start, steps=STEPS, mid_step=5, compile_config=model.get_compile_config(), arrays=arrays, logs=logs,
              test_on_batch=tested, weights=weights, slots=slots)
    f.write()
