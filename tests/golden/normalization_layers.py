"""normalization_layers.json: as layers.json, for the layers that normalize: all axes, all ranks, all arguments."""
import keras
import numpy as np
from keras import layers as L

from common import Family, normal
from layers import run as run_layer

X = {2: normal("x2", (4, 5)), 3: normal("x3", (2, 3, 4)), 4: normal("x4", (2, 3, 4, 5)), 5: normal("x5", (2, 3, 2, 4, 2))}
CHANNELS = {2: normal("gn2", (3, 6)), 3: normal("gn3", (2, 3, 6)), 4: normal("gn4", (2, 4, 2, 6)), 5: normal("gn5", (2, 4, 2, 2, 4))}
ALL = dict(beta_initializer="ones", gamma_initializer=keras.initializers.Constant(0.5), beta_regularizer="l2",
           gamma_regularizer=keras.regularizers.L1(0.1), beta_constraint="non_neg", gamma_constraint=keras.constraints.MaxNorm(1.5))


def run(*args):
    run_layer(*args, any_batch=True)


def batch_normalization(f):
    bn = L.BatchNormalization
    for training in (False, True):
        t = "_training" if training else ""
        for rank, x in X.items():
            for axis in range(1, rank):
                run(f, f"batch_normalization_rank{rank}_axis_{axis}{t}", lambda: bn(axis=axis), x, training)
            run(f, f"batch_normalization_rank{rank}_axis_{1 - rank}{t}", lambda: bn(axis=1 - rank, momentum=0.5), x, training)
        run(f, f"batch_normalization_all{t}", lambda: bn(axis=1, momentum=0.75, epsilon=1, moving_mean_initializer="ones",
            moving_variance_initializer=keras.initializers.Constant(2), synchronized=True, renorm_clipping={"rmax": 3}, renorm_momentum=0.5, **ALL), X[4], training)
        run(f, f"batch_normalization_axis_1_plain{t}", lambda: bn(axis=1, center=False, scale=False), X[3], training)
        run(f, f"batch_normalization_axis_2_no_center{t}", lambda: bn(axis=2, center=False), X[5], training)
        run(f, f"batch_normalization_axis_2_no_scale{t}", lambda: bn(axis=2, scale=False), X[5], training)
    run(f, "batch_normalization_axis_1_frozen_training", lambda: bn(axis=1, trainable=False), X[4], True)


def layer_normalization(f):
    ln = L.LayerNormalization
    run(f, "layer_normalization_all", lambda: ln(axis=[2, 1], epsilon=1e-5, **ALL), X[4])
    for axes in ([3, 1], [-1, 1], [1, 2, 3], [-3], 2, -2):
        run(f, f"layer_normalization_axis_{axes}".replace(" ", ""), lambda: ln(axis=axes), X[4])
    run(f, "layer_normalization_rank5", lambda: ln(axis=(4, 2)), X[5])
    run(f, "layer_normalization_rms_scaling", lambda: ln(rms_scaling=True), X[3])
    run(f, "layer_normalization_rms_scaling_axes", lambda: ln(axis=[2, 1], scale=False, rms_scaling=True, epsilon=1), X[4])


def group_normalization(f):
    gn = L.GroupNormalization
    for rank, x in CHANNELS.items():
        run(f, f"group_normalization_rank{rank}", lambda: gn(groups=2), x)
        run(f, f"group_normalization_one_group_rank{rank}", lambda: gn(groups=1, epsilon=1e-5), x)
        run(f, f"group_normalization_each_channel_rank{rank}", lambda: gn(groups=-1), x)
    run(f, "group_normalization_axis_1", lambda: gn(groups=2, axis=1), CHANNELS[4])
    run(f, "group_normalization_axis_2", lambda: gn(groups=2, axis=2), CHANNELS[4])
    run(f, "group_normalization_axis_-2", lambda: gn(groups=1, axis=-2), CHANNELS[4])
    run(f, "group_normalization_axis_-3", lambda: gn(groups=4, axis=-3), CHANNELS[4])
    run(f, "group_normalization_axis_1_rank5", lambda: gn(groups=2, axis=1), CHANNELS[5])
    run(f, "group_normalization_no_center", lambda: gn(groups=3, center=False), CHANNELS[3])
    run(f, "group_normalization_no_scale", lambda: gn(groups=3, scale=False), CHANNELS[3])
    run(f, "group_normalization_plain", lambda: gn(groups=3, center=False, scale=False), CHANNELS[4])
    run(f, "group_normalization_all", lambda: gn(groups=3, axis=-1, epsilon=1, **ALL), CHANNELS[4])


def rms_and_unit_normalization(f):
    rms, unit = L.RMSNormalization, L.UnitNormalization
    for rank, x in X.items():
        run(f, f"rms_normalization_rank{rank}", lambda: rms(), x)
        run(f, f"unit_normalization_rank{rank}", lambda: unit(), x)
    run(f, "rms_normalization_epsilon", lambda: rms(epsilon=1), X[3])
    run(f, "rms_normalization_axes_2_3", lambda: rms(axis=[3, 2]), X[4])
    run(f, "rms_normalization_axes_negative", lambda: rms(axis=(-1, -2)), X[4])
    # Keras multiplies the scale of axis 1 along the last axis.
    run(f, "rms_normalization_axis_1_of_a_square", lambda: rms(axis=1), normal("square", (2, 4, 4)))
    run(f, "unit_normalization_axis_1", lambda: unit(axis=1), X[4])
    run(f, "unit_normalization_axes", lambda: unit(axis=[1, -1]), X[4])
    run(f, "unit_normalization_tiny", lambda: unit(), np.asarray(X[2]) * 1e-8)


def spectral_normalization(f):
    sn = L.SpectralNormalization
    for training in (False, True):
        t = "_training" if training else ""
        run(f, f"spectral_normalization{t}", lambda: sn(L.Dense(3, name="d")), X[2], training)
        run(f, f"spectral_normalization_three_iterations{t}", lambda: sn(L.Dense(6, name="d", activation="tanh"), power_iterations=3), X[3], training)
        run(f, f"spectral_normalization_zero_kernel{t}", lambda: sn(L.Dense(3, name="d")), X[2], training)
    run(f, "spectral_normalization_regularizers_training", lambda: sn(L.Dense(
        3, name="d", use_bias=False, kernel_regularizer="l2", activity_regularizer="l1", kernel_constraint="unit_norm")), X[2], True)


def normalization(f):
    n = L.Normalization
    for rank, x in X.items():
        run(f, f"normalization_rank{rank}", lambda: n(), x)
        run(f, f"normalization_invert_rank{rank}", lambda: n(axis=1, invert=True), x)
    run(f, "normalization_axes", lambda: n(axis=(-1, 1)), X[4])
    run(f, "normalization_no_axis", lambda: n(axis=None), X[4])
    run(f, "normalization_given", lambda: n(mean=[1, 2.5, -1, 0.5], variance=[1.0, 4.0, 0.25, 1e-20]), X[3])
    run(f, "normalization_given_invert", lambda: n(axis=1, mean=[1, 2.5, -1], variance=[1.0, 4.0, 0.25], invert=True), X[4])
    run(f, "normalization_given_number", lambda: n(axis=None, mean=1, variance=4), X[3])
    run(f, "normalization_given_for_the_last_of_two_axes", lambda: n(axis=[1, 2], mean=[1.0, 2.0, 3.0, 4.0], variance=[1.0, 2.0, 3.0, 4.0]), X[4])


def generate():
    f = Family("normalization_layers", "As layers.json, for the layers that normalize.")
    batch_normalization(f)
    layer_normalization(f)
    group_normalization(f)
    rms_and_unit_normalization(f)
    spectral_normalization(f)
    normalization(f)
    f.write()
