"""regularization_layers.json: as layers.json, for layers that do nothing when judging, and others without arithmetic."""
import keras
import numpy as np
from keras import layers as L

from common import Family, normal
from layers import run as run_layer

X2, X3, X4, X5 = normal("x2", (4, 5)), normal("x3", (2, 3, 4)), normal("x4", (2, 3, 4, 5)), normal("x5", (2, 3, 2, 4, 2))


def run(*args):
    run_layer(*args, any_batch=True)


def generate():
    f = Family("regularization_layers", "As layers.json, for layers that do nothing when judging (and at rate 0 or 1 nothing random), and for "
                                        "Masking, Identity, PReLU.")
    for space, x in ((1, X3), (2, X4), (3, X5)):
        layer = getattr(L, f"SpatialDropout{space}D")
        run(f, f"spatial_dropout{space}d", lambda: layer(0.5, seed=3), x)
        run(f, f"spatial_dropout{space}d_0_training", lambda: layer(0), x, True)
        run(f, f"spatial_dropout{space}d_1_training", lambda: layer(1), x, True)
        if space > 1:
            run(f, f"spatial_dropout{space}d_channels_first", lambda: layer(0.25, data_format="channels_first"), x)
    run(f, "dropout_1_training", lambda: L.Dropout(1), X3, True)
    run(f, "gaussian_dropout", lambda: L.GaussianDropout(0.5, seed=2), X2)
    run(f, "gaussian_dropout_0_training", lambda: L.GaussianDropout(0.0), X2, True)
    run(f, "alpha_dropout", lambda: L.AlphaDropout(0.25, noise_shape=(None, 1, 4), seed=2), X3)
    run(f, "alpha_dropout_0_training", lambda: L.AlphaDropout(0), X3, True)

    steps = np.array(X3)
    steps[0, 1], steps[1, 0], steps[1, 2] = 0.0, -1.5, (0.0, -1.5, 0.0, 0.0)
    run(f, "masking", lambda: L.Masking(), steps)
    run(f, "masking_value", lambda: L.Masking(mask_value=-1.5), steps)
    run(f, "masking_integer_rank4", lambda: L.Masking(mask_value=0), np.round(X4))
    run(f, "identity", lambda: L.Identity(), X3)

    run(f, "prelu_shared_axis", lambda: L.PReLU(shared_axes=2), X3)
    run(f, "prelu_shared_axes_none", lambda: L.PReLU(shared_axes=[]), X3)
    run(f, "prelu_shared_axes_1_3", lambda: L.PReLU(shared_axes=[1, 3]), X4)
    run(f, "prelu_shared_axes_all", lambda: L.PReLU(shared_axes=[1, 2, 3, 4]), X5)
    run(f, "prelu_all", lambda: L.PReLU(alpha_initializer=keras.initializers.Constant(0.25), alpha_regularizer=keras.regularizers.L1L2(0.1, 0.2),
                                        alpha_constraint=keras.constraints.MinMaxNorm(0.1, 1.0), shared_axes=[2], name="p", trainable=True), X4)
    f.write()
