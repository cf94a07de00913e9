"""more_optimizers.json: ten steps of the optimizers that came later, as optimizers.py makes them.

schedule_free.json: ScheduleFreeAdamW, on JAX (CORNU_GOLDEN_BACKEND=jax python -c "import more_optimizers; more_optimizers.on_jax()"): on TensorFlow Keras reads
the variable that it calls momentum_old after it has changed it.
"""
from common import Family, normal, serialize, to_numpy  # first: it chooses the backend

import keras
import numpy as np
from keras import optimizers as O

STEPS = 10
CASES = [
    ("adafactor_fixed_step", O.Adafactor, dict(learning_rate=0.5, relative_step=False, clip_threshold=0.7, beta_2_decay=-0.6)),
    ("adafactor_weight_decay", O.Adafactor, dict(learning_rate=0.05, weight_decay=0.1)),
    ("muon", O.Muon, dict(learning_rate=0.05)),
    ("muon_plain", O.Muon, dict(learning_rate=0.05, nesterov=False, rms_rate=None, weight_decay=None, momentum=0.8)),
    ("muon_excluded", O.Muon, dict(learning_rate=0.05, exclude_layers=["ker.el"], adam_lr_ratio=0.5)),
    ("loss_scale_adam", O.LossScaleOptimizer, lambda: dict(inner_optimizer=O.Adam(0.05), initial_scale=1024.0, dynamic_growth_steps=3)),
    ("loss_scale_sgd", O.LossScaleOptimizer, lambda: dict(inner_optimizer=O.SGD(0.05, momentum=0.9))),
]
SCHEDULE_FREE = [
    ("schedule_free_adamw", O.ScheduleFreeAdamW, dict(learning_rate=0.05)),
    ("schedule_free_adamw_warmup", O.ScheduleFreeAdamW, dict(learning_rate=0.05, warmup_steps=4, weight_decay=0.1)),
]


def run(f, name, cls, kwargs):
    keras.utils.clear_session()
    dense = keras.layers.Dense(3)
    dense.build((None, 4))
    start = [normal("start/kernel", (4, 3)), normal("start/bias", (3,))]
    dense.set_weights(start)
    gradients = [normal("gradients/kernel", (STEPS, 4, 3), 0.7), normal("gradients/bias", (STEPS, 3), 0.7)]
    gradients[1][4] *= 20
    scaled = cls is O.LossScaleOptimizer
    if scaled:
        gradients[0][5, 1, 1] = np.inf  # a step that is left out
    optimizer = cls(**(kwargs() if callable(kwargs) else kwargs))
    config = serialize(optimizer)
    variables = dense.trainable_variables
    optimizer.build(variables)
    history = [[], []]
    for step in range(STEPS):
        scale = to_numpy(optimizer.dynamic_scale) if scaled else np.float32(1)
        optimizer.apply([keras.ops.convert_to_tensor(g[step] * scale) for g in gradients], variables)
        for h, v in zip(history, variables):
            h.append(to_numpy(v))
    arrays = {}
    for i, w in enumerate(("kernel", "bias")):
        arrays[f"start_{w}"] = f.put(f"start/{w}", start[i])
        arrays[f"gradients_{w}"] = f.put(f"gradients{'_scaled' if scaled else ''}/{w}", gradients[i])
        arrays[w] = f.put(f"{name}/{w}", np.stack(history[i]))
    slots = []
    for i, v in enumerate(optimizer.variables):
        slots.append({"path": v.path, "value": f.put(f"{name}/slots/{i}", to_numpy(v)) if len(v.shape) else to_numpy(v).item()})
    f.add(name, config=config, steps=STEPS, arrays=arrays, slots=slots)


def generate():
    f = Family("more_optimizers", "ten optimizer.apply(gradients[step], [kernel, bias]); kernel/bias: (10, ...) after each step; slots: optimizer.variables "
                                  "in order after the last. Of a LossScaleOptimizer the gradients are multiplied with its scale first.")
    for name, cls, kwargs in CASES:
        run(f, name, cls, kwargs)
    f.write()


def on_jax():
    assert keras.backend.backend() == "jax"
    f = Family("schedule_free", "As more_optimizers.", versions=f"keras {keras.__version__}, jax")
    for name, cls, kwargs in SCHEDULE_FREE:
        run(f, name, cls, kwargs)
    f.write()
