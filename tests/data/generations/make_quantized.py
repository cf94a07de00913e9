"""Small models that real Keras quantized, or trained by LoRA: python3 make_quantized.py, with tests/golden/requirements.txt;
those of GPTQ by Keras 3.12.1 (python3 make_quantized.py gptq), the last one that writes the zeros of their groups.

Each becomes a case here: model.keras, model.h5 where Keras writes one, x.npz, and y.npz with what Keras predicts.
"""
import json
import os
import pathlib
import sys

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


def by_error(policy):
    """GPTQ and AWQ find their integers over text and blocks of layers; any integers will do here."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(7, activation="relu", name="a", dtype=policy),
                              keras.layers.Dense(5, name="b", dtype=policy)])
    rng = np.random.default_rng(2)
    for layer in model.layers:
        bits = getattr(layer.dtype_policy, "weight_bits", 4)
        layer.quantized_kernel.assign(rng.integers(0, 256, layer.quantized_kernel.shape))
        layer.kernel_scale.assign(rng.uniform(0.5, 1.5, layer.kernel_scale.shape) / 2**bits)
        layer.kernel_zero.assign(rng.integers(2**bits // 4, 2**bits // 2, layer.kernel_zero.shape))
        layer.g_idx.assign(rng.integers(0, layer.kernel_scale.shape[1], layer.g_idx.shape))
        layer.bias.assign(rng.normal(size=layer.bias.shape))
        if hasattr(layer, "awq_scales"):
            # Keras 3.15.1 and before leave the zeros out of the file, which then nobody opens. This is the file that
            # their reader asks for.
            layer._get_kernel_with_merged_lora = lambda layer=layer: (layer.kernel, None, layer.kernel_zero)
            layer.awq_scales.assign(rng.uniform(0.5, 2, layer.awq_scales.shape))
            layer.is_awq_calibrated = True
        else:
            layer.is_gptq_calibrated = True
    return model


def gptq():
    case("quantized_gptq_4_3", by_error("gptq/4/3_from_float32"), ["model.keras"])
    case("quantized_gptq_8", by_error("gptq/8/-1_from_float32"), ["model.keras"])


def main():
    for mode in ("int8", "int4"):
        model = small()
        model.quantize(mode)
        case(f"quantized_{mode}", model)
    model = small()
    model.quantize(config=keras.quantizers.Int4QuantizationConfig(
        block_size=-1, activation_quantizer=keras.quantizers.AbsMaxQuantizer(value_range=(-127, 127))))
    case("quantized_int4_channels", model)
    case("quantized_awq_4_4", by_error("awq/4/4_from_float32"), ["model.keras"])
    rng = np.random.default_rng(1)
    model = small()
    model.quantize("float8")
    model.compile("sgd", "mse")
    model.fit(3 * rng.normal(size=(64, 8)), rng.normal(size=(64, 5)), verbose=0)
    case("quantized_float8", model, ["model.keras"])
    model = small()
    model.layers[0].enable_lora(2)
    model.compile("sgd", "mse")
    model.fit(rng.normal(size=(16, 8)), rng.normal(size=(16, 5)), verbose=0)
    case("lora", model, ["model.keras"])


if __name__ == "__main__":
    gptq() if sys.argv[1:] == ["gptq"] else main()
