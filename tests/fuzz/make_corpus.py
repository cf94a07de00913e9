"""Makes the first inputs of the fuzzers, in corpus/: small files of each kind, some of them wrong in one place. What the
fuzzers found is added by hand, under a name that begins with `found-`. Needs numpy and h5py:

    python make_corpus.py
"""
import io
import json
import os
import struct
import zipfile

import h5py
import numpy as np

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus")
ATTACKS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "attacks")


def put(kind, name, data):
    with open(os.path.join(HERE, kind, name), "wb") as f:
        f.write(data)


def h5(fill, **options):
    data = io.BytesIO()
    with h5py.File(data, "w", **options) as f:
        fill(f)
    return data.getvalue()


def model(f):
    config = {"class_name": "Sequential", "config": [{"class_name": "Dense", "config": {"name": "d", "units": 1}}]}
    f.attrs["model_config"] = json.dumps(config).encode()
    f.attrs["training_config"] = json.dumps({"optimizer_config": {"class_name": "SGD", "config": {}}, "loss": "mse"}).encode()
    f.attrs["keras_version"] = "2.2.4"
    layer = f.create_group("model_weights/d")
    f["model_weights"].attrs["layer_names"] = np.array([b"d"])
    layer.attrs["weight_names"] = [b"k:0", b"b:0"]
    layer["k:0"] = np.ones((2, 1), "float32")
    layer.create_dataset("b:0", data=np.ones(40, ">f4"), chunks=(16,), compression="gzip", shuffle=True, fletcher32=True)
    f.create_group("optimizer_weights").attrs["weight_names"] = np.zeros(0)


def tree(f):
    for layer in ("dense", "dense_1"):
        group = f.create_group(f"layers/{layer}/vars")
        group["0"] = np.ones((2, 2), "float32")
        group["1"] = np.ones(2, "float16")
        group.attrs["name"] = layer
    f.create_group("optimizer/vars")["0"] = np.int64(3)


def kinds(f):
    f["bool"] = np.array([True, False])
    f["opaque"] = np.zeros(3, "V2")
    f["compact"] = np.arange(3, dtype="uint8")
    f["soft"] = h5py.SoftLink("/bool")
    f["external"] = h5py.ExternalLink("other.h5", "/x")
    f.attrs["names"] = [b"a", b"bb"]


def keras(config, method):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as z:
        z.writestr("metadata.json", json.dumps({"keras_version": "3.15.1"}))
        z.writestr("config.json", json.dumps(config))
        z.writestr("model.weights.h5", h5(tree))
    return data.getvalue()


DENSE = {"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 2}, "registered_name": None}
SEQUENTIAL = {"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": [DENSE]},
              "compile_config": {"optimizer": "adam", "loss": "mse", "metrics": ["mae"]}}
FUNCTIONAL1 = {"class_name": "Model", "config": {"name": "m", "layers": [
    {"class_name": "InputLayer", "name": "i", "config": {"name": "i", "batch_input_shape": [None, 2]}, "inbound_nodes": []},
    {"class_name": "Dense", "name": "d", "config": {"name": "d", "output_dim": 2, "init": "glorot_uniform"},
     "inbound_nodes": [[["i", 0, 0]]]}], "input_layers": [["i", 0, 0]], "output_layers": [["d", 0, 0]]}}
FUNCTIONAL2 = {"class_name": "Functional", "config": {"name": "m", "layers": [
    {"class_name": "InputLayer", "name": "i", "config": {"name": "i", "batch_input_shape": [None, 2]}, "inbound_nodes": []},
    {"class_name": "TFOpLambda", "name": "a", "config": {"name": "a", "function": "math.add"},
     "inbound_nodes": [["i", 0, 0, {"y": ["i", 0, 0], "name": None}]]}],
    "input_layers": [["i", 0, 0]], "output_layers": [["a", 0, 0]]}}


def main():
    put("h5", "model.h5", h5(model))
    put("h5", "tree.h5", h5(tree))
    put("h5", "kinds.h5", h5(kinds))
    put("h5", "latest.h5", h5(kinds, libver="latest"))
    put("keras", "stored.keras", keras(SEQUENTIAL, zipfile.ZIP_STORED))
    put("keras", "deflated.keras", keras(SEQUENTIAL, zipfile.ZIP_DEFLATED))
    put("keras", "functional.keras", keras(FUNCTIONAL2, zipfile.ZIP_STORED))
    for i, config in enumerate([FUNCTIONAL1, FUNCTIONAL1, FUNCTIONAL2, FUNCTIONAL2, SEQUENTIAL, SEQUENTIAL, SEQUENTIAL]):
        put("json", f"config-{i}", bytes([48 + i]) + json.dumps(config).encode())
    for code, dtype in ((8, ">u1"), (0x0B, ">i2"), (0x0D, ">f4")):
        put("idx", f"code-{code}", struct.pack(">BBBBII", 0, 0, code, 2, 2, 3) + np.arange(6).astype(dtype).tobytes())
    put("idx", "short", struct.pack(">BBBBII", 0, 0, 8, 2, 1 << 31, 1 << 31))
    for dtype in ("<f4", ">i8", "|b1", "<f2", "<V2"):
        data = io.BytesIO()
        np.save(data, np.zeros((2, 3), dtype))
        put("npy", f"array-{dtype[1:]}", data.getvalue())
    data = io.BytesIO()
    np.save(data, np.asfortranarray(np.zeros((2, 3))))
    put("npy", "fortran", data.getvalue())
    put("csv", "numbers.csv", b"a,b\n1,2\n3.5,nan\n")
    put("csv", "semicolons.csv", b"\xef\xbb\xbf1;2\r\n-3;+4e5\r\n# remark\r\n")
    put("csv", "integers.csv", b"9007199254740993\n-9223372036854775808\n")
    put("csv", "ragged.csv", b"1,2\n3\n")


main()
