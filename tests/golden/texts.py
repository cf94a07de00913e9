"""Texts that Keras prints: summary_*.txt, model_*.json (model.to_json()), and progress.json (what the progress bar writes)."""
import io
import json
import os
import sys

import keras
import numpy as np
from keras import layers as L
from keras.src.utils import progbar

from common import KERAS3, Family, normal, rng, set_weights


def models():
    yield "mlp", keras.Sequential([keras.Input((784,)), L.Dense(512, activation="relu"), L.Dropout(0.2), L.Dense(10, activation="softmax")])
    yield "normalized", keras.Sequential([
        keras.Input((8, 4)), L.Rescaling(1.0 / 255), L.Flatten(), L.Dense(64, use_bias=False, name="a_rather_long_name_for_a_hidden_layer_of_this_model"),
        L.BatchNormalization(), L.Activation("relu"), L.GaussianNoise(0.1), L.LayerNormalization(), L.LeakyReLU(), L.Reshape((8, 8)), L.PReLU(shared_axes=[1]),
        L.Softmax(), L.Flatten(), L.Dense(5)], name="normalized")
    compiled = keras.Sequential([keras.Input((20,)), L.Dense(16, activation="relu", trainable=False), L.Dense(10, activation="softmax")], name="compiled")
    compiled.compile(optimizer="adam", loss="categorical_crossentropy")
    compiled.optimizer.build(compiled.trainable_variables)
    yield "compiled", compiled
    yield "unbuilt", keras.Sequential([L.Dense(3), L.Dense(2)])
    x = keras.Input((20,), name="features")
    y = L.Dense(8, activation="relu")(x)
    yield "functional", keras.Model(x, L.Dense(3, activation="softmax", name="classes")(y), name="functional")


def write(name, text):
    with open(os.path.join(KERAS3, name), "w") as out:
        out.write(text)


class Clock:
    """A clock that only we move."""
    now = 1000.0

    def time(self):
        return self.now


class Tty(io.StringIO):
    def __init__(self, tty):
        super().__init__()
        self.tty = tty

    def isatty(self):
        return self.tty


def bar_case(f, name, calls, dynamic=True, **args):
    """Calls of Progbar.update at given times."""
    clock = Clock()
    progbar.time = clock
    out = sys.stdout
    sys.stdout = text = Tty(dynamic)
    try:
        kwargs = {k: set(v) if k == "stateless_metrics" else v for k, v in args.items()}
        bar = keras.utils.Progbar(**kwargs)
        bar._dynamic_display = dynamic
        for call in calls:
            clock.now = 1000.0 + call["at"]
            bar.update(call["current"], [tuple(v) for v in call.get("values", [])], finalize=call.get("finalize"))
    finally:
        sys.stdout = out
    f.add(name, kind="progbar", args=args, dynamic_display=dynamic, calls=calls, text=text.getvalue())


def fit_case(f, name, run):
    """A real fit/evaluate/predict in which every batch takes 0.25 s by our clock."""
    clock = Clock()
    progbar.time = clock

    class Tick(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            clock.now += 0.25
        on_test_batch_begin = on_predict_batch_begin = on_train_batch_begin

    keras.utils.clear_session()
    model = keras.Sequential([keras.Input((4,)), L.Dense(3, activation="softmax")])
    set_weights("texts", model)
    model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    x, y = normal("texts/x", (40, 4)), rng("texts/y").integers(0, 3, 40)
    out = sys.stdout
    sys.stdout = text = Tty(False)
    try:
        logs = run(model, x, y, [Tick()])
    finally:
        sys.stdout = out
    f.add(name, kind="model", logs={k: [float(v) for v in vs] for k, vs in logs.history.items()} if hasattr(logs, "history") else None, text=text.getvalue())


def generate():
    for name, model in models():
        for line_length in (None, 120):
            got = []
            model.summary(print_fn=got.append, line_length=line_length)
            write(f"summary_{name}{'' if line_length is None else '_120'}.txt", "".join(got))
        write(f"model_{name}.json", model.to_json())
        if name == "compiled":
            got = []
            model.summary(print_fn=got.append, show_trainable=True)
            write("summary_compiled_trainable.txt", "".join(got))
    keras.utils.clear_session()

    f = Family("progress", "progbar: Progbar(**args) made at time 0, then update(current, values, finalize) at second `at`; model: fit and its kin, each "
                           "batch takes 0.25 s. text is everything written to stdout.")
    values = [["accuracy", 0.5], ["loss", 1.25]]
    stateless = dict(stateless_metrics=[])  # as fit makes it: values are shown as they come
    for dynamic in (True, False):
        t = "" if dynamic else "_not_dynamic"
        bar_case(f, "bar" + t, [dict(at=1.0 * i, current=i, values=values) for i in range(1, 6)], dynamic, target=5, **stateless)
        bar_case(f, "bar_finalized_twice" + t, [dict(at=0.5 * i, current=i, values=values, finalize=False) for i in range(1, 4)]
                 + [dict(at=2.0, current=3, values=values, finalize=True)], dynamic, target=3, **stateless)
    bar_case(f, "line", [dict(at=2.0, current=5, values=values + [["tiny", 1e-5], ["negative", -0.5], ["big", 12345.678]], finalize=True)], target=5, verbose=2, **stateless)
    bar_case(f, "numbers", [dict(at=2.0, current=1, values=[["tiny", 1e-5], ["negative", -0.5], ["zero", 0.0], ["big", 12345.678], ["edge", 1e-3], ["count", 3]])], target=2, **stateless)
    bar_case(f, "averaged", [dict(at=1.0 * i, current=i, values=[["loss", float(i)]]) for i in range(1, 4)], target=4)
    bar_case(f, "averaged_uneven", [dict(at=1.0, current=2, values=[["loss", 1.0]]), dict(at=2.0, current=7, values=[["loss", 3.0]])], target=10)
    bar_case(f, "minutes", [dict(at=50.0, current=1), dict(at=100.0, current=2)], target=10, **stateless)
    bar_case(f, "hours", [dict(at=5000.0, current=1), dict(at=10000.0, current=2)], target=10, **stateless)
    bar_case(f, "milliseconds", [dict(at=0.06 * i, current=20 * i) for i in (1, 2, 3)], target=100, **stateless)
    bar_case(f, "microseconds", [dict(at=0.06 * i, current=200 * i) for i in (1, 2, 3)], target=1875, **stateless)
    bar_case(f, "too_fast", [dict(at=0.06, current=1), dict(at=0.07, current=2), dict(at=0.08, current=3), dict(at=0.12, current=4), dict(at=0.13, current=5)], target=5, **stateless)
    bar_case(f, "unknown_target", [dict(at=1.0 * i, current=i, values=values) for i in (1, 2, 3)], target=None, **stateless)
    bar_case(f, "shrinking", [dict(at=100.0, current=1, values=[["loss", 12345.0]]), dict(at=101.0, current=2, values=[["loss", 1.0]])], target=10, **stateless)
    bar_case(f, "no_time", [dict(at=0.0, current=1, finalize=True)], target=1, **stateless)
    bar_case(f, "unit", [dict(at=1.0, current=1)], target=4, unit_name="sample", width=30, **stateless)

    fit_case(f, "fit_verbose_1", lambda m, x, y, c: m.fit(x, y, batch_size=16, epochs=2, shuffle=False, verbose=1, callbacks=c))
    fit_case(f, "fit_verbose_2", lambda m, x, y, c: m.fit(x, y, batch_size=16, epochs=2, shuffle=False, verbose=2, callbacks=c))
    fit_case(f, "fit_verbose_2_one_epoch", lambda m, x, y, c: m.fit(x, y, batch_size=16, shuffle=False, verbose=2, callbacks=c))
    fit_case(f, "fit_verbose_0", lambda m, x, y, c: m.fit(x, y, batch_size=16, shuffle=False, verbose=0, callbacks=c))
    fit_case(f, "fit_validation_verbose_1", lambda m, x, y, c: m.fit(x, y, batch_size=16, epochs=2, shuffle=False, verbose=1, callbacks=c, validation_split=0.25))
    fit_case(f, "fit_validation_verbose_2", lambda m, x, y, c: m.fit(x, y, batch_size=16, epochs=2, shuffle=False, verbose=2, callbacks=c, validation_split=0.25))
    fit_case(f, "evaluate_verbose_1", lambda m, x, y, c: m.evaluate(x, y, batch_size=16, verbose=1, callbacks=c))
    fit_case(f, "evaluate_verbose_2", lambda m, x, y, c: m.evaluate(x, y, batch_size=16, verbose=2, callbacks=c))
    fit_case(f, "predict_verbose_1", lambda m, x, y, c: m.predict(x, batch_size=16, verbose=1, callbacks=c))
    f.write()
