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
        score = tf.reduce_sum(y * r)
        penalty = tf.add_n([tf.convert_to_tensor(v) for v in layer.losses]) if layer.losses else None
    put = family.put
    arrays = {"x": put(f"{name}/x", x), "y": put(f"{name}/y", y), "r": put(f"{name}/r", r)}
    zero = tf.UnconnectedGradients.ZERO
    arrays["grad_x"] = put(f"{name}/grad_x", tape.gradient(score, tx, unconnected_gradients=zero))
    fields = {"training": training}
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
    f.write()
