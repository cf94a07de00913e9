"""Makes the files of this folder: one for each published attack on the loaders of Keras, and for some that nobody has
published. Their payloads are harmless (`lambda x: x`, `echo`), their form is that of the attack. Needs h5py and numpy:

    python make_attacks.py
"""
import base64
import io
import json
import marshal
import os
import stat
import zipfile

import h5py
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
CODE = marshal.dumps(compile("lambda x: x", "attack.py", "eval").co_consts[0])
EXPECTED = {}


def expect(name, kind, pattern, refused):
    """What `cornu scan` says of the file, and words of the error when it is loaded."""
    EXPECTED[name] = {"kind": kind, "pattern": pattern, "refused": refused}
    return os.path.join(HERE, name)


def keras3(module, class_name, config, **more):
    return {"module": module, "class_name": class_name, "config": config, "registered_name": None, **more}


def dense(name="dense"):
    return keras3("keras.layers", "Dense", {"name": name, "units": 1})


def input_layer():
    return keras3("keras.layers", "InputLayer", {"batch_shape": [None, 2], "dtype": "float32", "name": "in"})


def sequential(*layers):
    return keras3("keras", "Sequential", {"name": "s", "layers": [input_layer(), *layers]})


def weights(fill=None):
    data = io.BytesIO()
    with h5py.File(data, "w") as f:
        group = f.create_group("layers/dense/vars")
        if fill:
            fill(group)
        else:
            group["0"] = np.zeros((2, 1), "float32")
            group["1"] = np.zeros(1, "float32")
    return data.getvalue()


def member(name):
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.external_attr = 0o600 << 16
    return info


def keras_file(name, config, extra=(), weight_bytes=None, compress=False):
    method = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    text = config if isinstance(config, str) else json.dumps(config)
    with zipfile.ZipFile(name, "w", method) as z:
        z.writestr(member("metadata.json"), json.dumps({"keras_version": "3.8.0", "date_saved": "2025-01-01@00:00:00"}))
        z.writestr(member("config.json"), text, method)
        z.writestr(member("model.weights.h5"), weight_bytes or weights())
        for info, data in extra:
            z.writestr(info, data)


def h5_file(name, config, version, fill=None):
    with h5py.File(name, "w") as f:
        f.attrs["keras_version"] = version
        f.attrs["backend"] = "tensorflow"
        f.attrs["model_config"] = json.dumps(config).encode()
        group = f.create_group("model_weights")
        group.attrs["layer_names"] = [b"dense"]
        group.attrs["backend"] = b"tensorflow"
        group.attrs["keras_version"] = version.encode()
        layer = group.create_group("dense")
        layer.attrs["weight_names"] = [b"kernel:0"]
        if fill:
            fill(layer)
        else:
            layer["kernel:0"] = np.zeros((2, 1), "float32")


def keras2(*layers):
    return {"class_name": "Sequential", "config": {"name": "s", "layers": list(layers)}}


def dense2():
    return {"class_name": "Dense", "config": {"name": "dense", "units": 1, "use_bias": False,
                                              "batch_input_shape": [None, 2]}}


def lambda2(function, kind="lambda", module="__main__"):
    return {"class_name": "Lambda", "config": {"name": "lam", "function": function, "function_type": kind,
                                               "module": module, "output_shape": None, "arguments": {}}}


def lambdas():
    raw = CODE.decode("raw_unicode_escape")
    words = ["Lambda \"lam\"", "no code of a file is ever run"]
    h5_file(expect("CVE-2024-3660-marshal-keras2.h5", "code", "CVE-2024-3660", words),
            keras2(dense2(), lambda2([raw, None, None])), "2.2.4")
    h5_file(expect("CVE-2024-3660-base64-tfkeras.h5", "code", "CVE-2024-3660", words),
            keras2(dense2(), lambda2([base64.b64encode(CODE).decode() + "\n", None, None])), "2.10.0")
    h5_file(expect("CVE-2024-3660-by-module.h5", "code", "CVE-2024-3660", words),
            keras2(dense2(), lambda2("system", "function", "os")), "2.10.0")
    payload = {"class_name": "__lambda__", "config": {"code": base64.b64encode(CODE).decode(), "defaults": None,
                                                      "closure": None}}
    lam = keras3("keras.layers", "Lambda", {"name": "lam", "function": payload, "arguments": {}})
    keras_file(expect("CVE-2024-3660-lambda.keras", "code", "CVE-2024-3660", words), sequential(dense(), lam))
    h5_file(expect("CVE-2025-9905-lambda-keras3.h5", "code", "CVE-2025-9905", words),
            keras2(dense2(), {"class_name": "Lambda", "config": {"name": "lam", "function": payload, "arguments": {}}}),
            "3.10.0")
    lam = keras3("keras.layers", "Lambda", {"name": "lam", "function": payload, "safe_mode": None})
    keras_file(expect("CVE-2026-12481-safe-mode-null.keras", "code", "CVE-2026-12481", words), sequential(dense(), lam))
    # A function inside of a harmless layer.
    inner = keras3("keras.layers", "Dense", {"name": "dense", "units": 1, "activation": payload})
    keras_file(expect("lambda-as-activation.keras", "code", "CVE-2024-3660", ["activation"]), sequential(inner))
    lam = keras3("keras.layers", "Lambda", {"name": "lam", "function": {"module": "keras.ops", "class_name": "function",
                 "config": "relu", "registered_name": "function"}})
    keras_file(expect("lambda-that-is-a-relu.keras", "code", "CVE-2024-3660", ["Lambda", "Activation(\"relu\")"]),
               sequential(dense(), lam))


def imports():
    def call(module, name, args):
        return {"module": module, "class_name": "function", "config": name, "registered_name": name, "name": "dense",
                "inbound_nodes": [{"args": args, "kwargs": {}}]}

    def functional(layer):
        return keras3("keras", "Functional", {"name": "m", "layers": [layer], "input_layers": [["dense", 0, 0]],
                                              "output_layers": [["dense", 0, 0]]})

    keras_file(expect("CVE-2025-1550-popen.keras", "import", "CVE-2025-1550", ["Popen", "subprocess"]),
               functional(call("subprocess", "Popen", [["echo", "1550"]])))
    keras_file(expect("CVE-2025-1550-eval.keras", "import", "CVE-2025-1550", ["eval"]),
               functional(call("builtins", "eval", ["1550"])))
    keras_file(expect("CVE-2025-8747-get-file.keras", "import", "CVE-2025-8747", ["get_file"]),
               functional(call("keras.utils", "get_file", ["f", "http://127.0.0.1:1/payload"])))
    keras_file(expect("CVE-2025-9906-unsafe-switch.keras", "import", "CVE-2025-9906", ["enable_unsafe_deserialization"]),
               functional(call("keras.config", "enable_unsafe_deserialization", [])))
    custom = {"module": "their_module", "class_name": "Their", "config": {"name": "their"},
              "registered_name": "their>Their"}
    keras_file(expect("custom-object.keras", "import", None, ["Their \"their\"", "registry"]),
               sequential(dense(), custom))
    write = {"class_name": "TFOpLambda", "config": {"name": "tf.io.write_file", "function": "io.write_file"},
             "inbound_nodes": [["dense", 0, 0, {"filename": "/tmp/x"}]]}
    h5_file(expect("tfoplambda-write-file.h5", "import", None, ["TFOpLambda", "io.write_file"]),
            keras2(dense2(), write), "2.10.0")


def layers_that_load():
    keras_file(expect("CVE-2026-1462-tfsmlayer.keras", "code", "CVE-2026-1462", ["TFSMLayer"]), sequential(
        dense(), keras3("keras.layers", "TFSMLayer", {"name": "t", "filepath": "/tmp/saved_model"})))
    keras_file(expect("CVE-2025-49655-torch-module.keras", "code", "CVE-2025-49655", ["TorchModuleWrapper"]), sequential(
        dense(), keras3("keras.layers", "TorchModuleWrapper", {"name": "t", "module": base64.b64encode(b"pickle").decode()})))
    keras_file(expect("CVE-2025-12058-vocabulary.keras", "reference", "CVE-2025-12058", ["StringLookup"]), sequential(
        dense(), keras3("keras.layers", "StringLookup", {"name": "t", "vocabulary": "/etc/passwd"})))
    with open(expect("CVE-2021-37678-model.yaml", "code", "CVE-2021-37678", ["neither HDF5"]), "w") as f:
        f.write("backend: tensorflow\nclass_name: Sequential\nconfig: !!python/object/apply:os.getcwd []\n")


def hdf5_structure():
    def into_h5(name, pattern, kind, refused, fill):
        h5_file(expect(name, kind, pattern, refused), keras2(dense2()), "2.10.0", fill)

    def external(layer, name="kernel:0"):
        layer.create_dataset(name, (2, 1), "float32", external=[("/etc/hostname", 0, 8)])

    def external_link(layer, name="kernel:0"):
        layer[name] = h5py.ExternalLink("/etc/hostname.h5", "/x")

    def virtual(layer, name="kernel:0"):
        layout = h5py.VirtualLayout((2, 1), "float32")
        layout[:] = h5py.VirtualSource("/etc/hostname.h5", "x", (2, 1), "float32")
        layer.create_virtual_dataset(name, layout)

    def bomb(layer, name="kernel:0"):
        layer.create_dataset(name, (1 << 20, 1 << 18), "float32")

    def chunked_bomb(layer):
        layer.create_dataset("kernel:0", (1 << 20, 1 << 18), "float32", chunks=(1024, 1024), compression="gzip")

    def loop(layer):
        layer["kernel:0"] = h5py.SoftLink("/model_weights/dense/kernel:0")

    def cycle(layer):
        layer["kernel:0"] = layer

    def deep(layer):
        group = layer
        for _ in range(100):
            group = group.create_group("g")
        group["w"] = np.zeros(1, "float32")

    def plug_in(layer):
        space = h5py.h5s.create_simple((10,))
        creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        creation.set_chunk((10,))
        creation.set_filter(32004, h5py.h5z.FLAG_OPTIONAL, (1, 2))
        h5py.h5d.create(layer.id, b"kernel:0", h5py.h5t.IEEE_F32LE, space, creation)

    into_h5("CVE-2026-1669-external-values.h5", "CVE-2026-1669", "link", ["another file"], external)
    into_h5("CVE-2026-1669-external-link.h5", "CVE-2026-1669", "link", ["external link"], external_link)
    into_h5("CVE-2026-1669-virtual.h5", "CVE-2026-1669", "link", ["virtual dataset"], virtual)
    into_h5("CVE-2026-0897-shape-bomb.h5", "CVE-2026-0897", "bomb", ["its shape needs"], bomb)
    into_h5("shape-bomb-in-chunks.h5", None, "bomb", ["its shape needs"], chunked_bomb)
    into_h5("soft-link-loop.h5", None, "link", ["soft or external link"], loop)
    into_h5("plug-in-filter.h5", None, "code", ["filter number 32004"], plug_in)
    into_h5("deep-groups.h5", None, "damage", ["nothing of that name"], deep)
    for name, fill in (("CVE-2026-1669-external-values.keras", external), ("CVE-2026-0897-shape-bomb.keras", bomb)):
        kind, pattern, words = (("link", "CVE-2026-1669", ["another file"]) if "1669" in name else
                                ("bomb", "CVE-2026-0897", ["its shape needs"]))
        keras_file(expect(name, kind, pattern, words), sequential(dense()), (), weights(lambda g, f=fill: f(g, "0")))
    # A group that is its own member: no danger in itself, but a reader that follows it never ends.
    h5_file(os.path.join(HERE, "hard-link-cycle.h5"), keras2(dense2()), "2.10.0", cycle)


def archives():
    traversal = "GHSA-hqp4-2352-xf5r"
    keras_file(expect("GHSA-hqp4-2352-xf5r-traversal.keras", "reference", traversal, ["leads out of the archive"]),
               sequential(dense()), [(member("assets/../../escaped.txt"), "x")])
    link = member("assets/link")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    keras_file(expect("zip-symbolic-link.keras", "reference", traversal, ["a symbolic link"]), sequential(dense()),
               [(link, "/etc/passwd")])
    keras_file(expect("zip-absolute-path.keras", "reference", traversal, ["an absolute path"]), sequential(dense()),
               [(member("/tmp/escaped.txt"), "x")])
    keras_file(expect("zip-two-configs.keras", "damage", None, ["two members of the name 'config.json'"]),
               sequential(dense()), [(member("config.json"), "{}")])
    keras_file(expect("zip-bomb.keras", "bomb", None, ["config.json"]), " " * (65 << 20) + "{}", compress=True)
    keras_file(expect("deep-json.keras", "bomb", None, ["nested too deeply"]), "[" * 100000, compress=True)
    keras_file(expect("pickle-member.keras", "code", None, ["Lambda"]), sequential(dense(), keras3(
        "keras.layers", "Lambda", {"name": "lam", "function": "f"})), [(member("assets/layer.pkl"), b"\x80\x04N.")])


def main():
    lambdas()
    imports()
    layers_that_load()
    hdf5_structure()
    archives()
    with open(os.path.join(HERE, "expected.json"), "w") as f:
        json.dump(dict(sorted(EXPECTED.items())), f, indent=1)
        f.write("\n")


main()
