"""applications.json: every architecture of keras.applications with several sets of arguments, counted and hashed."""
import hashlib
import inspect
import os

from common import KERAS3, Family, freeze_clock, set_weights, uniform

import h5py
import keras
import numpy as np
from keras import applications as apps
from keras import layers as L
from keras.src.initializers import random_initializers
from keras.src.legacy.saving import legacy_h5_format

NAMES = [
    "VGG16", "VGG19",
    "ResNet50", "ResNet101", "ResNet152", "ResNet50V2", "ResNet101V2", "ResNet152V2",
    "MobileNet", "MobileNetV2", "MobileNetV3Small", "MobileNetV3Large",
    "DenseNet121", "DenseNet169", "DenseNet201",
    "InceptionV3", "InceptionResNetV2", "Xception", "NASNetMobile", "NASNetLarge",
    "EfficientNetB0", "EfficientNetB1", "EfficientNetB2", "EfficientNetB3", "EfficientNetB4", "EfficientNetB5",
    "EfficientNetB6", "EfficientNetB7",
    "EfficientNetV2B0", "EfficientNetV2B1", "EfficientNetV2B2", "EfficientNetV2B3", "EfficientNetV2S",
    "EfficientNetV2M", "EfficientNetV2L",
    "ConvNeXtTiny", "ConvNeXtSmall", "ConvNeXtBase", "ConvNeXtLarge", "ConvNeXtXLarge",
]

# Beside the defaults.
GENERAL = [
    {"include_top": False, "pooling": "avg", "input_shape": [96, 128, 3]},
    {"include_top": False},
    {"include_top": False, "pooling": "max", "input_shape": [95, 97, 1]},
    {"classes": 7, "input_shape": [80, 80, 3], "classifier_activation": None, "name": "mine"},
]
SPECIAL = {
    "VGG16": [{"input_shape": [31, 64, 3]}, {"input_shape": [64, 64]}],
    "Xception": [{"include_top": False, "input_shape": [70, 80, 3]}],
    "MobileNet": [{"alpha": 0.5, "depth_multiplier": 2, "dropout": 0.25, "input_shape": [128, 128, 3]}, {"alpha": 0.25, "include_top": False}],
    "MobileNetV2": [{"alpha": 0.35, "input_shape": [96, 96, 3]}, {"alpha": 1.4, "classes": 10}, {"alpha": 0.75, "include_top": False}],
    "MobileNetV3Small": [{"alpha": 0.75}, {"minimalistic": True, "include_preprocessing": False}, {"alpha": 1.25, "dropout_rate": 0.0, "input_shape": [64, 64, 3]}],
    "MobileNetV3Large": [{"alpha": 0.75, "minimalistic": True}, {"include_preprocessing": False, "dropout_rate": 0.5, "include_top": False, "pooling": "max"}],
    "EfficientNetV2B0": [{"include_preprocessing": False}],
    "EfficientNetV2S": [{"include_preprocessing": False, "include_top": False, "pooling": "avg"}],
    "ConvNeXtTiny": [{"include_preprocessing": False, "include_top": False, "pooling": "avg"}],
}
# What Keras itself cannot: DEFAULT_BLOCKS_ARGS of EfficientNetV2 is looked up by the name of the model.
OWN_NAME_FAILS = ["EfficientNetV2"]
# Enough of the general sets for the other sizes of a family.
SMALLER = {"ResNet101", "ResNet152", "ResNet101V2", "ResNet152V2", "DenseNet169", "DenseNet201", "ConvNeXtSmall", "ConvNeXtBase",
           "ConvNeXtLarge", "ConvNeXtXLarge"} | {f"EfficientNetB{i}" for i in range(1, 8)} | {f"EfficientNetV2{i}" for i in ("B1", "B2", "B3", "M", "L")}


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def shape(s):
    return "(" + ", ".join("None" if d is None else str(d) for d in s) + ("," if len(s) == 1 else "") + ")"


def arguments_of(name):
    general = [dict(g) for g in (GENERAL[:1] if name in SMALLER else GENERAL)]
    for g in general:
        if any(name.startswith(n) for n in OWN_NAME_FAILS):
            g.pop("name", None)
    return [{}] + general + SPECIAL.get(name, [])


def describe(model):
    out = {
        "parameters": model.count_params(),
        "trainable": sum(int(w.shape.num_elements()) for w in model.trainable_weights),
        "layers": len(model.layers),
        "output_shape": [d for d in model.output_shape],
        "layer_hash": sha("".join(f"{x.name} {type(x).__name__} {shape(x.output.shape)}\n" for x in model.layers)),
        "weight_hash": sha("".join(f"{w.path} {shape(w.shape)}\n" for x in model.layers for w in x.weights)),
        "config_hash": sha(model.to_json()),
    }
    return out


def generate():
    # The numbers of the weights do not matter here, and drawing them would take most of the time.
    for cls in vars(random_initializers).values():
        if inspect.isclass(cls) and "__call__" in vars(cls) and cls.__module__ == random_initializers.__name__:
            cls.__call__ = lambda self, shape, dtype=None: keras.ops.zeros(shape, dtype or "float32")
    family = Family("applications", "architectures, counted; hashes: the first 16 digits of SHA-256")
    for name in NAMES:
        for i, arguments in enumerate(arguments_of(name)):
            keras.utils.clear_session()
            given = {k: tuple(v) if k == "input_shape" else v for k, v in arguments.items()}
            try:
                model = getattr(apps, name)(weights=None, **given)
            except Exception as error:  # noqa: BLE001 - too small an image, say: Cornu has to refuse it, too
                family.add(f"{name}_{i}", builder=name, arguments=arguments, refused=type(error).__name__)
                continue
            family.add(f"{name}_{i}", builder=name, arguments=arguments, **describe(model))
            dump(f"{name}_{i}", model)
            del model
        print(name, flush=True)
    preprocessing(family)
    weights_files()
    family.write()


def preprocessing(family):
    """What each mode makes of a batch, of one picture, and of a picture of integers."""
    for mode in ("caffe", "tf", "torch"):
        for data_format in ("channels_last", "channels_first"):
            for rank in (3, 4):
                name = f"preprocess_{mode}_{data_format}_{rank}"
                shape = [4, 5, 3] if data_format == "channels_last" else [3, 4, 5]
                x = np.floor(uniform(name, [2] * (rank - 3) + shape, 0, 256)).astype("float32")
                y = apps.imagenet_utils.preprocess_input(x.copy(), data_format=data_format, mode=mode)
                family.add(name, mode=mode, data_format=data_format, arrays={"x": family.put(name + "/x", x), "y": family.put(name + "/y", y)})


def weights_files():
    """weights_only.keras, and its weights as Keras 3 and as older versions save them alone."""
    keras.utils.clear_session()
    inner = keras.Sequential([keras.Input((5,)), L.Dense(4, name="first"), L.BatchNormalization(name="bn")], name="inner")
    x = keras.Input((5,), name="x")
    y = L.Dense(3, name="head")(inner(L.Dense(5, name="zeta")(x)))
    model = keras.Model(x, y, name="weights_only")
    set_weights("weights_only", model)
    freeze_clock()
    model.save(os.path.join(KERAS3, "weights_only.keras"))
    model.save_weights(os.path.join(KERAS3, "weights_only.weights.h5"))
    with h5py.File(os.path.join(KERAS3, "weights_only.h5"), "w") as f:
        legacy_h5_format.save_weights_to_hdf5_group(f, model)


def dump(name, model):
    """For a look at a hash that differs: the texts themselves, where $CORNU_APPLICATIONS_TEXTS says."""
    folder = os.environ.get("CORNU_APPLICATIONS_TEXTS")
    if folder:
        with open(os.path.join(folder, name + ".json"), "w") as f:
            f.write(model.to_json())
        with open(os.path.join(folder, name + ".weights"), "w") as f:
            f.write("".join(f"{w.path} {shape(w.shape)}\n" for x in model.layers for w in x.weights))
        with open(os.path.join(folder, name + ".layers"), "w") as f:
            f.write("".join(f"{x.name} {type(x).__name__} {shape(x.output.shape)}\n" for x in model.layers))
