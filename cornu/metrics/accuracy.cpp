#include "cornu/ir/ops.h"
#include "cornu/losses/reduction.h"
#include "cornu/metrics/functions.h"

namespace cornu::metrics {
namespace {

// Class numbers of shape (batch, ...), int32, for scores of shape (batch, ..., classes).
Value class_numbers(Value y_true, Value y_pred) {
  if (y_true.rank() == y_pred.rank() && y_true.dim(-1) == 1) y_true = ops::squeeze(y_true, -1);
  return ops::cast(y_true, int32);
}

Value as_float(Value condition) { return ops::cast(condition, float32); }

Value in_top_k(Value classes, Value scores, std::int64_t k) {
  const Value hit = ops::equal(ops::expand_dims(classes, -1), ops::iota(scores.builder(), scores.shape(), -1));
  const Value score = ops::sum(ops::where(hit, scores, 0.0), {-1}, true);
  const Value above = ops::sum(ops::cast(ops::greater(scores, score), int32), {-1});
  // A class that does not exist has no score, so nothing is known to be below k.
  return as_float(ops::logical_and(ops::less(above, static_cast<double>(k)), ops::any(hit, {-1})));
}

}  // namespace

Value accuracy(Value y_true, Value y_pred) {
  losses::squeeze_or_expand_to_same_rank(y_true, y_pred);
  return as_float(ops::equal(ops::cast(y_true, y_pred.dtype()), y_pred));
}

Value binary_accuracy(Value y_true, Value y_pred, double threshold) {
  losses::squeeze_or_expand_to_same_rank(y_true, y_pred);
  const Value predicted = ops::cast(ops::greater(y_pred, threshold), y_pred.dtype());
  return as_float(ops::equal(ops::cast(y_true, y_pred.dtype()), predicted));
}

Value categorical_accuracy(Value y_true, Value y_pred) {
  return as_float(ops::equal(ops::argmax(y_true, -1), ops::argmax(y_pred, -1)));
}

Value sparse_categorical_accuracy(Value y_true, Value y_pred) {
  return as_float(ops::equal(class_numbers(y_true, y_pred), ops::argmax(y_pred, -1)));
}

Value top_k_categorical_accuracy(Value y_true, Value y_pred, std::int64_t k) {
  return in_top_k(ops::argmax(y_true, -1), y_pred, k);
}

Value sparse_top_k_categorical_accuracy(Value y_true, Value y_pred, std::int64_t k, bool from_sorted_ids) {
  const Value classes = class_numbers(y_true, y_pred);
  if (!from_sorted_ids) return in_top_k(classes, y_pred, k);
  const Value best = ops::slice_axis(y_pred, -1, 0, std::min(k, y_pred.dim(-1)));
  return as_float(ops::any(ops::equal(ops::expand_dims(ops::cast(classes, y_pred.dtype()), -1), best), {-1}));
}

}  // namespace cornu::metrics
