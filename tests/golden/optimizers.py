"""optimizers.json: ten steps of each optimizer with fixed gradients; schedules.json: learning rates at steps."""
import keras
import numpy as np
import tensorflow as tf
from keras import optimizers as O
from keras.optimizers import schedules as S

from common import Family, normal, number, serialize, to_numpy

EVERY = [("weight_decay", dict(weight_decay=0.1)), ("clipnorm", dict(clipnorm=0.5)), ("global_clipnorm", dict(global_clipnorm=0.5)),
         ("clipvalue", dict(clipvalue=0.25)), ("ema", dict(use_ema=True, ema_momentum=0.8)),
         ("ema_overwrite", dict(use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=3)),
         ("accumulation", dict(gradient_accumulation_steps=3))]
BASE = [
    ("sgd", O.SGD, dict(learning_rate=0.1)),
    ("sgd_momentum", O.SGD, dict(learning_rate=0.1, momentum=0.9)),
    ("sgd_nesterov", O.SGD, dict(learning_rate=0.1, momentum=0.9, nesterov=True)),
    ("adam", O.Adam, dict(learning_rate=0.05)),
    ("adam_amsgrad", O.Adam, dict(learning_rate=0.05, amsgrad=True)),
    ("adamw", O.AdamW, dict(learning_rate=0.05)),
    ("rmsprop", O.RMSprop, dict(learning_rate=0.05)),
    ("rmsprop_momentum", O.RMSprop, dict(learning_rate=0.05, momentum=0.8)),
    ("rmsprop_centered", O.RMSprop, dict(learning_rate=0.05, centered=True)),
    ("rmsprop_momentum_centered", O.RMSprop, dict(learning_rate=0.05, momentum=0.8, centered=True, rho=0.8, epsilon=1e-5)),
]
CASES = [(n, c, k) for n, c, k in BASE]
for n, c, k in BASE:
    if n in ("sgd", "sgd_momentum", "adam", "adamw", "rmsprop"):
        CASES += [(f"{n}_{e}", c, {**k, **extra}) for e, extra in EVERY]
CASES += [
    ("adam_defaults", O.Adam, {}), ("sgd_defaults", O.SGD, {}), ("rmsprop_defaults", O.RMSprop, {}), ("adamw_defaults", O.AdamW, {}),
    ("adam_betas_epsilon", O.Adam, dict(learning_rate=0.05, beta_1=0.8, beta_2=0.9, epsilon=1e-3)),
    ("adam_amsgrad_everything", O.Adam, dict(learning_rate=0.05, amsgrad=True, weight_decay=0.01, clipnorm=1.0, use_ema=True, ema_momentum=0.9,
                                             ema_overwrite_frequency=2)),
    ("sgd_schedule", O.SGD, lambda: dict(learning_rate=S.ExponentialDecay(0.2, 3, 0.5))),
    ("adam_schedule", O.Adam, lambda: dict(learning_rate=S.PiecewiseConstantDecay([2, 5], [0.1, 0.05, 0.01]))),
    ("sgd_momentum_schedule_accumulation", O.SGD, lambda: dict(learning_rate=S.InverseTimeDecay(0.2, 2, 0.5), momentum=0.5, gradient_accumulation_steps=2)),
    ("adagrad", O.Adagrad, dict(learning_rate=0.1)), ("adadelta", O.Adadelta, dict(learning_rate=1.0)), ("adamax", O.Adamax, dict(learning_rate=0.05)),
    ("nadam", O.Nadam, dict(learning_rate=0.05)), ("ftrl", O.Ftrl, dict(learning_rate=0.1, l1_regularization_strength=0.01, l2_regularization_strength=0.1)),
    ("lion", O.Lion, dict(learning_rate=0.05)), ("lamb", O.Lamb, dict(learning_rate=0.05)), ("adafactor", O.Adafactor, dict(learning_rate=0.05)),
]
STEPS = 10


def run(f, name, cls, kwargs, constraint=None, exclude=None):
    keras.utils.clear_session()
    dense = keras.layers.Dense(3, kernel_constraint=constraint)
    dense.build((None, 4))
    start = [normal("start/kernel", (4, 3)), normal("start/bias", (3,))]
    dense.set_weights(start)
    gradients = [normal("gradients/kernel", (STEPS, 4, 3), 0.7), normal("gradients/bias", (STEPS, 3), 0.7)]
    gradients[0][3] = 0.0  # one step without a gradient for the kernel
    gradients[1][4] *= 20  # and one far too large
    optimizer = cls(**(kwargs() if callable(kwargs) else kwargs))
    config = serialize(optimizer)
    if exclude:
        optimizer.exclude_from_weight_decay(var_names=exclude)
    variables = dense.trainable_variables
    optimizer.build(variables)
    initial = [{"path": v.path, "value": to_numpy(v).tolist()} for v in optimizer.variables if to_numpy(v).any()]
    history = [[], []]
    rates = []
    for step in range(STEPS):
        rates.append(number(optimizer.learning_rate))
        optimizer.apply([tf.constant(g[step]) for g in gradients], variables)
        for h, v in zip(history, variables):
            h.append(to_numpy(v))
    put = f.put
    arrays = {}
    for i, w in enumerate(("kernel", "bias")):
        arrays[f"start_{w}"] = put(f"start/{w}", start[i])
        arrays[f"gradients_{w}"] = put(f"gradients/{w}", gradients[i])
        arrays[w] = put(f"{name}/{w}", np.stack(history[i]))
    slots = []
    for i, v in enumerate(optimizer.variables):
        slots.append({"path": v.path, "value": put(f"{name}/slots/{i}", to_numpy(v)) if v.shape.rank else to_numpy(v).item()})
    if optimizer.use_ema:
        optimizer.finalize_variable_values(variables)
        for w, v in zip(("kernel", "bias"), variables):
            arrays[f"final_{w}"] = put(f"{name}/final_{w}", to_numpy(v))
    f.add(name, config=config, **({"kernel_constraint": serialize(dense.kernel_constraint)} if constraint else {}),
          **({"exclude_from_weight_decay": exclude} if exclude else {}),
          steps=STEPS, iterations=int(optimizer.iterations), learning_rates=rates if len(set(rates)) > 1 else rates[:1], initial=initial, arrays=arrays, slots=slots)


SCHEDULES = [
    ("exponential", lambda: S.ExponentialDecay(0.1, 10, 0.5)), ("exponential_staircase", lambda: S.ExponentialDecay(0.1, 10, 0.5, staircase=True)),
    ("inverse_time", lambda: S.InverseTimeDecay(0.1, 10, 0.5)), ("inverse_time_staircase", lambda: S.InverseTimeDecay(0.1, 10, 0.5, staircase=True)),
    ("polynomial", lambda: S.PolynomialDecay(0.1, 20)), ("polynomial_power", lambda: S.PolynomialDecay(0.1, 20, end_learning_rate=0.01, power=2.0)),
    ("polynomial_cycle", lambda: S.PolynomialDecay(0.1, 20, end_learning_rate=0.01, power=0.5, cycle=True)),
    ("piecewise_constant", lambda: S.PiecewiseConstantDecay([3, 10, 21], [0.1, 0.05, 0.02, 0.001])),
    ("cosine", lambda: S.CosineDecay(0.1, 20)), ("cosine_alpha", lambda: S.CosineDecay(0.1, 20, alpha=0.1)),
    ("cosine_warmup", lambda: S.CosineDecay(0.0, 20, alpha=0.1, warmup_target=0.2, warmup_steps=5)),
    ("cosine_restarts", lambda: S.CosineDecayRestarts(0.1, 5)), ("cosine_restarts_args", lambda: S.CosineDecayRestarts(0.1, 5, t_mul=1.5, m_mul=0.8, alpha=0.1)),
    ("cosine_restarts_same_period", lambda: S.CosineDecayRestarts(0.1, 7, t_mul=1.0, m_mul=0.5)),
]


def generate():
    f = Family("optimizers", "ten optimizer.apply(gradients[step], [kernel, bias]); kernel/bias: (10, ...) after each step; slots: "
                             "optimizer.variables in order after the last; initial: those that do not start at 0; final_*: after finalize (EMA).")
    for name, cls, kwargs in CASES:
        run(f, name, cls, kwargs)
    run(f, "sgd_max_norm", O.SGD, dict(learning_rate=0.1), constraint=keras.constraints.MaxNorm(1.0))
    run(f, "adam_non_neg_ema", O.Adam, dict(learning_rate=0.05, use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=3), constraint=keras.constraints.NonNeg())
    run(f, "adamw_exclude_bias", O.AdamW, dict(learning_rate=0.05, weight_decay=0.5), exclude=["bias"])
    aliases = {}
    for text in ["sgd", "SGD", "Sgd", "adam", "Adam", "ADAM", "adamw", "AdamW", "adam_w", "rmsprop", "RMSprop", "rms_prop", "adagrad", "adadelta", "adamax",
                 "nadam", "ftrl", "lion", "lamb", "adafactor", "muon", "nosuch"]:
        try:
            keras.utils.clear_session()
            aliases[text] = serialize(O.get(text))
        except Exception:
            aliases[text] = None
    f.add("aliases", aliases=aliases)
    f.write()

    f = Family("schedules", "values[i] = schedule(steps[i]), float32.")
    steps = list(range(0, 26)) + [30, 39, 40, 41, 50, 60, 100, 1000]
    for name, make in SCHEDULES:
        s = make()
        f.add(name, config=serialize(s), steps=steps, values=[number(s(tf.constant(i, "int64"))) for i in steps])
    f.write()
