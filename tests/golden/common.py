"""What every generator needs: a quiet, deterministic Keras, repeatable data, and the writer of one family of cases.

A family is `<name>.json` (the cases in order, one a line) and `<name>.npz` (the arrays). A case names the arrays it uses
by their full key in the npz, so cases can share arrays.
"""
import datetime
import io
import json
import os
import time
import zipfile
import zlib

os.environ["KERAS_BACKEND"] = os.environ.get("CORNU_GOLDEN_BACKEND", "tensorflow")  # the few on jax say so
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"  # plain Eigen kernels: the same bits on every run
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["COLUMNS"], os.environ["LINES"] = "100", "24"  # what summary() takes for the terminal

import keras  # noqa: E402
import numpy as np  # noqa: E402

if keras.backend.backend() == "tensorflow":
    import tensorflow as tf

    tf.config.experimental.enable_op_determinism()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)

HERE = os.path.dirname(os.path.abspath(__file__))
KERAS3 = os.path.join(HERE, "keras-3")
KERAS2 = os.path.join(HERE, "keras-2")


def rng(name):
    """A generator that depends on the name alone, so that adding a case changes no other case."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def normal(name, shape, scale=1.0, shift=0.0):
    """Values rounded to 1/1024: exact in float32, and they compress."""
    return (np.round((rng(name).normal(size=shape) * scale + shift) * 1024) / 1024).astype("float32")


def uniform(name, shape, low=0.0, high=1.0):
    return (np.round(rng(name).uniform(low, high, size=shape) * 1024) / 1024).astype("float32")


def to_numpy(x):
    return np.asarray(keras.ops.convert_to_numpy(x))


def serialize(obj):
    """The object as Keras writes it into a config, made plain JSON (order of keys kept)."""
    return json.loads(json.dumps(keras.saving.serialize_keras_object(obj)))


def number(x):
    """A float32 as the double that equals it."""
    return float(x)


class Family:
    def __init__(self, name, about, folder=KERAS3, versions=None):
        self.name, self.about, self.folder = name, about, folder
        self.versions = versions or f"keras {keras.__version__}, tensorflow {tf.__version__}"
        self.cases, self.arrays, self.stored, self.names = [], {}, {}, set()

    def put(self, key, value):
        """Stores an array and returns its key."""
        value = np.asarray(value)
        if value.dtype == np.int64:
            value = value.astype("int32")
        if value.dtype.itemsize == 2 and value.dtype.kind not in "iu":  # float16, bfloat16: every one is a float32
            value = value.astype("float32")
        if value.dtype == np.bool_:
            value = value.astype("uint8")
        value = np.array(value, order="C", copy=True)  # keeps scalars scalar
        same = (value.dtype.str, value.shape, value.tobytes())
        if same in self.stored:  # equal arrays are stored once, under the first key
            return self.stored[same]
        if key in self.arrays:
            raise ValueError(f"two different arrays for {self.name}:{key}")
        self.arrays[key] = value
        self.stored[same] = key
        return key

    def add(self, name, **fields):
        if name in self.names:
            raise ValueError(f"two cases {self.name}:{name}")
        self.names.add(name)
        self.cases.append({"name": name, **fields})

    def write(self):
        os.makedirs(self.folder, exist_ok=True)
        head = json.dumps({"family": self.name, "about": self.about, "made_by": self.versions})
        lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in self.cases)
        path = os.path.join(self.folder, self.name)
        with open(path + ".json", "w") as out:
            out.write(head[:-1] + ', "cases": [\n' + lines + "\n]}\n")
        if self.arrays:
            write_npz(path + ".npz", self.arrays)
        bad = [k for k, v in self.arrays.items() if v.dtype.kind == "f" and not np.isfinite(v).all()]
        print(f"{self.name}: {len(self.cases)} cases, {len(self.arrays)} arrays" + (f", not finite: {bad}" if bad else ""))


def write_npz(path, arrays):
    """A deflated npz without zip64 and with one fixed time, so that a rerun gives the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as zf:
        for key, value in arrays.items():
            data = io.BytesIO()
            np.lib.format.write_array(data, value, version=(1, 0), allow_pickle=False)
            info = zipfile.ZipInfo(key + ".npy", (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            zf.writestr(info, data.getvalue())


def freeze_clock():
    """Files say when they were saved, and from which address: fixed ones keep reruns byte for byte the same."""
    moment = datetime.datetime(2025, 1, 1, 12, 0, 0)

    class Fixed(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return moment

    from keras.src.saving import saving_lib, serialization_lib
    saving_lib.datetime.datetime = Fixed
    time.localtime = lambda *a: moment.timetuple()
    # "shared_object_id" is the address of an object: number them in the order of appearance instead.
    numbers = {}
    serialization_lib.id = lambda obj: numbers.setdefault(id(obj), 140000000000000 + 16 * len(numbers))


def save(model, *names):
    """Writes the model into keras-3/ under each name."""
    config = dict(model._compile_config.config)
    for name in names:
        freeze_clock()
        model.save(os.path.join(KERAS3, name))
        # In Keras 3.15.1 saving a compiled model as .h5 removes the optimizer from the compile configuration of every
        # file that the same model writes later: put it back.
        model._compile_config.config.update(config)


def set_weights(name, model):
    """Fixed weights in place of random ones."""
    values = []
    for w in model.weights:
        key, shape = f"{name}/{w.path}", tuple(w.shape)
        if w.name in ("moving_variance", "variance"):
            values.append(uniform(key, shape, 0.5, 1.5))
        elif w.name == "count":
            values.append(np.zeros(shape, "int64"))
        elif w.name == "gamma":
            values.append(normal(key, shape, 0.1, 1.0))
        else:
            values.append(normal(key, shape, 0.3))
    model.set_weights(values)
