"""functional.json: functional and nested models: what Keras writes of them, prints of them, predicts and trains with them.

<name>.keras, <name>.h5         compiled, optimizer built, before training
functional_summary_*.txt        summary(), with expand_nested and show_trainable where the name says so
"""
import json
import os

import keras
import numpy as np
from keras import layers as L
from keras import optimizers as O

from common import KERAS3, Family, normal, number, rng, save, set_weights, to_numpy, uniform

STEPS, BATCH = 10, 8


def two_inputs():
    """Shared layer, merging layers, two outputs with losses, weights and metrics by name."""
    left, right = keras.Input((5,), name="left"), keras.Input((4,), name="right")
    shared = L.Dense(6, activation="tanh", name="shared", kernel_regularizer="l2")
    a = shared(L.Dense(6, name="zeta")(left))
    b = shared(L.Dense(6, name="alpha")(right))
    both = L.Concatenate(name="cat")([a, b, L.Add(name="plus")([a, b])])
    return keras.Model([left, right], [L.Dense(3, activation="softmax", name="class")(both), L.Dense(1, name="value")(both)])


def nested():
    """A Sequential with normalization inside, a functional model called three times, which is also the output."""
    x = keras.Input((6,), name="xin")
    block = keras.Sequential([keras.Input((6,), name="block_in"), L.Dense(6, activation="relu", name="b1"), L.BatchNormalization(momentum=0.8, name="bn"),
                              L.Dense(6, name="b2")], name="block")
    t = keras.Input((6,), name="tin")
    twice = keras.Model(t, L.Dense(6, name="t2")(L.BatchNormalization(name="tbn")(L.Dense(6, activation="tanh", name="t1")(t))), name="twice")
    y = block(x)
    return keras.Model(x, twice(L.Subtract(name="minus")([twice(y), twice(twice(y))])), name="outer")


def frozen():
    """A frozen model under a new head: its batch normalization judges while the head trains."""
    i = keras.Input((5,), name="pixels")
    h = L.BatchNormalization(name="base_bn")(L.Dense(7, activation="relu", name="base_dense")(i))
    base = keras.Model(i, L.Dense(4, name="base_top")(h), name="base")
    base.trainable = False
    x = keras.Input((5,), name="image")
    y = L.Dense(3, activation="softmax", name="head")(L.BatchNormalization(name="head_bn")(base(x)))
    return keras.Model(x, y, name="transfer")


def training_false():
    """training=False in a call, and dropout of rate 0."""
    i = keras.Input((5,), name="pixels")
    base = keras.Model(i, L.BatchNormalization(name="base_bn")(L.Dense(7, activation="relu", name="base_dense")(i)), name="base")
    x = keras.Input((5,), name="image")
    y = L.Dropout(0.0, name="drop")(base(x, training=False))
    return keras.Model(x, L.Dense(2, name="head")(L.BatchNormalization(name="head_bn")(y, training=False)), name="fine_tuned")


def dicts():
    """Inputs and outputs by name."""
    a, b = keras.Input((3,), name="b_in"), keras.Input((4,), name="a_in")
    h = L.Average(name="mean")([L.Dense(5, name="da")(a), L.Dense(5, name="db")(b)])
    return keras.Model({"b_in": a, "a_in": b}, {"y": L.Dense(2, name="first")(h), "x": L.Dense(1, activation="sigmoid", name="second")(h)}, name="dicts")


def merging():
    """All merging layers, broadcasting, and what moves axes; each has weights behind it."""
    a, b = keras.Input((4, 3), name="a"), keras.Input((3,), name="b")
    da, db = L.Dense(3, name="da")(a), L.Dense(3, name="db")(b)
    rows = L.RepeatVector(4, name="rows")(db)
    up = L.Maximum(name="up")([da, rows])
    down = L.Minimum(name="down")([da, rows, up])
    product = L.Multiply(name="product")([up, down, L.Reshape((1, 3), name="row")(db)])
    less = L.Subtract(name="less")([product, db])
    turned = L.Permute((2, 1), name="turned")(L.Average(name="mean")([less, da, rows]))
    dot = L.Dot(axes=(1, 2), normalize=True, name="dot")([turned, L.Identity(name="same")(product)])
    pair = L.Dot(axes=1, name="pair")([L.Flatten(name="flat")(dot), L.Dense(16, name="wide")(b)])
    mixed = L.Add(name="mixed")([dot, L.Dense(4, name="narrow")(b)])
    return keras.Model([a, b], L.Concatenate(axis=1, name="all")([pair, L.Flatten(name="flat2")(mixed)]), name="merging")


def operators():
    """Python operators on symbolic tensors."""
    x = keras.Input((4,), name="x")
    h = L.Dense(4, activation="relu", name="h")(x)
    y = (x + h) * 2.0 - 1.5 * h / (x * x + 1.0) - x
    return keras.Model(x, L.Dense(2, name="out")(-y), name="operators")


def list_of_one():
    """A single input and output in lists, and names that Keras gives itself."""
    x = keras.Input((3,))
    inner = keras.Model([x], [L.Dense(2)(x)])
    z = keras.Input((3,))
    return keras.Model([z], inner([z]))


def two_outputs_inside():
    """A model with two inputs and outputs used as a layer; both of its outputs are outputs."""
    a, b = keras.Input((3,), name="ia"), keras.Input((2,), name="ib")
    h = L.Concatenate(name="ab")([a, b])
    inner = keras.Model([a, b], [L.Dense(2, name="p")(h), L.Dense(1, name="q")(h)], name="inner")
    x, y = keras.Input((3,), name="x"), keras.Input((2,), name="y")
    p, q = inner([x, y])
    return keras.Model([x, y], [q, L.Dense(2, name="post")(p)], name="around")


CASES = [
    # name, model, optimizer, arguments of compile, files
    ("two_inputs", two_inputs, lambda: O.Adam(0.01), dict(
        loss={"class": "categorical_crossentropy", "value": "mse"}, loss_weights={"class": 1.0, "value": 0.5},
        metrics={"class": ["accuracy"], "value": ["mae", "mse"]}, weighted_metrics={"value": ["mae"]}), ["keras", "h5"]),
    ("nested", nested, lambda: O.SGD(0.05, momentum=0.9), dict(loss="mse", metrics=["mae"]), ["keras", "h5"]),
    ("frozen", frozen, lambda: O.Adam(0.01), dict(loss="categorical_crossentropy", metrics=["accuracy"]), ["keras", "h5"]),
    ("training_false", training_false, lambda: O.SGD(0.1), dict(loss="mse"), ["keras"]),
    ("dicts", dicts, lambda: O.RMSprop(0.01), dict(loss={"y": "mse", "x": "binary_crossentropy"}, metrics={"x": ["accuracy"]}), ["keras"]),
    ("merging", merging, lambda: O.SGD(0.05), dict(loss="mse"), ["keras", "h5"]),
    ("operators", operators, lambda: O.SGD(0.05), dict(loss="mse"), ["keras"]),
    ("list_of_one", list_of_one, lambda: O.SGD(0.05), dict(loss="mse"), ["keras"]),
    ("two_outputs_inside", two_outputs_inside, lambda: O.SGD(0.05), dict(loss=["mse", "mae"], loss_weights=[2.0, 0.25], metrics=[["mae"], ["mse", "mae"]]), ["keras"]),
    ("one_loss", two_inputs, lambda: O.SGD(0.05), dict(loss="mse", metrics=["mae", "mse"]), []),
]
WEIGHTED = ("two_inputs", "nested")


def targets(name, key, loss, shape):
    if "categorical" in str(loss):
        return np.eye(shape[-1], dtype="float32")[rng(f"{name}/{key}").integers(0, shape[-1], (STEPS, BATCH))]
    if "binary" in str(loss):
        return rng(f"{name}/{key}").integers(0, 2, (STEPS, BATCH, 1)).astype("float32")
    return normal(f"{name}/{key}", (STEPS, BATCH) + shape)


def structure(f, name, kind, like, make):
    """Arrays in the structure of the model's inputs or outputs: what a step takes, and the keys for the case."""
    if isinstance(like, dict):
        arrays = {k: make(k, v) for k, v in like.items()}
        return arrays, {k: f.put(f"{name}/{kind}/{k}", v) for k, v in arrays.items()}
    if isinstance(like, list):
        arrays = [make(str(i), v) for i, v in enumerate(like)]
        return arrays, [f.put(f"{name}/{kind}/{i}", v) for i, v in enumerate(arrays)]
    array = make("0", like)
    return array, f.put(f"{name}/{kind}/0", array)


def at(arrays, step):
    return keras.tree.map_structure(lambda a: a[step], arrays)


def put_all(f, prefix, values):
    return [f.put(f"{prefix}/{i}", to_numpy(v)) for i, v in enumerate(keras.tree.flatten(values))]


def texts(f, name, model):
    out = {}
    for kind, args in (("", {}), ("_expanded", dict(expand_nested=True)), ("_trainable", dict(show_trainable=True))):
        if kind == "_trainable" and name not in ("frozen", "nested") or kind == "_expanded" and name not in ("nested", "frozen", "list_of_one"):
            continue
        got = []
        model.summary(print_fn=got.append, **args)
        out[kind.strip("_") or "plain"] = "".join(got)
    return out


def generate():
    f = Family("functional", "json: to_json() before compile; summaries; predict_* are lists of outputs in Keras's flat order (of x[0]); train_on_batch(x[step], y[step]) for 10 steps, with sample_weight[step] where "
                             "there is one; logs, weights and slots as in trajectories; x and y have the structure of the model's inputs and outputs.")
    for name, make, optimizer, compile_args, formats in CASES:
        keras.utils.clear_session()
        model = make()
        set_weights(f"functional/{name}", model)
        text = model.to_json()
        summaries = texts(f, name, model)
        model.compile(optimizer=optimizer(), **compile_args)
        model.optimizer.build(model.trainable_variables)
        loss = compile_args["loss"]
        losses = loss if isinstance(loss, (dict, list)) else keras.tree.map_structure(lambda _: loss, model.output)
        if isinstance(losses, dict) and isinstance(model.output, list):
            losses = [losses[n] for n in model.output_names]
        x, x_keys = structure(f, name, "x", model.input, lambda k, t: normal(f"{name}/x/{k}", (STEPS, BATCH) + tuple(t.shape[1:])))
        y, y_keys = structure(f, name, "y", model.output, lambda k, t: targets(
            name, k, losses[k] if isinstance(losses, dict) else losses[int(k)] if isinstance(losses, list) else losses, tuple(t.shape[1:])))
        fields = dict(x=x_keys, y=y_keys, predict_start=put_all(f, f"{name}/predict_start", model.predict_on_batch(at(x, 0))))
        sample_weight = None
        if name in WEIGHTED:
            sample_weight, fields["sample_weight"] = structure(f, name, "sample_weight", model.output, lambda k, t: uniform(f"{name}/sample_weight/{k}", (STEPS, BATCH), 0.25, 2.0))
        files = [f"functional_{name}.{e}" for e in formats]
        save(model, *files)
        if not files:
            fields["start_weights"] = put_all(f, f"{name}/start_weights", model.weights)
        fields["weight_paths"] = [w.path for w in model.weights]
        fields["tested"] = {k: number(v) for k, v in model.evaluate(at(x, 0), at(y, 0), batch_size=4, return_dict=True, verbose=0).items()}
        fields["tested_list"] = [number(v) for v in np.atleast_1d(model.evaluate(at(x, 0), at(y, 0), batch_size=4, verbose=0))]
        logs = []
        for step in range(STEPS):
            w = {} if sample_weight is None else {"sample_weight": at(sample_weight, step)}
            logs.append({k: number(v) for k, v in model.train_on_batch(at(x, step), at(y, step), return_dict=True, **w).items()})
        weights = [{"path": w.path, "value": f.put(f"{name}/weights/{i}", to_numpy(w))} for i, w in enumerate(model.weights)]
        slots = [{"path": v.path, "value": f.put(f"{name}/slots/{i}", to_numpy(v)) if v.shape.rank else to_numpy(v).item()} for i, v in enumerate(model.optimizer.variables)]
        fields["predict_end"] = put_all(f, f"{name}/predict_end", model.predict_on_batch(at(x, 0)))
        f.add(name, files=files, json=text, summaries=summaries, compile_config=model.get_compile_config(), steps=STEPS, **fields, logs=logs,
              weights=weights, slots=slots)
    f.write()
