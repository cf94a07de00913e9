"""initializers.json: what each initializer draws, as facts about the distribution (random bits differ between backends)."""
import math

import keras
import numpy as np
from keras import initializers as I

from common import Family, number, serialize, to_numpy

TRUNCATED_STD = 0.87962566103423978  # standard deviation of a standard normal cut at +-2


def fans(shape):
    if len(shape) == 1:
        return shape[0], shape[0]
    receptive = math.prod(shape[:-2])
    return shape[-2] * receptive, shape[-1] * receptive


def scaling(scale, mode, distribution):
    def facts(shape):
        fan_in, fan_out = fans(shape)
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[mode]
        s = scale / max(1.0, n)
        if distribution == "uniform":
            limit = math.sqrt(3 * s)
            return {"mean": 0.0, "std": limit / math.sqrt(3), "low": -limit, "high": limit}
        if distribution == "truncated_normal":
            stddev = math.sqrt(s) / TRUNCATED_STD
            return {"mean": 0.0, "std": stddev * TRUNCATED_STD, "low": -2 * stddev, "high": 2 * stddev}
        return {"mean": 0.0, "std": math.sqrt(s), "low": None, "high": None}
    return facts


def fixed(mean, std, low, high):
    return lambda shape: {"mean": mean, "std": std, "low": low, "high": high}


LARGE = [(4000,), (120, 80), (10, 20, 40), (3, 3, 20, 40)]
CASES = [
    (lambda: I.RandomNormal(seed=1), LARGE, fixed(0.0, 0.05, None, None)),
    (lambda: I.RandomNormal(mean=2.0, stddev=0.5, seed=1), LARGE, fixed(2.0, 0.5, None, None)),
    (lambda: I.TruncatedNormal(seed=1), LARGE, fixed(0.0, 0.05 * TRUNCATED_STD, -0.1, 0.1)),
    (lambda: I.TruncatedNormal(mean=1.0, stddev=0.25, seed=1), LARGE, fixed(1.0, 0.25 * TRUNCATED_STD, 0.5, 1.5)),
    (lambda: I.RandomUniform(seed=1), LARGE, fixed(0.0, 0.1 / math.sqrt(12), -0.05, 0.05)),
    (lambda: I.RandomUniform(minval=-1.0, maxval=3.0, seed=1), LARGE, fixed(1.0, 4 / math.sqrt(12), -1.0, 3.0)),
    (lambda: I.GlorotUniform(seed=1), LARGE, scaling(1, "fan_avg", "uniform")),
    (lambda: I.GlorotNormal(seed=1), LARGE, scaling(1, "fan_avg", "truncated_normal")),
    (lambda: I.HeUniform(seed=1), LARGE, scaling(2, "fan_in", "uniform")),
    (lambda: I.HeNormal(seed=1), LARGE, scaling(2, "fan_in", "truncated_normal")),
    (lambda: I.LecunUniform(seed=1), LARGE, scaling(1, "fan_in", "uniform")),
    (lambda: I.LecunNormal(seed=1), LARGE, scaling(1, "fan_in", "truncated_normal")),
] + [
    (lambda s=s, m=m, d=d: I.VarianceScaling(scale=s, mode=m, distribution=d, seed=1), LARGE, scaling(s, m, d))
    for s, m, d in [(0.1, "fan_in", "uniform"), (3.0, "fan_out", "untruncated_normal")]
    + [(1.0, m, d) for m in ("fan_in", "fan_out", "fan_avg") for d in ("truncated_normal", "untruncated_normal", "uniform")]
]
EXACT = [
    (lambda: I.Zeros(), [(3,), (2, 3)]),
    (lambda: I.Ones(), [(3,), (2, 3)]),
    (lambda: I.Constant(), [(2, 3)]),
    (lambda: I.Constant(0.25), [(3,), (2, 3), (2, 1, 2)]),
    (lambda: I.Identity(), [(3, 3), (2, 4), (4, 2)]),
    (lambda: I.Identity(gain=0.5), [(3, 3)]),
]
ORTHOGONAL = [(lambda: I.Orthogonal(seed=1), 1.0), (lambda: I.Orthogonal(gain=2.0, seed=1), 2.0)]
TEXTS = ["zeros", "zero", "Zeros", "ones", "one", "constant", "normal", "random_normal", "RandomNormal", "truncated_normal", "uniform",
         "random_uniform", "variance_scaling", "VarianceScaling", "glorot_uniform", "glorot_normal", "GlorotNormal", "he_uniform", "he_normal",
         "lecun_uniform", "lecun_normal", "orthogonal", "OrthogonalInitializer", "identity", "Identity", "IdentityInitializer", "eye",
         "xavier_uniform", "lecun", "HeNormal", "stft"]


def generate():
    f = Family("initializers", "kind distribution: expected moments and bounds, and what Keras drew; exact: the array; "
                               "orthogonal: rows (or columns) times their transpose is gain^2 I; aliases: what get(text) gives.")
    for make, shapes, facts in CASES:
        for shape in shapes:
            obj = make()
            x = to_numpy(obj(shape)).astype("float64")
            config = serialize(obj)
            extra = "_".join(str(v) for k, v in config["config"].items() if k not in ("seed", "input_axes", "output_axes"))
            fan_in, fan_out = fans(shape)
            expected = facts(shape)
            f.add(f"{config['class_name']}{'_' + extra if extra else ''}_{'x'.join(map(str, shape))}", kind="distribution", config=config,
                  shape=shape, fan_in=fan_in, fan_out=fan_out, expected=expected,
                  drawn={"mean": x.mean(), "std": x.std(), "min": x.min(), "max": x.max()})
            if expected["low"] is not None:
                assert x.min() >= expected["low"] * (1 + 1e-6) - 1e-12 or x.min() >= expected["low"] - 1e-7, (config, shape)
                assert x.max() <= expected["high"] + 1e-6, (config, shape)
            assert abs(x.std() / expected["std"] - 1) < 0.05, (config, shape, x.std(), expected)
    for i, (make, shapes) in enumerate(EXACT):
        for shape in shapes:
            obj = make()
            name = f"{type(obj).__name__}_{i}_{'x'.join(map(str, shape))}"
            f.add(name, kind="exact", config=serialize(obj), shape=shape, arrays={"value": f.put(f"{name}/value", obj(shape))})
    for make, gain in ORTHOGONAL:
        for shape in [(6, 6), (8, 3), (3, 8), (2, 3, 4), (3, 3, 2, 5)]:
            obj = make()
            q = to_numpy(obj(shape)).reshape(-1, shape[-1]).astype("float64")
            small = q.T @ q if q.shape[0] >= q.shape[1] else q @ q.T
            error = np.abs(small - gain ** 2 * np.eye(len(small))).max()
            assert error < 1e-5
            f.add(f"Orthogonal_{gain}_{'x'.join(map(str, shape))}", kind="orthogonal", config=serialize(obj), shape=shape, gain=gain,
                  error=error)
    aliases = {}
    for text in TEXTS:
        try:
            aliases[text] = serialize(I.get(text))
        except Exception:
            aliases[text] = None  # refused
    f.add("aliases", kind="aliases", aliases=aliases)
    f.write()
