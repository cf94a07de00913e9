#include "cornu/metrics/mean_metric.h"

#include "cornu/core/error.h"
#include "cornu/ir/ops.h"
#include "cornu/losses/reduction.h"

namespace cornu::metrics {
namespace {

Value reduce_from(Value x, int first_axis, SamplewiseReduction reduction) {
  if (x.rank() <= first_axis) return x;
  std::vector<int> axes;
  for (int a = first_axis; a < x.rank(); ++a) axes.push_back(a);
  return reduction == SamplewiseReduction::kMean ? ops::mean(x, axes) : ops::sum(x, axes);
}

}  // namespace

void reduce_to_samplewise_values(Value& values, Value& weight, SamplewiseReduction reduction) {
  if (weight) {
    weight = ops::cast(weight, values.dtype());
    losses::squeeze_or_expand_to_same_rank(values, weight);
    const int rank = weight.rank();
    values = reduce_from(values, rank, reduction);
    weight = ops::broadcast_to(weight, values.shape());
    values = values * weight;
    if (rank > 1) weight = reduce_from(weight, 1, reduction);
  }
  values = reduce_from(values, 1, reduction);
}

std::vector<MetricState> mean_state() { return {{"total", Tensor::scalar(0.0f)}, {"count", Tensor::scalar(0.0f)}}; }

std::vector<Value> update_mean(const std::vector<Value>& state, Value values, Value weight) {
  values = ops::cast(values, float32);
  reduce_to_samplewise_values(values, weight, SamplewiseReduction::kMean);
  const Value total = state[0] + ops::sum(values);
  if (weight) return {total, state[1] + ops::sum(weight)};
  return {total, state[1] + static_cast<double>(values.rank() > 0 ? values.dim(0) : 1)};
}

double mean_result(const std::vector<Tensor>& state) {
  const auto total = static_cast<float>(state[0].item()), count = static_cast<float>(state[1].item());
  return count == 0.0f ? 0.0 : static_cast<double>(total / count);
}

std::vector<Value> update_mean_metric(const MeanMetricTraits& traits, const std::vector<Value>& state, Value y_true,
                                      Value y_pred, Value weight) {
  if (!y_pred) throw ValueError("a metric of targets and predictions\n  received: targets alone\n  expected: both");
  if (y_pred.dtype() != float64) y_pred = ops::cast(y_pred, float32);
  traits.check(y_true.type(), y_pred.type());
  if (!traits.class_numbers) y_true = ops::cast(y_true, y_pred.dtype());
  Value t = y_true, p = y_pred;
  losses::squeeze_or_expand_to_same_rank(t, p);
  const Value values = traits.function(t, p);
  if (weight && traits.counts) weight = losses::apply_mask(weight, traits.counts(t, p), "sum", values.dtype());
  return update_mean(state, values, weight);
}

Tensor mean_metric_result(const MeanMetricTraits& traits, const std::vector<Tensor>& state) {
  const double mean = mean_result(state);
  return Tensor::scalar(static_cast<float>(traits.finish ? traits.finish(mean) : mean));
}

}  // namespace cornu::metrics
