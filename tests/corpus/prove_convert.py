"""Real Keras opens what `cornu convert` writes, predicts the same, and goes on training the same. `./dev proof` runs it when CORNU_KERAS names a Python:

    CORNU=build/release/bin/cornu python3 tests/corpus/prove_convert.py tests/data/generations

with tf-keras 2.21 and Keras 3.15 in that Python. Nothing here is needed to build or to test.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tf_keras  # noqa: E402

CORNU = os.environ.get("CORNU", "build/release/bin/cornu")


def arrays(path, prefix):
    data = np.load(path)
    return [data[k] for k in sorted((k for k in data if k.startswith(prefix)), key=lambda k: int(k[len(prefix):]))]


def difference(got, expected):
    got = got if isinstance(got, (list, tuple)) else [got]
    return max(np.abs(np.asarray(g) - e).max() / max(np.abs(e).max(), 1e-12) for g, e in zip(got, expected))


def hard_sigmoid_keras2(x):  # of Keras 1 and 2; Keras 3 has no word for it
    return keras.ops.clip(0.2 * x + 0.5, 0.0, 1.0)


def check(case, source, folder, version):
    out = folder / ("out.h5" if version == 2 else "out.keras")
    run = subprocess.run([CORNU, "convert", str(source), str(out), "--keras-version", str(version)], capture_output=True, text=True)
    if run.returncode:
        return "refused: " + run.stderr.strip().splitlines()[-1 if version == 2 else 0][:100]
    x = arrays(case / "x.npz", "x")
    y = arrays(case / ("y_as_loaded.npz" if (case / "y_as_loaded.npz").exists() else "y.npz"), "y")
    model = (tf_keras if version == 2 else keras).models.load_model(out, custom_objects={"hard_sigmoid_keras2": hard_sigmoid_keras2})
    d = difference(model.predict(x if len(x) > 1 else x[0], verbose=0), y)
    if d > 1e-4:
        return f"WRONG: outputs differ by {d}"
    result = f"opens, outputs differ by {d:.1e}"
    resume = case / "resume.npz"
    if resume.exists() and model.optimizer is not None:
        data = np.load(resume)
        rx, rt = arrays(resume, "x"), arrays(resume, "t")
        history = model.fit(rx if len(rx) > 1 else rx[0], rt if len(rt) > 1 else rt[0], batch_size=8, epochs=2, shuffle=False, verbose=0)
        worst = max(abs(a - b) / abs(b) for a, b in zip(history.history["loss"], data["loss"]))
        result += f"; trains on, losses differ by {worst:.1e}"
    return result


def main(root):
    wrong = 0
    for case in sorted(pathlib.Path(root).iterdir()):
        if "quantized" in case.name:
            print(f"{case.name}: left out: rounding of inputs has no word beside a float32 kernel in Keras")
            continue
        for source in [case / n for n in ("model.h5", "model.keras") if (case / n).exists()]:
            for version in (2, 3):
                with tempfile.TemporaryDirectory() as folder:
                    try:
                        said = check(case, source, pathlib.Path(folder), version)
                    except Exception as error:
                        said = f"FAILS: {type(error).__name__}: {str(error).strip().splitlines()[0][:160]}"
                wrong += said.startswith(("FAILS", "WRONG"))
                print(f"{case.name}/{source.name} -> Keras {version}: {said}", flush=True)
    print("all right" if wrong == 0 else f"{wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
