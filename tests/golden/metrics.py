"""metrics.json: three updates of each metric (the second one weighted) and the result after each of them."""
import keras
import numpy as np
import tensorflow as tf
from keras import metrics as M
from keras.src.trainers.compile_utils import CompileMetrics

from common import Family, normal, number, rng, serialize, to_numpy, uniform


def batches(kind):
    """Three batches of (y_true, y_pred, sample_weight); sizes 4, 3, 5."""
    out = []
    for i, n in enumerate((4, 3, 5)):
        key = f"{kind}/{i}"
        labels = rng(f"labels/{i}").integers(0, 6, n).astype("int32")
        probs = uniform(f"probs/{i}", (n, 6), 0.05, 1.0)
        probs = (probs / probs.sum(-1, keepdims=True)).astype("float32")
        if i == 0:
            probs[1] = 1 / 6  # a six-fold tie
        if i == 2:
            probs[0], probs[1] = [1, 0, 0, 0, 0, 0], [0.25, 0.25, 0.25, 0.25, 0, 0]
        bits = (rng(f"bits/{i}").uniform(size=(n, 3)) > 0.5).astype("float32")
        sig = uniform(f"sig/{i}", (n, 3), 0.02, 0.98)
        sig[0] = [0.5, 0.0, 1.0]  # the threshold itself and both ends
        onehot = np.eye(6, dtype="float32")[labels]
        y = {
            "categorical": (onehot, probs), "sparse": (labels, probs), "sparse_column": (labels[:, None], probs),
            "logits": (onehot, normal(f"logits/{i}", (n, 6), 2.0)), "sparse_logits": (labels, normal(f"logits/{i}", (n, 6), 2.0)),
            "binary": (bits, sig), "binary_column": (bits[:, :1], sig[:, :1]), "binary_flat": (bits[:, 0], sig[:, :1]),
            "binary_logits": (bits, normal(f"blogits/{i}", (n, 3), 2.0)),
            "regression": (normal(f"rt/{i}", (n, 3)), normal(f"rp/{i}", (n, 3))),
            "regression_column": (normal(f"rt/{i}", (n, 3))[:, 0], normal(f"rp/{i}", (n, 3))[:, :1]),
            "positive": (uniform(f"pt/{i}", (n, 3), 0.1, 2), uniform(f"pp/{i}", (n, 3), 0.1, 2)),
            "labels": (rng(f"la/{i}").integers(0, 3, n).astype("float32"), rng(f"lb/{i}").integers(0, 3, n).astype("float32")),
            "sequence": (rng(f"sl/{i}").integers(0, 6, (n, 2)).astype("int32"), np.stack([probs, probs[::-1]], 1)),
            "values": (normal(f"v/{i}", (n, 2)), None),
        }[kind]
        shape = (n, 2) if kind in ("sequence",) else (n,)
        w = np.round(uniform(f"w/{i}/{len(shape)}", shape, 0, 2), 2).astype("float32") if i == 1 else None
        if w is not None:
            w.flat[0] = 0.0
        out.append((*y, w))
    return out


CASES = [
    ("accuracy_exact", lambda: M.Accuracy(), ["labels"]),
    ("categorical_accuracy", lambda: M.CategoricalAccuracy(), ["categorical"]),
    ("sparse_categorical_accuracy", lambda: M.SparseCategoricalAccuracy(), ["sparse", "sparse_column", "sequence"]),
    ("binary_accuracy", lambda: M.BinaryAccuracy(), ["binary", "binary_column", "binary_flat"]),
    ("binary_accuracy_threshold", lambda: M.BinaryAccuracy(threshold=0.3), ["binary"]),
    ("top_k", lambda: M.TopKCategoricalAccuracy(), ["categorical"]),
    ("top_2", lambda: M.TopKCategoricalAccuracy(k=2), ["categorical"]),
    ("sparse_top_k", lambda: M.SparseTopKCategoricalAccuracy(), ["sparse"]),
    ("sparse_top_3", lambda: M.SparseTopKCategoricalAccuracy(k=3), ["sparse", "sparse_column"]),
    ("mean", lambda: M.Mean(), ["values"]),
    ("sum", lambda: M.Sum(), ["values"]),
    ("mean_squared_error", lambda: M.MeanSquaredError(), ["regression", "regression_column"]),
    ("root_mean_squared_error", lambda: M.RootMeanSquaredError(), ["regression", "regression_column"]),
    ("mean_absolute_error", lambda: M.MeanAbsoluteError(), ["regression", "regression_column"]),
    ("mean_absolute_percentage_error", lambda: M.MeanAbsolutePercentageError(), ["regression"]),
    ("mean_squared_logarithmic_error", lambda: M.MeanSquaredLogarithmicError(), ["positive"]),
    ("log_cosh", lambda: M.LogCoshError(), ["regression"]),
    ("cosine_similarity", lambda: M.CosineSimilarity(), ["regression"]),
    ("poisson", lambda: M.Poisson(), ["positive"]),
    ("kl_divergence", lambda: M.KLDivergence(), ["categorical"]),
    ("hinge", lambda: M.Hinge(), ["binary"]),
    ("squared_hinge", lambda: M.SquaredHinge(), ["binary"]),
    ("categorical_hinge", lambda: M.CategoricalHinge(), ["categorical"]),
    ("binary_crossentropy", lambda: M.BinaryCrossentropy(), ["binary", "binary_column"]),
    ("binary_crossentropy_logits", lambda: M.BinaryCrossentropy(from_logits=True, label_smoothing=0.1), ["binary_logits"]),
    ("categorical_crossentropy", lambda: M.CategoricalCrossentropy(), ["categorical"]),
    ("categorical_crossentropy_logits", lambda: M.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1), ["logits"]),
    ("sparse_categorical_crossentropy", lambda: M.SparseCategoricalCrossentropy(), ["sparse", "sequence"]),
    ("sparse_categorical_crossentropy_logits", lambda: M.SparseCategoricalCrossentropy(from_logits=True), ["sparse_logits"]),
    ("precision", lambda: M.Precision(), ["binary"]), ("recall", lambda: M.Recall(), ["binary"]),
    ("true_positives", lambda: M.TruePositives(), ["binary"]), ("true_negatives", lambda: M.TrueNegatives(), ["binary"]),
    ("false_positives", lambda: M.FalsePositives(), ["binary"]), ("false_negatives", lambda: M.FalseNegatives(), ["binary"]),
    ("auc", lambda: M.AUC(), ["binary"]), ("auc_pr", lambda: M.AUC(curve="PR"), ["binary"]),
    ("f1_score", lambda: M.F1Score(average="macro"), ["categorical"]),
    ("r2_score", lambda: M.R2Score(), ["regression"]),
]


def generate():
    f = Family("metrics", "three update_state calls and the result after each; `resolve` cases: compile(metrics=[text]), which class it becomes.")
    for name, make, kinds in CASES:
        for kind in kinds:
            m = make()
            # some build on the first update only
            initial = None if name in ("f1_score", "r2_score") else number(m.result())
            updates, results = [], []
            for i, (yt, yp, w) in enumerate(batches(kind)):
                arrays = {"y_true" if yp is not None else "values": f.put(f"{kind}/{i}/y_true", yt)}
                if yp is not None:
                    arrays["y_pred"] = f.put(f"{kind}/{i}/y_pred", yp)
                if w is not None:
                    arrays["sample_weight"] = f.put(f"{kind}/{i}/sample_weight", w)
                args = [yt] if yp is None else [yt, yp]
                m.update_state(*args, sample_weight=w)
                updates.append(arrays)
                results.append(number(m.result()))
            f.add(f"{name}_{kind}" if len(kinds) > 1 else name, config=serialize(m), initial=initial, updates=updates, results=results,
                  variables=[{"name": v.name, "value": to_numpy(v).tolist()} for v in m.variables if v.shape.rank == 0])
    for text in ("accuracy", "acc"):
        for kind in ("categorical", "sparse", "sparse_column", "sequence", "binary_column", "binary_flat", "binary"):
            for weighted in (False, True):
                keras.utils.clear_session()
                c = CompileMetrics(None if weighted else [text], [text] if weighted else None)
                updates, results = [], []
                for i, (yt, yp, w) in enumerate(batches(kind)):
                    updates.append({"y_true": f.put(f"{kind}/{i}/y_true", yt), "y_pred": f.put(f"{kind}/{i}/y_pred", yp),
                                    **({"sample_weight": f.put(f"{kind}/{i}/sample_weight", w)} if w is not None else {})})
                    yt, yp = tf.constant(yt), tf.constant(yp)
                    if i == 0:
                        c.build(yt, yp)
                    c.update_state(yt, yp, sample_weight=w)
                    results.append({k: number(v) for k, v in c.result().items()})
                f.add(f"resolve_{text}_{kind}{'_weighted' if weighted else ''}", resolve=text, weighted=weighted,
                      resolved=type(c.metrics[0]).__name__, updates=updates, results=results)
    texts = ["accuracy", "Accuracy", "acc", "binary_accuracy", "BinaryAccuracy", "categorical_accuracy", "CategoricalAccuracy",
             "sparse_categorical_accuracy", "top_k_categorical_accuracy", "TopKCategoricalAccuracy", "sparse_top_k_categorical_accuracy",
             "mse", "MSE", "mean_squared_error", "MeanSquaredError", "mae", "MAE", "mean_absolute_error", "mape", "msle", "rmse", "RootMeanSquaredError",
             "root_mean_squared_error", "bce", "BCE", "binary_crossentropy", "BinaryCrossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy",
             "crossentropy", "ce", "mean", "Mean", "sum", "kld", "logcosh", "log_cosh", "cosine_similarity", "auc", "AUC", "precision", "Precision", "recall", "f1_score", "huber"]
    aliases = {}
    for text in texts:
        try:
            keras.utils.clear_session()
            got = M.get(text)
            aliases[text] = serialize(got) if isinstance(got, M.Metric) else "function " + got.__name__
        except Exception:
            aliases[text] = None
    f.add("aliases", aliases=aliases)
    f.write()
