"""layers.json: one forward and backward pass of each layer."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers as L

from common import Family, normal, number, rng, serialize, to_numpy, uniform


def random_weight(case, w):
    key, shape = f"{case}/{w.name}", tuple(w.shape)
    if w.name in ("moving_variance", "variance"):
        return uniform(key, shape, 0.5, 2.0)
    if w.name == "count" or (w.name == "kernel" and case.endswith("zero_kernel")):
        return np.zeros(shape, "float32")
    if w.name == "gamma":
        return normal(key, shape, 0.3, 1.0)
    if w.name == "alpha":
        return uniform(key, shape, 0.05, 0.5)
    return normal(key, shape, 0.5)


def run(family, name, make, x, training=False, any_batch=False):
    keras.utils.clear_session()
    layer = make()
    x = np.asarray(x, "float32")
    layer.build((None, *x.shape[1:]) if any_batch else x.shape)
    layer.built = True
    for w in layer.weights:
        if "seed" not in w.path:
            w.assign(random_weight(name, w))
    if hasattr(layer, "finalize_state"):  # Normalization computes with what it made of its weights
        layer.finalize_state()
    weights = [w for w in layer.weights if "seed" not in w.path]
    before = [to_numpy(w) for w in weights]
    tx = tf.constant(x)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(tx)
        kwargs = {"training": training} if layer._call_has_training_arg else {}
        y = layer(tx, **kwargs)
        r = normal(f"layers/r/{y.shape}", tuple(y.shape))
        score = tf.reduce_sum(tf.cast(y, "float32") * r)
        penalty = tf.add_n([tf.cast(v, "float32") for v in layer.losses]) if layer.losses else None
    put = family.put
    arrays = {"x": put(f"{name}/x", x), "y": put(f"{name}/y", y), "r": put(f"{name}/r", r)}
    zero = tf.UnconnectedGradients.ZERO
    arrays["grad_x"] = put(f"{name}/grad_x", tape.gradient(score, tx, unconnected_gradients=zero))
    fields = {"training": training}
    if y.dtype != tf.float32:
        fields["dtype"] = y.dtype.name
    if penalty is not None:
        fields["losses"] = number(penalty)
        arrays["loss_grad_x"] = put(f"{name}/loss_grad_x", tape.gradient(penalty, tx, unconnected_gradients=zero))
    entries = []
    for w, old in zip(weights, before):
        entry = {"name": w.name, "trainable": bool(w.trainable), "value": put(f"{name}/{w.name}", old)}
        if w.trainable:
            g = tape.gradient(score, w.value, unconnected_gradients=zero)
            entry["grad"] = put(f"{name}/grad_{w.name}", g)
            if penalty is not None:
                g = tape.gradient(penalty, w.value, unconnected_gradients=zero)
                entry["loss_grad"] = put(f"{name}/loss_grad_{w.name}", g)
        if not np.array_equal(to_numpy(w), old):
            entry["after"] = put(f"{name}/{w.name}_after", to_numpy(w))
        entries.append(entry)
    family.add(name, config=serialize(layer), **fields, arrays=arrays, weights=entries)


def generate():
    f = Family("layers", "One call of each layer: y = layer(x), gradients of sum(y * r), losses and their gradients.")
    x2, x3, x4 = normal("x2", (4, 5)), normal("x3", (2, 3, 4)), normal("x4", (2, 3, 4, 5))

    # Dense
    run(f, "dense", lambda: L.Dense(3), x2)
    run(f, "dense_rank3", lambda: L.Dense(3), x3)
    run(f, "dense_rank4", lambda: L.Dense(3), x4)
    run(f, "dense_no_bias", lambda: L.Dense(3, use_bias=False), x2)
    for a in ["relu", "softmax", "sigmoid", "tanh", "gelu", "leaky_relu", "swish", "log_softmax", "linear"]:
        run(f, f"dense_{a}", lambda: L.Dense(6, activation=a), x2)
    run(f, "dense_regularizers", lambda: L.Dense(
        3, kernel_regularizer="l2", bias_regularizer=keras.regularizers.L1(0.1),
        activity_regularizer=keras.regularizers.L1L2(0.01, 0.02)), x2)
    run(f, "dense_constraints", lambda: L.Dense(
        3, kernel_constraint=keras.constraints.MaxNorm(1.0), bias_constraint="non_neg"), x2)
    run(f, "dense_initializers", lambda: L.Dense(
        3, kernel_initializer=keras.initializers.HeNormal(seed=1), bias_initializer=keras.initializers.Constant(0.5)), x2)
    run(f, "dense_one_unit_one_row", lambda: L.Dense(1), normal("x11", (1, 1)))
    run(f, "dense_large", lambda: L.Dense(17, activation="relu"), normal("x_large", (33, 19)))

    # Activation
    for a in ["relu", "softmax", "sigmoid", "tanh", "linear", "softplus", "log_softmax", "sparsemax"]:
        run(f, f"activation_{a}", lambda: L.Activation(a), x3)

    # Dropout and noise: the identity when judging, and with rate 0 also when training
    run(f, "dropout", lambda: L.Dropout(0.3), x2)
    run(f, "dropout_seed_noise_shape", lambda: L.Dropout(0.3, noise_shape=(2, 1, 4), seed=7), x3)
    run(f, "dropout_rate_0_training", lambda: L.Dropout(0.0), x2, training=True)
    run(f, "gaussian_noise", lambda: L.GaussianNoise(0.5), x2)
    run(f, "gaussian_noise_0_training", lambda: L.GaussianNoise(0.0), x2, training=True)

    # Shapes
    run(f, "flatten_rank2", lambda: L.Flatten(), x2)
    run(f, "flatten_rank4", lambda: L.Flatten(), x4)
    run(f, "flatten_channels_first", lambda: L.Flatten(data_format="channels_first"), x4)
    run(f, "flatten_channels_first_rank3", lambda: L.Flatten(data_format="channels_first"), x3)
    run(f, "flatten_rank1", lambda: L.Flatten(), normal("x1", (4,)))
    run(f, "reshape", lambda: L.Reshape((4, 3)), x3)
    run(f, "reshape_minus_1", lambda: L.Reshape((-1, 6)), x3)
    run(f, "reshape_minus_1_only", lambda: L.Reshape((-1,)), x4)
    run(f, "reshape_rank4", lambda: L.Reshape((2, 2, 3)), x3)
    run(f, "rescaling", lambda: L.Rescaling(1.0 / 255), x3)
    run(f, "rescaling_offset", lambda: L.Rescaling(1.0 / 127.5, offset=-1), x3)
    run(f, "rescaling_vectors", lambda: L.Rescaling([0.5, 2.0, -1.0, 3.0], offset=[0.0, 1.0, 2.0, -3.0]), x3)

    # BatchNormalization
    bn = L.BatchNormalization
    for training in (False, True):
        t = "_training" if training else ""
        run(f, "batch_normalization" + t, lambda: bn(), x2, training)
        run(f, "batch_normalization_rank3" + t, lambda: bn(), x3, training)
        run(f, "batch_normalization_rank4" + t, lambda: bn(), x4, training)
        run(f, "batch_normalization_axis_1" + t, lambda: bn(axis=1), x4, training)
        run(f, "batch_normalization_axis_-2" + t, lambda: bn(axis=-2), x4, training)
        run(f, "batch_normalization_no_center" + t, lambda: bn(center=False), x2, training)
        run(f, "batch_normalization_no_scale" + t, lambda: bn(scale=False), x2, training)
        run(f, "batch_normalization_plain" + t, lambda: bn(center=False, scale=False), x4, training)
        run(f, "batch_normalization_momentum_epsilon" + t, lambda: bn(momentum=0.8, epsilon=1e-5), x2, training)
        run(f, "batch_normalization_regularizers" + t,
            lambda: bn(beta_regularizer="l2", gamma_regularizer="l1"), x2, training)
    run(f, "batch_normalization_frozen_training", lambda: bn(trainable=False), x2, True)
    run(f, "batch_normalization_one_row_training", lambda: bn(), normal("bn1", (1, 5)), True)
    run(f, "batch_normalization_constant_column_training", lambda: bn(), np.tile([[1.0, 2.0, 3.0]], (4, 1)), True)

    # LayerNormalization
    ln = L.LayerNormalization
    run(f, "layer_normalization", lambda: ln(), x2)
    run(f, "layer_normalization_rank4", lambda: ln(), x4)
    run(f, "layer_normalization_axis_1", lambda: ln(axis=1), x3)
    run(f, "layer_normalization_axes_2_3", lambda: ln(axis=[2, 3]), x4)
    run(f, "layer_normalization_axes_1_3", lambda: ln(axis=[1, 3]), x4)
    run(f, "layer_normalization_axes_negative", lambda: ln(axis=[-2, -1]), x3)
    run(f, "layer_normalization_no_center", lambda: ln(center=False), x2)
    run(f, "layer_normalization_no_scale", lambda: ln(scale=False), x2)
    run(f, "layer_normalization_plain", lambda: ln(center=False, scale=False, epsilon=1e-6), x3)
    run(f, "layer_normalization_regularizers", lambda: ln(beta_regularizer="l2", gamma_regularizer="l1"), x2)

    # ActivityRegularization
    run(f, "activity_regularization_l1", lambda: L.ActivityRegularization(l1=0.1), x2)
    run(f, "activity_regularization_l1_l2", lambda: L.ActivityRegularization(l1=0.1, l2=0.2), x3)

    # Activations as layers; the edges stand in the data
    edges = np.concatenate([x2.ravel(), [0.0, 1.0, -1.0, 6.0, 0.5, -0.5, 7.5, -20.0, 20.0, 1e-8]]).reshape(5, 6)
    run(f, "relu", lambda: L.ReLU(), edges)
    run(f, "relu_max_value", lambda: L.ReLU(max_value=6.0), edges)
    run(f, "relu_negative_slope", lambda: L.ReLU(negative_slope=0.1), edges)
    run(f, "relu_threshold", lambda: L.ReLU(threshold=0.5), edges)
    run(f, "relu_all", lambda: L.ReLU(max_value=1.0, negative_slope=0.25, threshold=0.5), edges)
    run(f, "leaky_relu", lambda: L.LeakyReLU(), edges)
    run(f, "leaky_relu_slope", lambda: L.LeakyReLU(negative_slope=0.01), edges)
    run(f, "elu", lambda: L.ELU(), edges)
    run(f, "elu_alpha", lambda: L.ELU(alpha=0.5), edges)
    run(f, "prelu", lambda: L.PReLU(), x3)
    run(f, "prelu_rank2", lambda: L.PReLU(), x2)
    run(f, "prelu_shared_axes_1", lambda: L.PReLU(shared_axes=[1]), x3)
    run(f, "prelu_shared_axes_1_2", lambda: L.PReLU(shared_axes=[1, 2]), x4)
    run(f, "prelu_regularizer", lambda: L.PReLU(alpha_initializer="ones", alpha_regularizer="l1", alpha_constraint="non_neg"), x3)
    run(f, "softmax", lambda: L.Softmax(), x2)
    run(f, "softmax_axis_1", lambda: L.Softmax(axis=1), x3)
    run(f, "softmax_axes_1_2", lambda: L.Softmax(axis=[1, 2]), x4)
    run(f, "softmax_axes_-1_-2", lambda: L.Softmax(axis=[-1, -2]), x3)
    run(f, "softmax_edges", lambda: L.Softmax(), [[1000.0, 0.0, -1000.0], [88.0, 87.0, 86.0], [0.0, 0.0, 0.0], [-1e4, -1e4, -1e4 + 1]])
    convolutions(f)
    poolings(f)
    reshapings(f)
    f.write()


def image(*shape):
    return normal(f"image{shape}", shape)


def convolutions(f):
    reg, con = keras.regularizers, keras.constraints
    i1, i2, i3 = image(2, 9, 4), image(2, 7, 6, 3), image(2, 5, 4, 5, 2)

    # Conv
    run(f, "conv1d", lambda: L.Conv1D(3, 4), i1)
    run(f, "conv1d_same_strides", lambda: L.Conv1D(3, 3, strides=2, padding="same"), i1)
    run(f, "conv1d_causal_dilation", lambda: L.Conv1D(3, 3, padding="causal", dilation_rate=2), i1)
    run(f, "conv1d_causal_strides", lambda: L.Conv1D(3, 3, padding="causal", strides=2, activation="tanh"), i1)
    run(f, "conv1d_channels_first", lambda: L.Conv1D(3, 3, data_format="channels_first"), i1)
    run(f, "conv1d_groups", lambda: L.Conv1D(6, 3, groups=2, use_bias=False), i1)
    run(f, "conv2d", lambda: L.Conv2D(4, 3), i2)
    run(f, "conv2d_relu_same", lambda: L.Conv2D(4, (3, 2), padding="same", activation="relu"), i2)
    run(f, "conv2d_strides_same", lambda: L.Conv2D(4, 3, strides=(2, 2), padding="same"), i2)
    run(f, "conv2d_strides_unequal", lambda: L.Conv2D(4, 2, strides=(3, 2), use_bias=False), i2)
    run(f, "conv2d_dilation", lambda: L.Conv2D(4, 2, dilation_rate=(3, 2)), i2)
    run(f, "conv2d_dilation_same", lambda: L.Conv2D(4, 3, dilation_rate=2, padding="SAME"), i2)
    run(f, "conv2d_1x1", lambda: L.Conv2D(5, 1, activation="relu"), i2)
    run(f, "conv2d_groups", lambda: L.Conv2D(6, 3, groups=3, padding="same"), i2)
    run(f, "conv2d_channels_first", lambda: L.Conv2D(4, 3, padding="same", strides=2, data_format="channels_first", activation="relu"), i2)
    run(f, "conv2d_all", lambda: L.Conv2D(
        4, 3, kernel_initializer="he_normal", bias_initializer="ones", kernel_regularizer="l2", bias_regularizer=reg.L1(0.1),
        activity_regularizer=reg.L1L2(0.01, 0.02), kernel_constraint=con.MaxNorm(1.0), bias_constraint="non_neg"), i2)
    run(f, "conv2d_one_pixel", lambda: L.Conv2D(3, 3, padding="same"), image(1, 1, 1, 2))
    run(f, "conv2d_wide", lambda: L.Conv2D(20, 3, activation="relu"), image(3, 8, 8, 18))
    run(f, "conv3d", lambda: L.Conv3D(3, 2), i3)
    run(f, "conv3d_same_strides", lambda: L.Conv3D(3, (3, 2, 2), strides=(2, 1, 2), padding="same", activation="relu"), i3)
    run(f, "conv3d_dilation_channels_first", lambda: L.Conv3D(3, 2, dilation_rate=2, data_format="channels_first", use_bias=False), image(1, 2, 5, 4, 4))

    # ConvTranspose
    t1, t2, t3 = image(2, 5, 3), image(2, 4, 3, 3), image(1, 3, 2, 3, 2)
    run(f, "conv1d_transpose", lambda: L.Conv1DTranspose(2, 3, strides=2), t1)
    run(f, "conv1d_transpose_same", lambda: L.Conv1DTranspose(2, 4, strides=3, padding="same", activation="relu"), t1)
    run(f, "conv1d_transpose_output_padding", lambda: L.Conv1DTranspose(2, 3, strides=3, padding="same", output_padding=1), t1)
    run(f, "conv1d_transpose_channels_first", lambda: L.Conv1DTranspose(2, 3, strides=2, data_format="channels_first"), t1)
    run(f, "conv2d_transpose", lambda: L.Conv2DTranspose(4, 3), t2)
    run(f, "conv2d_transpose_same", lambda: L.Conv2DTranspose(4, 3, strides=2, padding="same", activation="relu", use_bias=False), t2)
    run(f, "conv2d_transpose_even", lambda: L.Conv2DTranspose(2, (4, 2), strides=(2, 2), padding="same"), t2)
    run(f, "conv2d_transpose_gaps", lambda: L.Conv2DTranspose(2, (2, 1), strides=(3, 3)), t2)
    run(f, "conv2d_transpose_output_padding", lambda: L.Conv2DTranspose(2, 3, strides=(2, 3), output_padding=(1, 2)), t2)
    run(f, "conv2d_transpose_output_padding_same", lambda: L.Conv2DTranspose(2, (4, 3), strides=2, padding="same", output_padding=(1, 0)), t2)
    run(f, "conv2d_transpose_dilation", lambda: L.Conv2DTranspose(2, 2, dilation_rate=2), t2)
    run(f, "conv2d_transpose_channels_first", lambda: L.Conv2DTranspose(2, 3, strides=2, padding="same", data_format="channels_first"), t2)
    run(f, "conv2d_transpose_all", lambda: L.Conv2DTranspose(
        2, 2, kernel_regularizer="l1", bias_regularizer="l2", activity_regularizer="l2", kernel_constraint="unit_norm", bias_constraint="non_neg"), t2)
    run(f, "conv3d_transpose", lambda: L.Conv3DTranspose(2, 2, strides=2), t3)
    run(f, "conv3d_transpose_same", lambda: L.Conv3DTranspose(2, (3, 2, 3), strides=(2, 1, 2), padding="same", activation="relu"), t3)

    # DepthwiseConv
    run(f, "depthwise_conv1d", lambda: L.DepthwiseConv1D(3), i1)
    run(f, "depthwise_conv1d_all", lambda: L.DepthwiseConv1D(3, strides=2, padding="same", depth_multiplier=2, activation="relu"), i1)
    run(f, "depthwise_conv1d_dilation_channels_first", lambda: L.DepthwiseConv1D(2, dilation_rate=2, data_format="channels_first"), i1)
    run(f, "depthwise_conv2d", lambda: L.DepthwiseConv2D(3), i2)
    run(f, "depthwise_conv2d_same_strides", lambda: L.DepthwiseConv2D(3, strides=2, padding="same", use_bias=False, activation="relu6"), i2)
    run(f, "depthwise_conv2d_multiplier", lambda: L.DepthwiseConv2D((2, 3), depth_multiplier=2), i2)
    run(f, "depthwise_conv2d_dilation", lambda: L.DepthwiseConv2D(3, dilation_rate=2, padding="same"), i2)
    run(f, "depthwise_conv2d_channels_first", lambda: L.DepthwiseConv2D(3, padding="same", data_format="channels_first"), i2)
    run(f, "depthwise_conv2d_regularizers", lambda: L.DepthwiseConv2D(
        2, depthwise_initializer="he_uniform", depthwise_regularizer="l2", bias_regularizer="l1", activity_regularizer="l1", depthwise_constraint="max_norm"), i2)
    run(f, "depthwise_conv2d_70_channels", lambda: L.DepthwiseConv2D(3, padding="same"), image(1, 4, 4, 70))

    # SeparableConv
    run(f, "separable_conv1d", lambda: L.SeparableConv1D(5, 3), i1)
    run(f, "separable_conv1d_all", lambda: L.SeparableConv1D(5, 3, strides=2, padding="same", depth_multiplier=2, activation="relu"), i1)
    run(f, "separable_conv2d", lambda: L.SeparableConv2D(5, 3), i2)
    run(f, "separable_conv2d_same_multiplier", lambda: L.SeparableConv2D(5, (3, 2), strides=2, padding="same", depth_multiplier=2, use_bias=False), i2)
    run(f, "separable_conv2d_dilation", lambda: L.SeparableConv2D(4, 2, dilation_rate=2, activation="relu"), i2)
    run(f, "separable_conv2d_channels_first", lambda: L.SeparableConv2D(4, 3, data_format="channels_first", padding="same"), i2)
    run(f, "separable_conv2d_regularizers", lambda: L.SeparableConv2D(
        4, 2, depthwise_regularizer="l2", pointwise_regularizer="l1", bias_regularizer="l2", activity_regularizer="l2", pointwise_constraint="non_neg"), i2)


def poolings(f):
    i1, i2, i3 = image(2, 9, 4), image(2, 7, 6, 3), image(2, 5, 4, 5, 2)
    ties = np.round(i2)
    for kind in ("Max", "Average"):
        P1, P2, P3 = (getattr(L, f"{kind}Pooling{n}D") for n in (1, 2, 3))
        k = kind.lower()
        run(f, f"{k}_pooling1d", lambda: P1(2), i1)
        run(f, f"{k}_pooling1d_same", lambda: P1(3, strides=2, padding="same"), i1)
        run(f, f"{k}_pooling1d_channels_first", lambda: P1(2, strides=1, data_format="channels_first"), i1)
        run(f, f"{k}_pooling2d", lambda: P2(2), i2)
        run(f, f"{k}_pooling2d_overlap", lambda: P2((3, 2), strides=(2, 1)), i2)
        run(f, f"{k}_pooling2d_gaps", lambda: P2(2, strides=3), i2)
        run(f, f"{k}_pooling2d_same", lambda: P2(3, strides=2, padding="same"), i2)
        run(f, f"{k}_pooling2d_channels_first", lambda: P2(2, padding="same", data_format="channels_first"), i2)
        run(f, f"{k}_pooling2d_ties", lambda: P2(3, strides=2, padding="same"), ties)
        run(f, f"{k}_pooling3d", lambda: P3(2), i3)
        run(f, f"{k}_pooling3d_same", lambda: P3((2, 3, 2), strides=(2, 2, 1), padding="same"), i3)
        G1, G2, G3 = (getattr(L, f"Global{kind}Pooling{n}D") for n in (1, 2, 3))
        run(f, f"global_{k}_pooling1d", lambda: G1(), i1)
        run(f, f"global_{k}_pooling1d_channels_first", lambda: G1(data_format="channels_first", keepdims=True), i1)
        run(f, f"global_{k}_pooling2d", lambda: G2(), i2)
        run(f, f"global_{k}_pooling2d_keepdims", lambda: G2(keepdims=True), i2)
        run(f, f"global_{k}_pooling2d_channels_first", lambda: G2(data_format="channels_first"), i2)
        run(f, f"global_{k}_pooling3d", lambda: G3(keepdims=True), i3)
        A1, A2, A3 = (getattr(L, f"Adaptive{kind}Pooling{n}D") for n in (1, 2, 3))
        run(f, f"adaptive_{k}_pooling1d", lambda: A1(4), i1)
        run(f, f"adaptive_{k}_pooling1d_even", lambda: A1(3), i1)
        run(f, f"adaptive_{k}_pooling2d", lambda: A2((3, 4)), i2)
        run(f, f"adaptive_{k}_pooling2d_channels_first", lambda: A2(2, data_format="channels_first"), i2)
        run(f, f"adaptive_{k}_pooling3d", lambda: A3((2, 3, 4)), image(1, 5, 4, 5, 2))  # no ties: see README


def reshapings(f):
    i1, i2, i3 = image(2, 9, 4), image(2, 4, 3, 2), image(1, 3, 2, 3, 2)
    run(f, "up_sampling1d", lambda: L.UpSampling1D(), i1)
    run(f, "up_sampling1d_size", lambda: L.UpSampling1D(3), i1)
    run(f, "up_sampling2d", lambda: L.UpSampling2D(), i2)
    run(f, "up_sampling2d_size", lambda: L.UpSampling2D((3, 1)), i2)
    run(f, "up_sampling2d_channels_first", lambda: L.UpSampling2D((2, 3), data_format="channels_first"), i2)
    for interpolation in ("bilinear", "bicubic", "lanczos3", "lanczos5"):
        run(f, f"up_sampling2d_{interpolation}", lambda: L.UpSampling2D(2, interpolation=interpolation), i2)
        run(f, f"up_sampling2d_{interpolation}_size", lambda: L.UpSampling2D((3, 5), interpolation=interpolation), i2)
    run(f, "up_sampling2d_bilinear_channels_first", lambda: L.UpSampling2D((2, 3), data_format="channels_first", interpolation="bilinear"), i2)
    run(f, "up_sampling2d_bicubic_large", lambda: L.UpSampling2D((3, 2), interpolation="bicubic"), image(1, 9, 8, 1))
    run(f, "up_sampling3d", lambda: L.UpSampling3D(), i3)
    run(f, "up_sampling3d_channels_first", lambda: L.UpSampling3D((1, 2, 3), data_format="channels_first"), i3)
    run(f, "zero_padding1d", lambda: L.ZeroPadding1D(2), i1)
    run(f, "zero_padding1d_pair", lambda: L.ZeroPadding1D((1, 2), data_format="channels_first"), i1)
    run(f, "zero_padding2d", lambda: L.ZeroPadding2D(), i2)
    run(f, "zero_padding2d_symmetric", lambda: L.ZeroPadding2D((2, 1)), i2)
    run(f, "zero_padding2d_pairs", lambda: L.ZeroPadding2D(((1, 0), (2, 3)), data_format="channels_first"), i2)
    run(f, "zero_padding3d", lambda: L.ZeroPadding3D(1), i3)
    run(f, "zero_padding3d_pairs", lambda: L.ZeroPadding3D(((1, 0), (0, 2), (1, 1))), i3)
    run(f, "cropping1d", lambda: L.Cropping1D(), i1)
    run(f, "cropping1d_pair", lambda: L.Cropping1D((0, 3)), i1)
    run(f, "cropping2d", lambda: L.Cropping2D(1), i2)
    run(f, "cropping2d_pairs", lambda: L.Cropping2D(((1, 0), (0, 2))), i2)
    run(f, "cropping2d_channels_first", lambda: L.Cropping2D((1, 0), data_format="channels_first"), image(1, 2, 4, 3))
    run(f, "cropping3d", lambda: L.Cropping3D(((1, 0), (0, 1), (1, 1))), i3)
    run(f, "cropping3d_channels_first", lambda: L.Cropping3D((1, 0, 0), data_format="channels_first"), image(1, 2, 3, 2, 2))
