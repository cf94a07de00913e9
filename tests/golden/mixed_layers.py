"""mixed_layers.json: layers.json under policies of 16 bits: what is cast, what is computed in float32 all the same."""
from common import Family, normal, uniform  # first: it chooses the kernels, whose roundings show here

import keras
from keras import layers as L
from layers import run


def cases(p):
    """Names, makers and inputs under the policy p."""
    x2, x3, x4 = normal("x2", (4, 5)), normal("x3", (2, 3, 4)), normal("x4", (2, 3, 4, 5))
    image = normal("mixed/image", (2, 6, 5, 3))
    yield "dense", lambda: L.Dense(3, dtype=p), x2
    yield "dense_rank3", lambda: L.Dense(3, use_bias=False, dtype=p), x3
    for a in ["relu", "softmax", "sigmoid", "tanh", "gelu", "log_softmax"]:
        yield f"dense_{a}", lambda: L.Dense(6, activation=a, dtype=p), x2
    yield "dense_regularizers", lambda: L.Dense(
        3, kernel_regularizer="l2", bias_regularizer=keras.regularizers.L1(0.1),
        activity_regularizer=keras.regularizers.L1L2(0.01, 0.02), dtype=p), x2
    yield "conv1d", lambda: L.Conv1D(4, 2, padding="same", activation="relu", dtype=p), x3
    yield "conv2d", lambda: L.Conv2D(4, 3, strides=2, padding="same", activation="relu", dtype=p), image
    yield "conv2d_dilated", lambda: L.Conv2D(2, 2, dilation_rate=2, dtype=p), image
    yield "conv2d_transpose", lambda: L.Conv2DTranspose(3, 3, strides=2, dtype=p), image
    yield "depthwise_conv2d", lambda: L.DepthwiseConv2D(3, padding="same", dtype=p), image
    yield "separable_conv2d", lambda: L.SeparableConv2D(4, 3, dtype=p), image
    yield "batch_normalization", lambda: L.BatchNormalization(dtype=p), image
    yield "batch_normalization_training", lambda: L.BatchNormalization(dtype=p), image
    yield "layer_normalization", lambda: L.LayerNormalization(dtype=p), x3
    yield "layer_normalization_axes", lambda: L.LayerNormalization(axis=[1, 2], dtype=p), x3
    yield "group_normalization", lambda: L.GroupNormalization(groups=2, dtype=p), normal("mixed/x4", (2, 3, 4, 6))
    yield "rms_normalization", lambda: L.RMSNormalization(dtype=p), x3
    yield "unit_normalization", lambda: L.UnitNormalization(dtype=p), x3
    yield "spectral_normalization_training", lambda: L.SpectralNormalization(L.Dense(3, dtype=p), dtype=p), x2
    yield "normalization", lambda: L.Normalization(mean=[0.5, -0.25, 0.1, 1.0], variance=[1.0, 0.3, 2.0, 0.7], dtype=p), x3
    yield "normalization_adapted", lambda: L.Normalization(dtype=p), x3
    yield "rescaling", lambda: L.Rescaling(1.0 / 127.5, offset=-1, dtype=p), x3
    yield "prelu", lambda: L.PReLU(dtype=p), x3
    yield "leaky_relu", lambda: L.LeakyReLU(0.3, dtype=p), x3
    yield "softmax", lambda: L.Softmax(axis=1, dtype=p), x3
    yield "max_pooling2d", lambda: L.MaxPooling2D(2, dtype=p), image
    yield "average_pooling2d", lambda: L.AveragePooling2D(3, strides=1, padding="same", dtype=p), image
    yield "global_average_pooling2d", lambda: L.GlobalAveragePooling2D(dtype=p), image
    yield "flatten", lambda: L.Flatten(dtype=p), x4
    yield "zero_padding2d", lambda: L.ZeroPadding2D(1, dtype=p), image
    yield "up_sampling2d", lambda: L.UpSampling2D(2, dtype=p), image
    yield "up_sampling2d_bilinear", lambda: L.UpSampling2D(2, interpolation="bilinear", dtype=p), image
    yield "masking", lambda: L.Masking(dtype=p), uniform("mixed/masking", (2, 3, 4)).round()
    yield "dropout", lambda: L.Dropout(0.3, dtype=p), x2
    yield "dropout_rate_0_training", lambda: L.Dropout(0.0, dtype=p), x2
    yield "activity_regularization", lambda: L.ActivityRegularization(l1=0.01, l2=0.02, dtype=p), x2


def generate():
    f = Family("mixed_layers", "As layers, under policies of 16 bits. Inputs, and gradients for inputs and weights, are "
                               "float32; `dtype` is that of y, whose numbers are stored as float32.")
    for policy in ("mixed_bfloat16", "mixed_float16", "bfloat16"):
        for name, make, x in cases(policy):
            if policy == "bfloat16" and name not in PLAIN:
                continue
            run(f, f"{policy}/{name}", make, x, training=name.endswith("_training"), any_batch=True)
    f.write()


# Under "bfloat16" variables are of that dtype, too.
PLAIN = ("dense", "dense_softmax", "conv2d", "batch_normalization_training", "layer_normalization")
