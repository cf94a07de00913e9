"""normalization_trajectories.json: as trajectories.json, for one small model of normalizing layers."""
import keras
from keras import layers as L
from keras import optimizers as O

from common import Family, normal, number, rng, save, set_weights
from trajectories import BATCH, STEPS, state

NAME = "normalized"


def model_of_layers():
    keras.utils.clear_session()
    model = keras.Sequential([
        keras.Input((3, 8)), L.Normalization(axis=1, name="from_data"), L.Normalization(mean=0.25, variance=2.0, axis=None, name="given"),
        L.SpectralNormalization(L.Dense(6, kernel_regularizer="l2", name="inner"), power_iterations=2, name="spectral"),
        L.BatchNormalization(axis=1, momentum=0.8), L.PReLU(shared_axes=[1]), L.GroupNormalization(groups=3), L.Masking(), L.Identity(),
        L.RMSNormalization(), L.SpatialDropout1D(0), L.LayerNormalization(axis=[1, 2]), L.UnitNormalization(axis=2),
        L.SpectralNormalization(L.Dense(4, use_bias=False, trainable=False)),
        keras.Sequential([keras.Input((3, 4)), L.BatchNormalization(), L.SpectralNormalization(L.Dense(4))], name="block"), L.Flatten(), L.Dense(3, activation="softmax")], name="sequential")
    set_weights(NAME, model)
    model.get_layer("from_data").finalize_state()
    return model


def generate():
    f = Family("normalization_trajectories", "As trajectories.json, for one small model of normalizing layers.")
    model = model_of_layers()
    model.compile(optimizer=O.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.optimizer.build(model.trainable_variables)
    x = normal("normalized/x", (STEPS, BATCH, 3, 8))
    y = rng("normalized/labels").integers(0, 3, (STEPS, BATCH)).astype("int32")
    arrays = {"x": f.put("x", x), "y": f.put("y", y), "predict_start": f.put("predict_start", model.predict_on_batch(x[0]))}
    files = {"start": f"{NAME}.start.keras"}
    save(model, *files.values())
    logs = []
    for step in range(STEPS):
        if step == 5:
            mid = {"mid": f"{NAME}.mid.keras", "mid_h5": f"{NAME}.mid.h5"}
            save(model, *mid.values())
            files.update(mid)
        logs.append({k: number(v) for k, v in model.train_on_batch(x[step], y[step], return_dict=True).items()})
    weights, slots = state(f, NAME, model)
    arrays["predict_end"] = f.put("predict_end", model.predict_on_batch(x[0]))
    tested = {k: number(v) for k, v in model.test_on_batch(x[0], y[0], return_dict=True).items()}
    f.add(NAME, files=files, steps=STEPS, mid_step=5, compile_config=model.get_compile_config(), arrays=arrays, logs=logs, test_on_batch=tested,
          weights=weights, slots=slots)
    f.write()
