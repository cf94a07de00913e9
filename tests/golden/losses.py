"""losses.json: each loss on fixed data: value of every reduction, and the gradient for y_pred (or for the logits before it)."""
import keras
import numpy as np
import tensorflow as tf
from keras import losses as S

from common import Family, normal, number, rng, serialize, to_numpy, uniform

# get_config of Keras 3.15.1 forgets these; a test has to set them beside the config.
LOST = {"huber_0.3": {"delta": 0.3}, "huber_2": {"delta": 2.0}, "cosine_similarity_axis_0": {"axis": 0}}
REDUCTIONS = ["sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none"]


def generate():
    f = Family("losses", "value = loss(y_true, y_pred, sample_weight): a number, or the array `value` for reduction none. grad: of "
                         "sum(value) for y_pred. With `through`, y_pred = softmax/sigmoid(logits) and grad is for the logits.")

    # -- data
    n, k = 5, 4
    probs = uniform("probs", (n, k), 0.05, 1.0)
    probs = (probs / probs.sum(-1, keepdims=True)).astype("float32")
    edge_probs = np.array([[0, 0, 1, 0], [1, 0, 0, 0], [0.5, 0.5, 0, 0], [1e-8, 1 - 1e-7, 1e-7, 0], [0, 0, 0, 1]], "float32")
    labels = np.array([2, 0, 3, 1, 1], "int32")
    onehot = np.eye(k, dtype="float32")[labels]
    soft = uniform("soft", (n, k), 0, 1)
    soft = (soft / soft.sum(-1, keepdims=True)).astype("float32")
    logits = normal("logits", (n, k), 2.0)
    edge_logits = np.array([[50, 0, 0, 0], [1000, -1000, 0, 0], [0, 0, 0, 0], [-80, 80, 0, 1], [1e4, 1e4, 1e4, 1e4]], "float32")
    binary = (rng("binary").uniform(size=(n, k)) > 0.5).astype("float32")
    sig = uniform("sig", (n, k), 0.02, 0.98)
    edge_sig = np.array([[0, 0, 1, 1], [1, 0, 1, 0], [0.5, 1e-8, 1 - 1e-7, 1e-7], [1, 1, 0, 0], [0.25, 0.75, 0, 1]], "float32")
    real_t, real_p = normal("real_t", (n, k)), normal("real_p", (n, k))
    pos_t, pos_p = uniform("pos_t", (n, k), 0.1, 3), uniform("pos_p", (n, k), 0.1, 3)
    signs = np.where(binary > 0, 1, -1).astype("float32")
    w = np.array([1.0, 0.5, 0.0, 2.0, 3.0], "float32")
    seq_logits, seq_labels = normal("seq_logits", (2, 3, k)), np.array([[0, 3, 1], [2, 2, 0]], "int32")
    seq_onehot = np.eye(k, dtype="float32")[seq_labels]
    seq_probs = to_numpy(tf.nn.softmax(seq_logits))
    seq_w = np.array([[1.0, 0.0, 0.5], [2.0, 1.0, 1.0]], "float32")
    ignore = np.array([2, -1, 3, -1, 1], "int32")

    def run(name, make, yt, yp, sw=None, through=None):
        """yt, yp, sw: (key, array)."""
        loss = make()
        arrays = {"y_true": f.put(f"data/{yt[0]}", yt[1]), ("logits" if through else "y_pred"): f.put(f"data/{yp[0]}", yp[1])}
        if sw is not None:
            arrays["sample_weight"] = f.put(f"data/{sw[0]}", sw[1])
        x = tf.constant(yp[1])
        with tf.GradientTape() as tape:
            tape.watch(x)
            p = {"softmax": keras.activations.softmax, "sigmoid": keras.activations.sigmoid}[through](x) if through else x
            value = loss(tf.constant(yt[1]), p, sample_weight=None if sw is None else tf.constant(sw[1]))
            total = tf.reduce_sum(value)
        arrays["grad"] = f.put(f"{name}/grad", tape.gradient(total, x, unconnected_gradients=tf.UnconnectedGradients.ZERO))
        fields = {"through": through} if through else {}
        if name in LOST:
            fields["lost_args"] = LOST[name]
        if value.shape.rank:
            arrays["value"] = f.put(f"{name}/value", value)
        else:
            fields["value"] = number(value)
        f.add(name, config=serialize(loss), **fields, arrays=arrays)

    cce, scce, bce = S.CategoricalCrossentropy, S.SparseCategoricalCrossentropy, S.BinaryCrossentropy
    P, EP, LG, EL = ("probs", probs), ("edge_probs", edge_probs), ("logits", logits), ("edge_logits", edge_logits)
    OH, SOFT, LAB, W = ("onehot", onehot), ("soft", soft), ("labels", labels), ("w", w)
    BIN, SIG, ES = ("binary", binary), ("sig", sig), ("edge_sig", edge_sig)
    RT, RP = ("real_t", real_t), ("real_p", real_p)

    # -- every reduction, with and without weights
    for reduction in REDUCTIONS:
        for suffix, sw in (("", None), ("_weighted", W)):
            for name, cls, yt, yp in (("cce", cce, OH, P), ("scce", scce, LAB, P), ("bce", bce, BIN, SIG), ("mse", S.MeanSquaredError, RT, RP)):
                run(f"{name}_{reduction}{suffix}", lambda: cls(reduction=reduction), yt, yp, sw)

    # -- categorical crossentropy
    for s in (0.0, 0.1):
        t = f"_smoothing_{s}" if s else ""
        run(f"cce_probs{t}", lambda: cce(label_smoothing=s), OH, P)
        run(f"cce_soft_labels{t}", lambda: cce(label_smoothing=s), SOFT, P)
        run(f"cce_edges{t}", lambda: cce(label_smoothing=s), OH, EP)
        run(f"cce_logits{t}", lambda: cce(from_logits=True, label_smoothing=s), OH, LG)
        run(f"cce_logits_edges{t}", lambda: cce(from_logits=True, label_smoothing=s), OH, EL)
        run(f"cce_through_softmax{t}", lambda: cce(label_smoothing=s), OH, LG, through="softmax")
        run(f"cce_through_softmax_edges{t}", lambda: cce(label_smoothing=s), OH, EL, through="softmax")
        run(f"bce_probs{t}", lambda: bce(label_smoothing=s), BIN, SIG)
        run(f"bce_edges{t}", lambda: bce(label_smoothing=s), BIN, ES)
        run(f"bce_logits{t}", lambda: bce(from_logits=True, label_smoothing=s), BIN, LG)
        run(f"bce_logits_edges{t}", lambda: bce(from_logits=True, label_smoothing=s), BIN, EL)
        run(f"bce_through_sigmoid{t}", lambda: bce(label_smoothing=s), BIN, LG, through="sigmoid")
        run(f"bce_through_sigmoid_edges{t}", lambda: bce(label_smoothing=s), BIN, EL, through="sigmoid")
    run("cce_unnormalized", lambda: cce(), OH, ("pos_p", pos_p))
    run("cce_axis_1", lambda: cce(axis=1), ("seq_onehot_t", seq_onehot.transpose(0, 2, 1)), ("seq_probs_t", seq_probs.transpose(0, 2, 1)))
    run("cce_logits_axis_1", lambda: cce(from_logits=True, axis=1), ("seq_onehot_t", seq_onehot.transpose(0, 2, 1)),
        ("seq_logits_t", seq_logits.transpose(0, 2, 1)))
    run("cce_rank3", lambda: cce(), ("seq_onehot", seq_onehot), ("seq_probs", seq_probs))
    run("cce_rank3_weighted", lambda: cce(), ("seq_onehot", seq_onehot), ("seq_probs", seq_probs), ("seq_w", seq_w))

    # -- sparse
    run("scce_probs", lambda: scce(), LAB, P)
    run("scce_edges", lambda: scce(), LAB, EP)
    run("scce_logits", lambda: scce(from_logits=True), LAB, LG)
    run("scce_logits_edges", lambda: scce(from_logits=True), LAB, EL)
    run("scce_through_softmax", lambda: scce(), LAB, LG, through="softmax")
    run("scce_through_softmax_edges", lambda: scce(), LAB, EL, through="softmax")
    run("scce_column_labels", lambda: scce(), ("labels_column", labels[:, None]), P)
    run("scce_float_labels", lambda: scce(), ("labels_float", labels.astype("float32")), P)
    run("scce_ignore_class", lambda: scce(ignore_class=-1), ("labels_ignore", ignore), P)
    run("scce_ignore_class_logits", lambda: scce(from_logits=True, ignore_class=-1), ("labels_ignore", ignore), LG)
    run("scce_ignore_class_weighted", lambda: scce(from_logits=True, ignore_class=-1), ("labels_ignore", ignore), LG, W)
    run("scce_ignore_class_2", lambda: scce(ignore_class=2), LAB, P)
    run("scce_ignore_class_none", lambda: scce(ignore_class=-1, reduction="none"), ("labels_ignore", ignore), P)
    run("scce_rank3", lambda: scce(), ("seq_labels", seq_labels), ("seq_probs", seq_probs))
    run("scce_rank3_logits_weighted", lambda: scce(from_logits=True), ("seq_labels", seq_labels), ("seq_logits", seq_logits), ("seq_w", seq_w))

    # -- (N,1) against (N,), on both sides
    col, flat = ("sig_column", sig[:, :1]), ("sig_flat", sig[:, 0])
    bcol, bflat = ("binary_column", binary[:, :1]), ("binary_flat", binary[:, 0])
    for name, make in (("bce", bce), ("mse", S.MeanSquaredError), ("mae", S.MeanAbsoluteError)):
        for reduction in ("sum_over_batch_size", "none"):
            for suffix, sw in (("", None), ("_weighted", W), ("_weighted_column", ("w_column", w[:, None]))):
                t = f"{'_none' if reduction == 'none' else ''}{suffix}"
                run(f"{name}_flat_true_column_pred{t}", lambda: make(reduction=reduction), bflat, col, sw)
                run(f"{name}_column_true_flat_pred{t}", lambda: make(reduction=reduction), bcol, flat, sw)
                run(f"{name}_column_both{t}", lambda: make(reduction=reduction), bcol, col, sw)
    run("bce_integer_labels", lambda: bce(), ("binary_int", binary.astype("int32")), SIG)
    run("bce_axis_0", lambda: bce(axis=0), BIN, SIG)
    run("mse_rank3", lambda: S.MeanSquaredError(), ("seq_onehot", seq_onehot), ("seq_probs", seq_probs))
    run("mse_rank3_weighted", lambda: S.MeanSquaredError(), ("seq_onehot", seq_onehot), ("seq_probs", seq_probs), ("seq_w", seq_w))

    # -- the others
    others = [
        ("mae", lambda: S.MeanAbsoluteError(), RT, RP), ("mape", lambda: S.MeanAbsolutePercentageError(), RT, RP),
        ("mape_zero", lambda: S.MeanAbsolutePercentageError(), BIN, SIG), ("msle", lambda: S.MeanSquaredLogarithmicError(), ("pos_t", pos_t), ("pos_p", pos_p)),
        ("msle_negative", lambda: S.MeanSquaredLogarithmicError(), RT, RP), ("log_cosh", lambda: S.LogCosh(), RT, RP),
        ("huber", lambda: S.Huber(), RT, RP), ("huber_0.3", lambda: S.Huber(delta=0.3), RT, RP), ("huber_2", lambda: S.Huber(delta=2.0), RT, RP),
        ("cosine_similarity", lambda: S.CosineSimilarity(), RT, RP), ("cosine_similarity_axis_0", lambda: S.CosineSimilarity(axis=0), RT, RP),
        ("poisson", lambda: S.Poisson(), ("pos_t", pos_t), ("pos_p", pos_p)), ("kl_divergence", lambda: S.KLDivergence(), SOFT, P),
        ("kl_divergence_edges", lambda: S.KLDivergence(), OH, EP), ("hinge", lambda: S.Hinge(), ("signs", signs), RP),
        ("hinge_zero_one", lambda: S.Hinge(), BIN, RP), ("hinge_real", lambda: S.Hinge(), RT, RP),
        ("squared_hinge", lambda: S.SquaredHinge(), ("signs", signs), RP), ("squared_hinge_zero_one", lambda: S.SquaredHinge(), BIN, RP),
        ("categorical_hinge", lambda: S.CategoricalHinge(), OH, RP),
        ("binary_focal", lambda: S.BinaryFocalCrossentropy(), BIN, SIG),
        ("binary_focal_logits", lambda: S.BinaryFocalCrossentropy(from_logits=True), BIN, LG),
        ("binary_focal_balanced", lambda: S.BinaryFocalCrossentropy(apply_class_balancing=True, alpha=0.4, gamma=1.5, label_smoothing=0.1), BIN, SIG),
        ("binary_focal_edges", lambda: S.BinaryFocalCrossentropy(), BIN, ES),
        ("categorical_focal", lambda: S.CategoricalFocalCrossentropy(), OH, P),
        ("categorical_focal_logits", lambda: S.CategoricalFocalCrossentropy(from_logits=True), OH, LG),
        ("categorical_focal_args", lambda: S.CategoricalFocalCrossentropy(alpha=0.5, gamma=1.0, label_smoothing=0.1), OH, P),
        ("categorical_generalized", lambda: S.CategoricalGeneralizedCrossEntropy(), LAB, P),
        ("dice", lambda: S.Dice(), BIN, SIG), ("dice_axis_1", lambda: S.Dice(axis=1), BIN, SIG),
        ("tversky", lambda: S.Tversky(), BIN, SIG), ("tversky_args", lambda: S.Tversky(alpha=0.3, beta=0.7), BIN, SIG),
    ]
    for name, make, yt, yp in others:
        run(name, make, yt, yp)
        if name in ("mae", "mape", "msle", "log_cosh", "huber", "poisson", "kl_divergence", "hinge", "squared_hinge", "categorical_hinge", "cosine_similarity"):
            run(f"{name}_weighted", make, yt, yp, W)

    texts = ["mse", "MSE", "mean_squared_error", "MeanSquaredError", "mae", "MAE", "mape", "MAPE", "msle", "MSLE", "bce", "BCE", "kld", "KLD",
             "binary_crossentropy", "BinaryCrossentropy", "categorical_crossentropy", "CategoricalCrossentropy", "sparse_categorical_crossentropy",
             "SparseCategoricalCrossentropy", "huber", "Huber", "huber_loss", "log_cosh", "logcosh", "LogCosh", "poisson", "kl_divergence",
             "KLDivergence", "kullback_leibler_divergence", "hinge", "squared_hinge", "categorical_hinge", "cosine_similarity", "cosine",
             "cosine_proximity", "binary_focal_crossentropy", "categorical_focal_crossentropy", "dice", "tversky", "circle", "ctc"]
    aliases = {}
    for text in texts:
        try:
            got = S.get(text)
            aliases[text] = serialize(got) if isinstance(got, S.Loss) else S.serialize(got)
        except Exception:
            aliases[text] = None
    f.add("aliases", aliases=aliases)
    f.write()
