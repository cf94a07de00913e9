"""What `cornu export --target onnx` writes, checked by onnx's checker and run by ONNX Runtime. `./dev proof` runs it when
CORNU_KERAS names a Python:

    CORNU=build/release/bin/cornu python3 tests/export/prove_onnx.py build/release/tests/onnx_cases [--write] [FILE.keras...]

with onnx, onnxruntime and Keras in that Python. Every op case and every layer of tests/golden has to come out as the
reference engine and real Keras say; model files and some architectures of Keras as `cornu predict` says, for several
sizes of the batch. Files instead of architectures, when there are any. --write puts the models whose bytes
onnx_test.cpp knows into tests/export/onnx, when they are right. Nothing here is needed to build or to test.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime

HERE = pathlib.Path(__file__).parent
KERAS_3 = HERE.parent / "golden" / "keras-3"
CORNU = os.environ.get("CORNU", "build/release/bin/cornu")
TOLERANCE = 1e-5
GOLDENS = ("mlp_adam.start", "cnn_adam.start", "functional_merging", "functional_two_inputs")
# The numbers themselves have no more digits.
COARSE = {"float16": 2e-3}
# What ONNX leaves to the runtime, or ONNX Runtime does in its own way: parts of labels, and why they are left out.
LEFT_OUT = {
    "by zero": "integers divided by zero stop ONNX Runtime",
    "of a NaN": "which of two numbers is larger when one is a NaN is the runtime's",
    "of NaN": "which of two numbers is larger when one is a NaN is the runtime's",
    "beyond the ends": "floats that no integer holds are the runtime's",
    "negative to unsigned": "floats that no integer holds are the runtime's",
    "convert to bfloat16": "numpy has no bfloat16 to look at",
    "no place for the window": "ONNX Runtime refuses results without elements",
    "to nothing float16": "ONNX Runtime drops an Expand to no elements between two Casts",
    "iota (3, 0) axis 0 float16": "ONNX Runtime drops an Expand to no elements between two Casts",
}


def session(path):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def difference(got, expected, scale):
    if got.shape != expected.shape or got.dtype != expected.dtype:
        return f"{got.dtype}{got.shape} instead of {expected.dtype}{expected.shape}"
    if not np.issubdtype(expected.dtype, np.floating):
        wrong = int((got != expected).sum())
        return f"{wrong} of {got.size} differ" if wrong else 0.0
    a, b = got.astype("float64"), expected.astype("float64")
    finite = np.isfinite(b)
    if not np.array_equal(a[~finite], b[~finite], equal_nan=True):
        return "infinities or NaNs differ"
    error = np.abs(a[finite] - b[finite]) / np.maximum(np.abs(b[finite]), scale)
    return float(error.max(initial=0.0))


def run_case(folder, number, case):
    path = folder / f"{number}.onnx"
    onnx.checker.check_model(str(path), full_check=True)
    arrays = np.load(folder / f"{number}.npz")
    expected = arrays["y0"]
    try:
        runtime = session(path)
        got = runtime.run(None, {k.name: arrays[k.name] for k in runtime.get_inputs()})[0]
        by = "runtime"
    except onnxruntime.capi.onnxruntime_pybind11_state.NotImplemented:
        # A type that ONNX allows and ONNX Runtime has no kernel for: onnx's own evaluator says what is meant.
        from onnx.reference import ReferenceEvaluator

        evaluator = ReferenceEvaluator(str(path))
        got = np.asarray(evaluator.run(None, {name: arrays[name] for name in evaluator.input_names})[0])
        by = "onnx"
    d = difference(got, expected, case["scale"])
    limit = COARSE.get(expected.dtype.name, TOLERANCE)
    return by, d, isinstance(d, str) or d > limit


def prove_cases(program):
    wrong, worst, by_whom, used = 0, 0.0, {}, set()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([program, name], check=True)
        reasons = [c["why"].splitlines()[1].replace("received:", "").strip() for c in json.loads((folder / "refused.json").read_text())]
        for reason in sorted(set(reasons)):
            print(f"refused: {reasons.count(reason)} cases of {reason}")
        for number, case in enumerate(json.loads((folder / "cases.json").read_text())):
            parts = [part for part in LEFT_OUT if part in case["label"]]
            used.update(parts)
            if parts:
                by_whom["left out"] = by_whom.get("left out", 0) + 1
                continue
            try:
                by, d, bad = run_case(folder, number, case)
            except Exception as error:
                by, d, bad = "nobody", f"{type(error).__name__}: {' '.join(str(error).split())[:300]}", True
            by_whom[by] = by_whom.get(by, 0) + 1
            if bad:
                wrong += 1
                print(f"WRONG: {number} {case['label']}: {d}", flush=True)
            elif "float16" not in case["label"]:
                worst = max(worst, d)
    for part in set(LEFT_OUT) - used:
        wrong += 1
        print(f"WRONG: no case is called \"{part}\" any more, which was left out: {LEFT_OUT[part]}")
    print(f"cases: {sum(by_whom.values())} ({by_whom}), {wrong} wrong, largest error {worst:.1e}")
    return wrong


def arrays_for(inputs, batch, rng):
    out = []
    for i in inputs:
        shape = [batch if not isinstance(d, int) else d for d in i.shape]
        kind = {"tensor(float)": "float32", "tensor(int32)": "int32", "tensor(int64)": "int64"}[i.type]
        out.append(rng.uniform(0, 1, shape).astype(kind) if kind == "float32" else rng.integers(0, 2, shape).astype(kind))
    return out


def prove_model(label, path, keep=None):
    rng = np.random.default_rng(7)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        target = folder / "model.onnx"
        run = subprocess.run([CORNU, "export", str(path), "--target", "onnx", "--name", label, "-o", str(target)], capture_output=True, text=True)
        if run.returncode:
            print(f"WRONG: {label}: {run.stderr.strip()}")
            return 1
        onnx.checker.check_model(str(target), full_check=True)
        runtime = session(target)
        worst = 0.0
        for batch in (1, 3):
            xs = arrays_for(runtime.get_inputs(), batch, rng)
            words = []
            for i, x in enumerate(xs):
                np.save(folder / f"x{i}.npy", x)
                words += ["--x", str(folder / f"x{i}.npy")]
            outputs = len(runtime.get_outputs())
            out = folder / ("y.npy" if outputs == 1 else "y.npz")
            subprocess.run([CORNU, "predict", str(path), *words, "-o", str(out)], check=True, capture_output=True)
            y = np.load(out)
            expected = [y] if outputs == 1 else [y[f"y{i}"] for i in range(outputs)]
            got = runtime.run(None, {i.name: x for i, x in zip(runtime.get_inputs(), xs)})
            for g, e in zip(got, expected):
                d = difference(g, e, max(float(np.abs(e).max(initial=0.0)), 1e-30))
                if isinstance(d, str) or d > TOLERANCE:
                    print(f"WRONG: {label}, batch {batch}: {d}", flush=True)
                    return 1
                worst = max(worst, d)
        ops = {}
        for node in onnx.load(str(target), load_external_data=False).graph.node:
            ops[node.op_type] = ops.get(node.op_type, 0) + 1
        print(f"{label}: largest difference {worst:.1e}; {ops}", flush=True)
        if keep:
            keep.write_bytes(target.read_bytes())
    return 0


# The models of tests/golden; those of which onnx_test.cpp has the bytes are compared with them.
def prove_goldens(write):
    wrong = 0
    for path in sorted(KERAS_3.glob("*.keras")):
        golden = HERE / "onnx" / (path.stem + ".onnx")
        wrong += prove_model(path.stem, path, golden if write and golden.stem in GOLDENS else None)
    return wrong


def prove_architectures():
    sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "applications"))
    import prove  # makes files of real Keras with weights that are worth a comparison

    wrong = 0
    for name in ("MobileNetV2", "ResNet50", "EfficientNetB0", "DenseNet121", "ConvNeXtTiny", "NASNetMobile", "MobileNetV3Small"):
        with tempfile.TemporaryDirectory() as folder:
            prove.make(name, folder, 64)
            wrong += prove_model(name, folder + "/model.keras")
    return wrong


def main(program, *files):
    write = "--write" in files
    files = [f for f in files if f != "--write"]
    wrong = prove_cases(program) + prove_goldens(write)
    for path in files:
        wrong += prove_model(path, path)
    if not files:
        wrong += prove_architectures()
    print("all right" if wrong == 0 else f"{wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
