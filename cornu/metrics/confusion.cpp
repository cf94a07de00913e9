#include "cornu/metrics/confusion.h"

#include <cmath>

#include "cornu/core/error.h"
#include "cornu/ir/ops.h"
#include "cornu/losses/reduction.h"

namespace cornu::metrics {
namespace {

constexpr double kNever = -1e10;  // below every threshold

// Predictions that are not among the k largest of their row become kNever. Of equal ones the first wins.
Value keep_top_k(Value x, std::int64_t k) {
  const int a = x.rank() - 1;
  const Value other = ops::expand_dims(x, a), self = ops::expand_dims(x, a + 1);  // (..., self, other)
  Shape pairs = x.shape();
  pairs.push_back(x.dim(-1));
  Builder& b = x.builder();
  const Value earlier = ops::less(ops::iota(b, pairs, a + 1), ops::iota(b, pairs, a));
  const Value before = ops::logical_or(ops::greater(other, self), ops::logical_and(ops::equal(other, self), earlier));
  const Value rank = ops::sum(ops::cast(before, int32), {-1});
  return ops::where(ops::less(rank, static_cast<double>(k)), x, kNever);
}

Value column(Value x, std::int64_t i) {
  if (x.rank() < 2 || i < 0 || i >= x.dim(-1))
    throw ValueError(cat("class_id\n  received: ", i, " for predictions of shape ", x.shape(),
                         "\n  expected: a column of (batch, classes)"));
  return ops::slice_axis(x, -1, i, i + 1);
}

Value vector_constant(Builder& b, const std::vector<float>& values) { return ops::constant(b, Tensor::from(values)); }

// Weights of y_pred's shape; undefined when everything counts once.
Value element_weights(const ConfusionSettings& s, Value y_pred, Value sample_weight) {
  Value out;
  if (sample_weight) {
    Value w = ops::expand_dims(ops::cast(sample_weight, float32), -1);
    if (w.rank() == y_pred.rank() + 1) w = ops::squeeze(w, -1);
    out = ops::broadcast_to(w, y_pred.shape());
  }
  if (!s.label_weights.empty() && !s.multi_label) {
    const Value labels = ops::broadcast_to(vector_constant(y_pred.builder(), s.label_weights), y_pred.shape());
    out = out ? out * labels : labels;
  }
  return out;
}

// (thresholds, ...): whether a prediction is above each threshold.
Value above_thresholds(const ConfusionSettings& s, Value predictions) {
  Builder& b = predictions.builder();
  const auto n = static_cast<std::int64_t>(s.thresholds.size());
  Shape column_shape{n};
  for (int i = 0; i < predictions.rank(); ++i) column_shape.push_back(1);
  const Value row = ops::expand_dims(predictions, 0);
  if (!s.evenly) return ops::greater(row, ops::reshape(vector_constant(b, s.thresholds), column_shape));
  Value bucket = ops::ceil(ops::clip(row, 0.0, 1.0) * static_cast<double>(n - 1)) - 1.0;
  if (s.with_epsilon) bucket = ops::maximum(bucket, 0.0);
  return ops::greater_equal(bucket, ops::iota(b, column_shape, 0, float32));
}

}  // namespace

ConfusionMatrix confusion_matrix(const ConfusionSettings& s, Value y_true, Value y_pred, Value sample_weight) {
  y_true = ops::cast(y_true, float32);
  y_pred = ops::cast(y_pred, float32);
  losses::squeeze_or_expand_to_same_rank(y_pred, y_true);
  if (y_true.shape() != y_pred.shape())
    throw ValueError(cat("this metric expects one target for each prediction\n  received: y of shape ", y_true.shape(),
                         ", predictions of shape ", y_pred.shape(),
                         "\n  reshape y, or convert class numbers: to_categorical(y)"));
  if (s.top_k) y_pred = keep_top_k(y_pred, *s.top_k);
  if (s.class_id) {
    y_true = column(y_true, *s.class_id);
    y_pred = column(y_pred, *s.class_id);
  }
  Value weights = element_weights(s, y_pred, sample_weight);
  if (!weights) weights = ops::ones_like(y_pred);
  if (!s.multi_label) {
    y_true = ops::reshape(y_true, {-1});
    y_pred = ops::reshape(y_pred, {-1});
    weights = ops::reshape(weights, {-1});
  }
  const Value is_true = ops::not_equal(y_true, 0.0);
  const Value true_weights = ops::where(is_true, weights, 0.0), false_weights = ops::where(is_true, 0.0, weights);
  const Value positive = above_thresholds(s, y_pred);
  const auto sum_positive = [&](Value w) { return ops::sum(ops::where(positive, ops::expand_dims(w, 0), 0.0), {1}); };
  const auto sum_negative = [&](Value w) { return ops::sum(ops::where(positive, 0.0, ops::expand_dims(w, 0)), {1}); };
  return {sum_positive(true_weights), sum_positive(false_weights), sum_negative(false_weights),
          sum_negative(true_weights)};
}

std::vector<float> parse_thresholds(const NumberList& thresholds, double standard, const char* class_name) {
  if (thresholds.numbers().empty()) return {static_cast<float>(standard)};
  std::vector<float> out;
  for (const Number& t : thresholds.numbers()) {
    if (!(t >= 0.0 && t <= 1.0))
      throw ValueError(cat("[", class_name, "] thresholds\n  received: ", static_cast<double>(t),
                           "\n  expected: numbers from 0 to 1"));
    out.push_back(static_cast<float>(t));
  }
  return out;
}

bool evenly_distributed(const std::vector<float>& thresholds) {
  const std::size_t n = thresholds.size();
  if (n < 3) return false;
  for (std::size_t i = 0; i < n; ++i) {
    const float even = static_cast<float>(i) / static_cast<float>(n - 1);
    if (std::fabs(thresholds[i] - even) > 1e-7f + 1e-5f * even) return false;
  }
  return true;
}

}  // namespace cornu::metrics
