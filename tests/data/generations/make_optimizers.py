"""Small models whose optimizer real Keras saved in the middle: python3 make_optimizers.py, with tests/golden/requirements.txt.

Each becomes a case here: model.keras, x.npz and y.npz with predictions, resume.npz with the training after it.
"""
import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras  # noqa: E402
import numpy as np  # noqa: E402

HERE = pathlib.Path(__file__).parent
OPTIMIZERS = {
    # The scale doubles after three steps without an overflow, so it is in the middle of that, too.
    "loss_scale": lambda: keras.optimizers.LossScaleOptimizer(
        keras.optimizers.Adam(0.01), initial_scale=1024.0, dynamic_growth_steps=3),
    # 32 / 8 steps of training end in the middle of three gradients that are gathered.
    "accumulated": lambda: keras.optimizers.Adam(0.01, gradient_accumulation_steps=3),
}


def main():
    for name, optimizer in OPTIMIZERS.items():
        keras.utils.clear_session()
        keras.utils.set_random_seed(1)
        model = keras.Sequential([keras.Input((20,)), keras.layers.Dense(16, activation="relu"),
                                  keras.layers.Dense(10, activation="softmax")])
        model.compile(optimizer(), "categorical_crossentropy")
        rng = np.random.default_rng(0)
        x, t = rng.normal(size=(32, 20)).astype("float32"), np.eye(10, dtype="float32")[rng.integers(0, 10, 32)]
        fit = dict(batch_size=8, shuffle=False, verbose=0)
        model.fit(x, t, epochs=1, **fit)
        folder = HERE / f"keras-{keras.__version__}-mlp_{name}"
        folder.mkdir(exist_ok=True)
        model.save(folder / "model.keras")
        np.savez(folder / "x.npz", x0=x[:4])
        np.savez(folder / "y.npz", y0=model.predict(x[:4], verbose=0))
        loss = model.fit(x, t, epochs=2, **fit).history["loss"]
        weights = {f"w{i:03}": w for i, w in enumerate(model.get_weights())}
        np.savez(folder / "resume.npz", x0=x, t0=t, loss=np.asarray(loss), **weights)
        meta = {"backend": keras.backend.backend(), "case": folder.name, "keras_version": keras.__version__,
                "model": f"mlp_{name}", "resume": {"batch_size": 8, "epochs": 2}}
        (folder / "meta.json").write_text(json.dumps(meta, indent=1) + "\n")


if __name__ == "__main__":
    main()
