// The classes that are means of a function; each binds its arguments to one.
#include "cornu/metrics/metrics.h"

#include <cmath>

#include "cornu/ir/ops.h"
#include "cornu/losses/functions.h"
#include "cornu/metrics/functions.h"
#include "cornu/metrics/mean_metric.h"

namespace cornu::metrics {
namespace {

constexpr int kUp = 1, kDown = -1;

void check_nothing(const ir::Type&, const ir::Type&) {}
void check_class_numbers(const ir::Type& y_true, const ir::Type& y_pred) {
  losses::check_class_number_targets(y_true, y_pred, -1);
}

// Mean and Sum: of values that come as y_true.
struct MeanOfValues final : WithOptions<MetricImpl, MeanOptions> {
  using WithOptions::WithOptions;
  std::string name() const override { return options().name; }
  std::vector<MetricState> state() const override { return mean_state(); }
  std::vector<Value> update(const std::vector<Value>& state, Value values, Value, Value weight) const override {
    return update_mean(state, values, weight);
  }
  Tensor result(const std::vector<Tensor>& state) const override {
    return Tensor::scalar(static_cast<float>(mean_result(state)));
  }
};

struct SumOfValues final : WithOptions<MetricImpl, SumOptions> {
  using WithOptions::WithOptions;
  std::string name() const override { return options().name; }
  std::vector<MetricState> state() const override { return {{"total", Tensor::scalar(0.0f)}}; }
  std::vector<Value> update(const std::vector<Value>& state, Value values, Value, Value weight) const override {
    values = ops::cast(values, float32);
    reduce_to_samplewise_values(values, weight, SamplewiseReduction::kSum);
    return {state[0] + ops::sum(values)};
  }
  Tensor result(const std::vector<Tensor>& state) const override { return state[0]; }
};

struct CustomOptions {
  std::string name;
  template <class F>
  void fields(F& f) {
    common_fields(f, name);
  }
};

// The root is taken of the mean over all batches, so the squares are what is gathered, element by element.
Value squared_error(Value y_true, Value y_pred) { return ops::square(y_pred - y_true); }

}  // namespace

Metric Mean(MeanOptions o) { return Metric(std::make_shared<MeanOfValues>("Mean", std::move(o))); }
Metric Sum(SumOptions o) { return Metric(std::make_shared<SumOfValues>("Sum", std::move(o))); }

#define CORNU_PLAIN_METRIC(Class, ...)                                                  \
  Metric Class(Class##Options options) {                                                \
    return make_mean_metric(#Class, std::move(options), MeanMetricTraits{__VA_ARGS__}); \
  }
CORNU_PLAIN_METRIC(Accuracy, .function = accuracy, .direction = kUp)
CORNU_PLAIN_METRIC(CategoricalAccuracy, .function = categorical_accuracy, .direction = kUp,
                   .check = losses::check_one_hot_targets)
CORNU_PLAIN_METRIC(SparseCategoricalAccuracy, .function = sparse_categorical_accuracy, .direction = kUp,
                   .check = check_class_numbers, .class_numbers = true)
CORNU_PLAIN_METRIC(MeanSquaredError, .function = losses::mean_squared_error, .direction = kDown)
CORNU_PLAIN_METRIC(MeanAbsoluteError, .function = losses::mean_absolute_error, .direction = kDown)
CORNU_PLAIN_METRIC(MeanAbsolutePercentageError, .function = losses::mean_absolute_percentage_error, .direction = kDown)
CORNU_PLAIN_METRIC(MeanSquaredLogarithmicError, .function = losses::mean_squared_logarithmic_error, .direction = kDown)
CORNU_PLAIN_METRIC(
    RootMeanSquaredError, .function = squared_error, .direction = kDown,
    .finish = [](double mean) { return std::sqrt(mean); })
CORNU_PLAIN_METRIC(LogCoshError, .function = losses::log_cosh, .direction = kDown)
CORNU_PLAIN_METRIC(Poisson, .function = losses::poisson, .direction = kDown)
CORNU_PLAIN_METRIC(KLDivergence, .function = losses::kl_divergence, .direction = kDown)
CORNU_PLAIN_METRIC(Hinge, .function = losses::hinge, .direction = kDown)
CORNU_PLAIN_METRIC(SquaredHinge, .function = losses::squared_hinge, .direction = kDown)
CORNU_PLAIN_METRIC(CategoricalHinge, .function = losses::categorical_hinge, .direction = kDown)
#undef CORNU_PLAIN_METRIC

Metric BinaryAccuracy(BinaryAccuracyOptions o) {
  const auto function = [o](Value t, Value p) { return binary_accuracy(t, p, o.threshold); };
  return make_mean_metric("BinaryAccuracy", o,
                          {.function = function, .direction = kUp, .check = losses::check_binary_targets});
}

Metric TopKCategoricalAccuracy(TopKCategoricalAccuracyOptions o) {
  const auto function = [o](Value t, Value p) { return top_k_categorical_accuracy(t, p, o.k); };
  return make_mean_metric("TopKCategoricalAccuracy", o,
                          {.function = function, .direction = kUp, .check = losses::check_one_hot_targets});
}

Metric SparseTopKCategoricalAccuracy(SparseTopKCategoricalAccuracyOptions o) {
  const auto function = [o](Value t, Value p) {
    return sparse_top_k_categorical_accuracy(t, p, o.k, o.from_sorted_ids);
  };
  return make_mean_metric(
      "SparseTopKCategoricalAccuracy", o,
      {.function = function, .direction = kUp, .check = check_class_numbers, .class_numbers = true});
}

Metric CosineSimilarity(CosineSimilarityOptions o) {
  const auto function = [o](Value t, Value p) { return -losses::cosine_similarity(t, p, o.axis); };
  return make_mean_metric("CosineSimilarity", o, {.function = function, .direction = kUp});
}

Metric BinaryCrossentropy(BinaryCrossentropyOptions o) {
  const auto function = [o](Value t, Value p) {
    return losses::binary_crossentropy(t, p, o.from_logits, o.label_smoothing);
  };
  return make_mean_metric("BinaryCrossentropy", o,
                          {.function = function, .direction = kDown, .check = losses::check_binary_targets});
}

Metric CategoricalCrossentropy(CategoricalCrossentropyOptions o) {
  const auto function = [o](Value t, Value p) {
    return losses::categorical_crossentropy(t, p, o.from_logits, o.label_smoothing, o.axis);
  };
  return make_mean_metric("CategoricalCrossentropy", o,
                          {.function = function, .direction = kDown, .check = losses::check_one_hot_targets});
}

Metric SparseCategoricalCrossentropy(SparseCategoricalCrossentropyOptions o) {
  const auto function = [o](Value t, Value p) {
    return losses::sparse_categorical_crossentropy(t, p, o.from_logits, o.ignore_class, o.axis);
  };
  MeanMetricTraits traits{
      .function = function, .direction = kDown, .check = check_class_numbers, .class_numbers = true};
  if (o.ignore_class)
    traits.counts = [o](Value t, Value p) {
      return ops::not_equal(ops::reshape(t, p.shape().slice(0, p.rank() - 1)), static_cast<double>(*o.ignore_class));
    };
  return make_mean_metric("SparseCategoricalCrossentropy", o, std::move(traits));
}

Metric custom(std::string name, std::function<Value(Value, Value)> function, int direction) {
  const std::string class_name = name;
  return make_mean_metric(class_name.c_str(), CustomOptions{std::move(name)},
                          {.function = std::move(function), .direction = direction, .check = check_nothing});
}

}  // namespace cornu::metrics
