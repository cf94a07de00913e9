"""mixed_trajectories.json: trajectories.json under policies of 16 bits; the last layer is float32, as Keras advises, or not."""
from common import Family, number, save, serialize, set_weights, to_numpy  # first: it chooses the kernels

import keras
from keras import layers as L
from keras import optimizers as O
from trajectories import BATCH, STEPS, data, state


def mlp(name, last="float32"):
    return keras.Sequential([keras.Input((20,)), L.Dense(16, activation="relu"), L.Dense(10, activation="softmax", dtype=last)], name="sequential")


def cnn(name):
    return keras.Sequential([
        L.Input((9, 8, 2)), L.Conv2D(4, 3, activation="relu"), L.MaxPooling2D(2), L.Conv2D(6, (2, 3), padding="same", use_bias=False),
        L.BatchNormalization(), L.Activation("relu"), L.Dropout(0.0), L.GlobalAveragePooling2D(),
        L.Dense(10, activation="softmax", dtype="float32")], name="sequential")


def functional(name):
    x = inputs = keras.Input((20,))
    x = L.Dense(16, activation="relu", kernel_regularizer="l2")(x)
    y = L.LayerNormalization()(L.Dense(16)(x))
    x = L.Add()([x, y]) * 0.5
    return keras.Model(inputs, L.Dense(10, dtype="float32")(x), name="functional")


LOGITS = "SparseCategoricalCrossentropy"
CASES = [
    # name, policy, model, optimizer, loss
    ("mlp_bfloat16_sgd", "mixed_bfloat16", mlp, lambda: O.SGD(0.1), "categorical_crossentropy"),
    ("mlp_bfloat16_adam", "mixed_bfloat16", mlp, lambda: O.Adam(0.01), "categorical_crossentropy"),
    ("mlp_bfloat16_to_the_end", "mixed_bfloat16", lambda n: mlp(n, None), lambda: O.SGD(0.1), "categorical_crossentropy"),
    ("cnn_bfloat16_adam", "mixed_bfloat16", cnn, lambda: O.Adam(0.01), "categorical_crossentropy"),
    ("functional_bfloat16", "mixed_bfloat16", functional, lambda: O.SGD(0.1, momentum=0.9), LOGITS),
    ("mlp_float16_sgd", "mixed_float16", mlp, lambda: O.SGD(0.1), "categorical_crossentropy"),
    ("mlp_float16_overflow", "mixed_float16", mlp, lambda: O.LossScaleOptimizer(O.SGD(0.1), initial_scale=2.0**22, dynamic_growth_steps=3), "categorical_crossentropy"),
    ("cnn_float16_adam", "mixed_float16", cnn, lambda: O.Adam(0.01), "categorical_crossentropy"),
    ("functional_float16", "mixed_float16", functional, lambda: O.SGD(0.1, momentum=0.9), LOGITS),
    ("mlp_plain_bfloat16", "bfloat16", mlp, lambda: O.Adam(0.01), "categorical_crossentropy"),
]
START = ("mlp_bfloat16_adam", "cnn_bfloat16_adam", "functional_bfloat16", "cnn_float16_adam", "functional_float16", "mlp_plain_bfloat16")
H5 = ("mlp_bfloat16_adam", "cnn_float16_adam")
MID = ("mlp_bfloat16_adam", "cnn_float16_adam", "functional_float16", "mlp_plain_bfloat16")


def generate():
    f = Family("mixed_trajectories", "as trajectories, under the global policy `policy`; `dtype` is that of predictions, "
                                     "whose numbers are stored as float32.")
    for name, policy, make, optimizer, loss in CASES:
        keras.utils.clear_session()
        keras.config.set_dtype_policy(policy)
        model = make(name)
        set_weights(name, model)
        model.compile(optimizer=optimizer(), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True) if loss == LOGITS else loss,
                      metrics=[] if loss == LOGITS else ["mse"])  # an accuracy would jump with a tie
        model.optimizer.build(model.trainable_variables)
        x, y = data(name, "sparse_categorical" if loss == LOGITS else loss, 10)
        arrays = {"x": f.put("data/images" if name.startswith("cnn") else "data/x", x),
                  "y": f.put("data/labels" if loss == LOGITS else "data/one_hot", y)}
        predicted = model.predict_on_batch(x[0])
        arrays["predict_start"] = f.put(f"{name}/predict_start", predicted)
        files = {"start": f"{name}.start.keras"} if name in START else {}
        if name in H5:
            files["start_h5"] = f"{name}.start.h5"
        save(model, *files.values())
        config = serialize(model)
        config.pop("compile_config", None)
        start = [f.put(f"{name}/start_weights/{i}", to_numpy(w)) for i, w in enumerate(model.weights)]
        logs = []
        for step in range(STEPS):
            if step == 5 and name in MID:
                files["mid"] = f"{name}.mid.keras"
                save(model, files["mid"])
            logs.append({k: number(v) for k, v in model.train_on_batch(x[step], y[step], return_dict=True).items()})
        weights, slots = state(f, name, model)
        arrays["predict_end"] = f.put(f"{name}/predict_end", model.predict_on_batch(x[0]))
        tested = {k: number(v) for k, v in model.test_on_batch(x[0], y[0], return_dict=True).items()}
        f.add(name, policy=policy, dtype=predicted.dtype.name, files=files, model_config=config, start_weights=start, steps=STEPS, mid_step=5,
              compile_config=model.get_compile_config(), arrays=arrays, logs=logs, test_on_batch=tested, weights=weights, slots=slots)
    f.write()
