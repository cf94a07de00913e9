// MeanMetric: the mean of a function's values over everything seen; the base of most metrics (Keras:
// MeanMetricWrapper). State: total = sum(values * weight), count = sum(weight). Values of several axes count as their
// mean per sample, so every element counts the same.
#pragma once

#include <functional>

#include "cornu/core/fields.h"
#include "cornu/losses/target_checks.h"
#include "cornu/metrics/metric.h"

namespace cornu::metrics {

enum class SamplewiseReduction { kSum, kMean };

// Values and weights of shape (batch,), or a scalar when the values are one: Keras's reduce_to_samplewise_values.
// `weight` may be undefined; the values come back multiplied by it.
void reduce_to_samplewise_values(Value& values, Value& weight, SamplewiseReduction reduction);

std::vector<MetricState> mean_state();
std::vector<Value> update_mean(const std::vector<Value>& state, Value values, Value weight);
double mean_result(const std::vector<Tensor>& state);  // 0 when nothing was counted

// How a metric made of a function differs from others.
struct MeanMetricTraits {
  using Function = std::function<Value(Value y_true, Value y_pred)>;
  using Check = std::function<void(const ir::Type&, const ir::Type&)>;
  Function function;
  int direction = 0;
  Check check = losses::check_same_shape;
  bool class_numbers = false;                 // targets stay integers
  Function counts = {};                       // which values count, once there are weights (Keras's quirk)
  std::function<double(double)> finish = {};  // applied to the mean
};

// The part that does not depend on the options.
std::vector<Value> update_mean_metric(const MeanMetricTraits& traits, const std::vector<Value>& state, Value y_true,
                                      Value y_pred, Value weight);
Tensor mean_metric_result(const MeanMetricTraits& traits, const std::vector<Tensor>& state);

template <class Options>
class MeanMetric final : public WithOptions<MetricImpl, Options> {
 public:
  MeanMetric(std::string class_name, Options options, MeanMetricTraits traits)
      : WithOptions<MetricImpl, Options>(std::move(class_name), std::move(options)), traits_(std::move(traits)) {}
  std::string name() const override { return this->options().name; }
  std::vector<MetricState> state() const override { return mean_state(); }
  std::vector<Value> update(const std::vector<Value>& state, Value y_true, Value y_pred, Value weight) const override {
    return update_mean_metric(traits_, state, y_true, y_pred, weight);
  }
  Tensor result(const std::vector<Tensor>& state) const override { return mean_metric_result(traits_, state); }
  int direction() const override { return traits_.direction; }

 private:
  MeanMetricTraits traits_;
};

template <class Options>
Metric make_mean_metric(const char* class_name, Options options, MeanMetricTraits traits) {
  return Metric(std::make_shared<MeanMetric<Options>>(class_name, std::move(options), std::move(traits)));
}

}  // namespace cornu::metrics
