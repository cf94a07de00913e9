"""Small models that real Keras quantized, or trained by LoRA: python3 make_quantized.py, with tests/golden/requirements.txt.

Each becomes a case here: model.keras, model.h5 where Keras writes one, x.npz, and y.npz with what Keras predicts.
"""
import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras  # noqa: E402
import numpy as np  # noqa: E402

HERE = pathlib.Path(__file__).parent


def small():
    keras.utils.clear_session()
    keras.utils.set_random_seed(1)
    return keras.Sequential([keras.Input((8,)), keras.layers.Dense(7, activation="relu", name="a"), keras.layers.Dense(5, name="b")])


def case(name, model, files=("model.keras", "model.h5")):
    folder = HERE / f"keras-{keras.__version__}-{name}"
    folder.mkdir(exist_ok=True)
    x = np.random.default_rng(0).normal(size=(6, 8)).astype("float32")
    for file in files:
        model.save(folder / file)
    np.savez(folder / "x.npz", x0=x)
    np.savez(folder / "y.npz", y0=model.predict(x, verbose=0))
    meta = {"backend": keras.backend.backend(), "case": folder.name, "keras_version": keras.__version__, "model": name}
    (folder / "meta.json").write_text(json.dumps(meta, indent=1) + "\n")


def main():
    for mode in ("int8", "int4"):
        model = small()
        model.quantize(mode)
        case(f"quantized_{mode}", model)
    model = small()
    model.quantize(config=keras.quantizers.Int4QuantizationConfig(
        block_size=-1, activation_quantizer=keras.quantizers.AbsMaxQuantizer(value_range=(-127, 127))))
    case("quantized_int4_channels", model)
    model = small()
    model.layers[0].enable_lora(2)
    model.compile("sgd", "mse")
    rng = np.random.default_rng(1)
    model.fit(rng.normal(size=(16, 8)), rng.normal(size=(16, 5)), verbose=0)
    case("lora", model, ["model.keras"])


if __name__ == "__main__":
    main()
