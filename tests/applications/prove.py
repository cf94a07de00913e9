"""Real Keras saves every architecture; Cornu loads and predicts: prove.py PROGRAM [--size N] [NAME...]

PROGRAM is prove_applications. Needs the packages of tests/golden/requirements.txt; the files (up to 3 GB for the largest
architecture) live in a temporary folder and are deleted one by one. Weights are random, biases, scales and the moving
averages of batch normalization too. (Not any ones: with the moments of a random batch as averages, or with scales around 1 in
EfficientNetV2, what goes through a deep model grows so much that one bit of the input moves real Keras's own output by 3e-5
to 3e-3. As they are here, it is 1e-7 to 4e-7.)
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "golden"))
import applications  # noqa: E402
import h5py  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras.src.legacy.saving import legacy_h5_format  # noqa: E402

SMALLEST = {"InceptionV3": 75, "InceptionResNetV2": 75, "Xception": 71}
# These take pixels from 0 to 255.
PIXELS = ("MobileNetV3", "EfficientNet", "ConvNeXt")


def all_layers(model):
    for layer in model.layers:
        yield layer
        if isinstance(layer, keras.Model):
            yield from all_layers(layer)


def randomize(model, rng):
    for v in model.variables:
        shape, end = tuple(v.shape), v.path.rsplit("/", 1)[-1]
        if end == "bias" or end == "beta":
            v.assign(rng.normal(size=shape) * 0.1)
        elif end == "gamma":
            v.assign(rng.uniform(0.3, 0.9, size=shape))
        elif end == "variable":  # LayerScale
            v.assign(rng.uniform(-0.3, 0.3, size=shape))
        elif end == "moving_mean":
            v.assign(rng.normal(size=shape) * 0.1)
        elif end == "moving_variance":
            v.assign(rng.uniform(0.5, 1.5, size=shape))
        elif end == "mean":
            v.assign(rng.uniform(0.4, 0.5, size=shape))
        elif end == "variance":
            v.assign(rng.uniform(0.05, 0.1, size=shape))
    for x in all_layers(model):
        if isinstance(x, keras.layers.Normalization):
            x.finalize_state()  # it computes with a copy of its weights


def make(name, folder, size):
    keras.utils.clear_session()
    keras.utils.set_random_seed(7)
    rng = np.random.default_rng(7)
    size = max(size, SMALLEST.get(name, 32))
    arguments = {"input_shape": [size, size, 3], "classes": 10, "classifier_activation": None}
    model = getattr(keras.applications, name)(weights=None, **{**arguments, "input_shape": (size, size, 3)})
    low, high = (0, 255) if name.startswith(PIXELS) else (-1, 1)
    randomize(model, rng)
    x = rng.uniform(low, high, size=(2, size, size, 3)).astype("float32")
    np.save(folder + "/x.npy", x)
    np.save(folder + "/y.npy", np.asarray(model(x, training=False)))
    model.save(folder + "/model.keras")
    model.save(folder + "/model.h5")
    model.save_weights(folder + "/model.weights.h5")
    with h5py.File(folder + "/legacy.h5", "w") as f:
        legacy_h5_format.save_weights_to_hdf5_group(f, model)
    with open(folder + "/meta.json", "w") as f:
        json.dump({"builder": name, "arguments": arguments}, f)
    return model.count_params()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--size", type=int, default=64, help="of the images, or the smallest that the architecture takes")
    args = parser.parse_intermixed_args()
    wrong = []
    for name in args.names or applications.NAMES:
        with tempfile.TemporaryDirectory() as folder:
            parameters = make(name, folder, args.size)
            print(f"{name}: {parameters} parameters", flush=True)
            if subprocess.run([args.program, folder], check=False).returncode != 0:
                wrong.append(name)
    print("all right" if not wrong else f"wrong: {', '.join(wrong)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
