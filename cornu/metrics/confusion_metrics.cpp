#include "cornu/metrics/confusion_metrics.h"

#include "cornu/ir/ops.h"
#include "cornu/metrics/confusion.h"

namespace cornu::metrics {
namespace {

using Part = Value ConfusionMatrix::*;

Tensor zeros_for(const ConfusionSettings& s) { return Tensor(Shape{static_cast<std::int64_t>(s.thresholds.size())}); }

// One threshold: a number.
Tensor scalar_of_one(const Tensor& x) { return x.size() == 1 ? x.reshape({}) : x; }

template <class Options>
struct CountMetric final : WithOptions<MetricImpl, Options> {
  CountMetric(const char* class_name, Options o, Part p) : WithOptions<MetricImpl, Options>(class_name, o), part(p) {
    settings.thresholds = parse_thresholds(o.thresholds, 0.5, class_name);
    settings.evenly = evenly_distributed(settings.thresholds);
  }
  std::string name() const override { return this->options().name; }
  std::vector<MetricState> state() const override { return {{"accumulator", zeros_for(settings)}}; }
  std::vector<Value> update(const std::vector<Value>& state, Value y_true, Value y_pred, Value weight) const override {
    return {state[0] + confusion_matrix(settings, y_true, y_pred, weight).*part};
  }
  Tensor result(const std::vector<Tensor>& state) const override { return scalar_of_one(state[0]); }

  ConfusionSettings settings;
  Part part;
};

// true_positives / (true_positives + other)
template <class Options>
struct RatioMetric final : WithOptions<MetricImpl, Options> {
  RatioMetric(const char* class_name, Options o, Part p, const char* part_name)
      : WithOptions<MetricImpl, Options>(class_name, o), other(p), other_name(part_name) {
    settings.thresholds = parse_thresholds(o.thresholds, o.top_k ? -1e10 : 0.5, class_name);
    settings.evenly = evenly_distributed(settings.thresholds);
    settings.top_k = o.top_k;
    settings.class_id = o.class_id;
  }
  std::string name() const override { return this->options().name; }
  std::vector<MetricState> state() const override {
    return {{"true_positives", zeros_for(settings)}, {other_name, zeros_for(settings)}};
  }
  std::vector<Value> update(const std::vector<Value>& state, Value y_true, Value y_pred, Value weight) const override {
    const ConfusionMatrix m = confusion_matrix(settings, y_true, y_pred, weight);
    return {state[0] + m.true_positives, state[1] + m.*other};
  }
  Tensor result(const std::vector<Tensor>& state) const override {
    Tensor out(state[0].shape());
    float* ratio = out.mutable_data<float>();
    const float *hits = state[0].data<float>(), *others = state[1].data<float>();
    for (std::int64_t i = 0; i < out.size(); ++i)
      ratio[i] = hits[i] + others[i] == 0.0f ? 0.0f : hits[i] / (hits[i] + others[i]);
    return scalar_of_one(out);
  }
  int direction() const override { return 1; }

  ConfusionSettings settings;
  Part other;
  const char* other_name;
};

}  // namespace

#define CORNU_COUNT_METRIC(Class, part)                                                                         \
  Metric Class(Class##Options o) {                                                                              \
    return Metric(std::make_shared<CountMetric<Class##Options>>(#Class, std::move(o), &ConfusionMatrix::part)); \
  }
CORNU_COUNT_METRIC(TruePositives, true_positives)
CORNU_COUNT_METRIC(TrueNegatives, true_negatives)
CORNU_COUNT_METRIC(FalsePositives, false_positives)
CORNU_COUNT_METRIC(FalseNegatives, false_negatives)
#undef CORNU_COUNT_METRIC

Metric Precision(PrecisionOptions o) {
  return Metric(std::make_shared<RatioMetric<PrecisionOptions>>("Precision", std::move(o),
                                                                &ConfusionMatrix::false_positives, "false_positives"));
}

Metric Recall(RecallOptions o) {
  return Metric(std::make_shared<RatioMetric<RecallOptions>>("Recall", std::move(o), &ConfusionMatrix::false_negatives,
                                                             "false_negatives"));
}

}  // namespace cornu::metrics
