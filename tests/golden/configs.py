"""configs.json: what Keras writes as the configuration of each object, for a comparison byte for byte.

`text` is json.dumps of the serialized object; get_config() is its "config". `args` are the constructor's arguments (JSON).
"""
import json

import keras
from keras import constraints, initializers, layers, losses, metrics, optimizers, regularizers
from keras.optimizers import schedules

from common import Family

OBJECTS = {
    layers: [
        ("InputLayer", dict(shape=[4])), ("InputLayer", dict(shape=[None, 3], batch_size=2, dtype="int32", name="words")),
        ("Dense", dict(units=3)),
        ("Dense", dict(units=3, activation="relu", use_bias=False, kernel_initializer="he_normal", bias_initializer="ones", kernel_regularizer="l2",
                       bias_regularizer="l1", activity_regularizer="l2", kernel_constraint="max_norm", bias_constraint="non_neg", name="head",
                       trainable=False, dtype="float64")),
        ("Activation", dict(activation="relu")), ("Activation", dict(activation="swish")), ("Dropout", dict(rate=0.5)), ("Dropout", dict(rate=0.25, noise_shape=[None, 1], seed=3)),
        ("Flatten", {}), ("Flatten", dict(data_format="channels_first")), ("Reshape", dict(target_shape=[2, -1])),
        ("Rescaling", dict(scale=0.5)), ("Rescaling", dict(scale=0.00392156862745098, offset=-1)), ("Rescaling", dict(scale=[0.5, 2.0], offset=[0, 1])),
        ("BatchNormalization", {}), ("BatchNormalization", dict(axis=1, momentum=0.9, epsilon=1e-5, center=False, scale=False, gamma_regularizer="l2")),
        ("LayerNormalization", {}), ("LayerNormalization", dict(axis=[1, 2], epsilon=1e-6, scale=False)),
        ("GaussianNoise", dict(stddev=0.1)), ("GaussianNoise", dict(stddev=0.1, seed=5)), ("ActivityRegularization", {}), ("ActivityRegularization", dict(l1=0.1, l2=0.2)),
        ("ReLU", {}), ("ReLU", dict(max_value=6, negative_slope=0.1, threshold=0.5)), ("LeakyReLU", {}), ("LeakyReLU", dict(negative_slope=0.1)),
        ("PReLU", {}), ("PReLU", dict(shared_axes=[1, 2], alpha_initializer="ones", alpha_regularizer="l2", alpha_constraint="non_neg")),
        ("Conv1D", dict(filters=2, kernel_size=3)), ("Conv1D", dict(filters=4, kernel_size=[3], padding="causal", dilation_rate=2, groups=2)),
        ("Conv2D", dict(filters=2, kernel_size=3)),
        ("Conv2D", dict(filters=4, kernel_size=[3, 2], strides=[2, 1], padding="SAME", data_format="channels_first", groups=2, activation="relu", use_bias=False,
                        kernel_initializer="he_normal", bias_initializer="ones", kernel_regularizer="l2", bias_regularizer="l1", activity_regularizer="l2",
                        kernel_constraint="max_norm", bias_constraint="non_neg", name="head", trainable=False)),
        ("Conv3D", dict(filters=2, kernel_size=3, dilation_rate=2)),
        ("Conv1DTranspose", dict(filters=2, kernel_size=3, strides=2, output_padding=1)), ("Conv2DTranspose", dict(filters=2, kernel_size=3)),
        ("Conv2DTranspose", dict(filters=2, kernel_size=3, strides=2, padding="same", output_padding=[1, 0], activity_regularizer="l1")), ("Conv3DTranspose", dict(filters=2, kernel_size=3)),
        ("DepthwiseConv1D", dict(kernel_size=3)), ("DepthwiseConv2D", dict(kernel_size=3)),
        ("DepthwiseConv2D", dict(kernel_size=[3, 2], strides=2, padding="same", depth_multiplier=2, activation="relu6", depthwise_regularizer="l2", depthwise_constraint="max_norm")),
        ("SeparableConv1D", dict(filters=2, kernel_size=3)), ("SeparableConv2D", dict(filters=2, kernel_size=3)),
        ("SeparableConv2D", dict(filters=2, kernel_size=3, depth_multiplier=2, dilation_rate=[2, 1], pointwise_initializer="he_normal", pointwise_regularizer="l2", bias_constraint="non_neg")),
        ("MaxPooling1D", {}), ("MaxPooling2D", {}), ("MaxPooling2D", dict(pool_size=[3, 2], strides=1, padding="same", data_format="channels_first")), ("MaxPooling3D", {}),
        ("AveragePooling1D", dict(pool_size=2)), ("AveragePooling2D", dict(pool_size=[2, 3])), ("AveragePooling3D", dict(pool_size=2, strides=[1, 2, 3])),
        ("GlobalMaxPooling1D", {}), ("GlobalMaxPooling2D", dict(keepdims=True)), ("GlobalMaxPooling3D", {}), ("GlobalAveragePooling1D", {}), ("GlobalAveragePooling2D", {}),
        ("GlobalAveragePooling3D", dict(data_format="channels_first")),
        ("AdaptiveMaxPooling1D", dict(output_size=3)), ("AdaptiveMaxPooling2D", dict(output_size=3)), ("AdaptiveMaxPooling3D", dict(output_size=3)),
        ("AdaptiveAveragePooling1D", dict(output_size=3)), ("AdaptiveAveragePooling2D", dict(output_size=[3, 4], data_format="channels_first")), ("AdaptiveAveragePooling3D", dict(output_size=2)),
        ("UpSampling1D", {}), ("UpSampling2D", {}), ("UpSampling2D", dict(size=[3, 2], interpolation="Bilinear")), ("UpSampling3D", {}),
        ("ZeroPadding1D", {}), ("ZeroPadding1D", dict(padding=[1, 2])), ("ZeroPadding2D", {}), ("ZeroPadding2D", dict(padding=[[1, 2], [3, 4]])), ("ZeroPadding3D", dict(padding=2)),
        ("Cropping1D", {}), ("Cropping2D", {}), ("Cropping2D", dict(cropping=[1, 2])), ("Cropping3D", {}),
        ("ELU", {}), ("ELU", dict(alpha=0.5)), ("Softmax", {}), ("Softmax", dict(axis=1)), ("Softmax", dict(axis=[1, 2])),
        ("BatchNormalization", dict(synchronized=True, renorm_clipping=dict(rmax=3, dmax=0.5), renorm_momentum=1, momentum=1, epsilon=1)),
        ("LayerNormalization", dict(axis=[2, 1], rms_scaling=True, epsilon=1)), ("LayerNormalization", dict(axis=[-1], center=False, gamma_constraint="max_norm")),
        ("GroupNormalization", {}), ("GroupNormalization", dict(groups=-1, axis=1, epsilon=1, center=False, scale=False, beta_initializer="ones", gamma_initializer="he_normal",
                                                                beta_regularizer="l1", gamma_regularizer="l2", beta_constraint="non_neg", gamma_constraint="unit_norm")),
        ("RMSNormalization", {}), ("RMSNormalization", dict(axis=[2, 1], epsilon=1, name="r")), ("UnitNormalization", {}), ("UnitNormalization", dict(axis=[2, 1])),
        ("SpatialDropout1D", dict(rate=0.5)), ("SpatialDropout1D", dict(rate=1, seed=3, name="s", dtype="float64")),
        ("SpatialDropout2D", dict(rate=0.5)), ("SpatialDropout2D", dict(rate=0, seed=3, data_format="channels_first")), ("SpatialDropout3D", dict(rate=0.5, seed=3)),
        ("Dropout", dict(rate=1)), ("GaussianNoise", dict(stddev=1)), ("GaussianDropout", dict(rate=0.5)), ("GaussianDropout", dict(rate=1, seed=3, trainable=False)),
        ("AlphaDropout", dict(rate=0.5)), ("AlphaDropout", dict(rate=0, seed=3, noise_shape=[None, 1])), ("Masking", {}), ("Masking", dict(mask_value=2)), ("Masking", dict(mask_value=-1.5)),
        ("Identity", {}), ("Identity", dict(name="i", trainable=False)), ("PReLU", dict(shared_axes=2)), ("PReLU", dict(shared_axes=[])),
        ("Normalization", {}), ("Normalization", dict(axis=[1, -1], invert=True)), ("Normalization", dict(mean=[1, 2.5], variance=[1.0, 2])),
        ("Normalization", dict(axis=None, mean=1, variance=2.5)), ("ELU", dict(alpha=1)), ("LeakyReLU", dict(negative_slope=1)), ("ActivityRegularization", dict(l1=1, l2=0)), ("Rescaling", dict(scale=2)), ("Rescaling", dict(scale=[2], offset=[0.5])),
    ],
    initializers: [
        ("Zeros", {}), ("Ones", {}), ("Constant", {}), ("Constant", dict(value=0.5)), ("RandomNormal", {}), ("RandomNormal", dict(mean=1.0, stddev=2, seed=3)),
        ("RandomUniform", {}), ("RandomUniform", dict(minval=-1, maxval=1.5, seed=3)), ("TruncatedNormal", {}), ("TruncatedNormal", dict(mean=1.0, stddev=2.0, seed=3)),
        ("VarianceScaling", {}), ("VarianceScaling", dict(scale=2.0, mode="fan_avg", distribution="uniform", seed=3)), ("GlorotUniform", {}), ("GlorotUniform", dict(seed=3)),
        ("GlorotNormal", {}), ("HeUniform", {}), ("HeNormal", {}), ("HeNormal", dict(seed=3)), ("LecunUniform", {}), ("LecunNormal", {}),
        ("Orthogonal", {}), ("Orthogonal", dict(gain=2.0, seed=3)), ("Identity", {}), ("Identity", dict(gain=2.0)),
    ],
    regularizers: [("L1", {}), ("L1", dict(l1=0.1)), ("L2", {}), ("L2", dict(l2=0.1)), ("L1L2", {}), ("L1L2", dict(l1=0.1, l2=0.2)),
                   ("OrthogonalRegularizer", {}), ("OrthogonalRegularizer", dict(factor=0.5, mode="columns"))],
    constraints: [("MaxNorm", {}), ("MaxNorm", dict(max_value=3.0, axis=1)), ("MaxNorm", dict(axis=[0, 1])), ("MinMaxNorm", {}),
                  ("MinMaxNorm", dict(min_value=0.5, max_value=2.0, rate=0.5, axis=1)), ("NonNeg", {}), ("UnitNorm", {}), ("UnitNorm", dict(axis=1))],
    losses: [
        ("MeanSquaredError", {}), ("MeanSquaredError", dict(reduction="sum", name="mine")), ("MeanAbsoluteError", {}), ("MeanAbsolutePercentageError", {}),
        ("MeanSquaredLogarithmicError", {}), ("LogCosh", {}), ("Huber", {}), ("Huber", dict(delta=2.0)), ("CosineSimilarity", {}), ("Poisson", {}), ("KLDivergence", {}),
        ("Hinge", {}), ("SquaredHinge", {}), ("CategoricalHinge", {}), ("BinaryCrossentropy", {}), ("BinaryCrossentropy", dict(from_logits=True, label_smoothing=0.1)),
        ("CategoricalCrossentropy", {}), ("CategoricalCrossentropy", dict(from_logits=True, label_smoothing=0.1, axis=1, reduction="none", name="x", dtype="float64")),
        ("SparseCategoricalCrossentropy", {}), ("SparseCategoricalCrossentropy", dict(from_logits=True, ignore_class=-1)), ("BinaryFocalCrossentropy", {}),
        ("CategoricalFocalCrossentropy", {}), ("Dice", {}), ("Tversky", {}),
    ],
    metrics: [
        ("Mean", {}), ("Mean", dict(name="loss", dtype="float64")), ("Sum", {}), ("Accuracy", {}), ("BinaryAccuracy", {}), ("BinaryAccuracy", dict(threshold=0.3, name="b")),
        ("CategoricalAccuracy", {}), ("SparseCategoricalAccuracy", {}), ("TopKCategoricalAccuracy", {}), ("TopKCategoricalAccuracy", dict(k=3)),
        ("SparseTopKCategoricalAccuracy", {}), ("SparseTopKCategoricalAccuracy", dict(k=3)), ("MeanSquaredError", {}), ("RootMeanSquaredError", {}), ("MeanAbsoluteError", {}),
        ("BinaryCrossentropy", {}), ("BinaryCrossentropy", dict(from_logits=True, label_smoothing=0.1)), ("CategoricalCrossentropy", {}),
        ("CategoricalCrossentropy", dict(from_logits=True, label_smoothing=0.1)), ("SparseCategoricalCrossentropy", {}), ("SparseCategoricalCrossentropy", dict(ignore_class=0)),
    ],
    schedules: [
        ("ExponentialDecay", dict(initial_learning_rate=0.1, decay_steps=10, decay_rate=0.5)), ("ExponentialDecay", dict(initial_learning_rate=0.1, decay_steps=10, decay_rate=0.5, staircase=True, name="x")),
        ("InverseTimeDecay", dict(initial_learning_rate=0.1, decay_steps=10, decay_rate=0.5)), ("PolynomialDecay", dict(initial_learning_rate=0.1, decay_steps=10)),
        ("PiecewiseConstantDecay", dict(boundaries=[1, 2], values=[0.1, 0.2, 0.3])), ("CosineDecay", dict(initial_learning_rate=0.1, decay_steps=10)),
        ("CosineDecay", dict(initial_learning_rate=0.0, decay_steps=10, alpha=0.1, warmup_target=0.2, warmup_steps=5)), ("CosineDecayRestarts", dict(initial_learning_rate=0.1, first_decay_steps=10)),
    ],
    optimizers: [
        ("SGD", {}), ("SGD", dict(learning_rate=0.1, momentum=0.9, nesterov=True)), ("Adam", {}), ("Adam", dict(learning_rate=0.1, beta_1=0.8, amsgrad=True, weight_decay=0.01, clipnorm=1.0, name="mine")),
        ("Adam", dict(clipvalue=0.5, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=5, loss_scale_factor=2.0, gradient_accumulation_steps=4)), ("Adam", dict(global_clipnorm=1.0)),
        ("AdamW", {}), ("RMSprop", {}), ("RMSprop", dict(rho=0.8, momentum=0.5, centered=True)), ("Adagrad", {}), ("Adadelta", {}), ("Adamax", {}), ("Nadam", {}), ("Ftrl", {}),
        ("Lion", {}), ("Adafactor", {}),
    ],
}


def generate():
    f = Family("configs", __doc__.split("\n")[2])
    for module, objects in OBJECTS.items():
        family = module.__name__.split(".")[-1]
        seen = {}
        for class_name, args in objects:
            keras.utils.clear_session()
            kwargs = {k: tuple(v) if k in ("shape", "noise_shape", "target_shape") else v for k, v in args.items()}
            obj = getattr(module, class_name)(**kwargs)
            seen[class_name] = seen.get(class_name, -1) + 1
            f.add(f"{family}/{class_name}/{seen[class_name]}", family=family, class_name=class_name, args=args,
                  text=json.dumps(keras.saving.serialize_keras_object(obj)))
    f.write()
