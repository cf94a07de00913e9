// Keras's metrics: metrics::BinaryAccuracy({.threshold = 0.4}). Functions: functions.h and losses/functions.h.
//
// A new metric that is a mean of a function takes that function, an options struct and a maker here and in metrics.cpp,
// and a line in registry.cpp. Others derive from MetricImpl.
#pragma once

#include <functional>

#include "cornu/core/fields.h"
#include "cornu/metrics/confusion_metrics.h"
#include "cornu/metrics/metric.h"

namespace cornu::metrics {

// What every metric writes, at the start of its configuration.
template <class F>
void common_fields(F& f, std::string& name) {
  f("name", name);
  f.dtype();
}
// A metric without arguments of its own.
#define CORNU_PLAIN_METRIC(Class, default_name) \
  struct Class##Options {                       \
    std::string name = default_name;            \
    template <class F>                          \
    void fields(F& f) {                         \
      common_fields(f, name);                   \
    }                                           \
  };                                            \
  Metric Class(Class##Options options = {})

// Of values that are handed over as they are.
CORNU_PLAIN_METRIC(Mean, "mean");
CORNU_PLAIN_METRIC(Sum, "sum");

// Hits. Accuracy compares values; the others compare classes. direction(): up.
CORNU_PLAIN_METRIC(Accuracy, "accuracy");
CORNU_PLAIN_METRIC(CategoricalAccuracy, "categorical_accuracy");
CORNU_PLAIN_METRIC(SparseCategoricalAccuracy, "sparse_categorical_accuracy");

struct BinaryAccuracyOptions {
  std::string name = "binary_accuracy";
  Number threshold = 0.5;
  template <class F>
  void fields(F& f) {
    common_fields(f, name);
    f("threshold", threshold);
  }
};
Metric BinaryAccuracy(BinaryAccuracyOptions options = {});

struct TopKCategoricalAccuracyOptions {
  std::int64_t k = 5;
  std::string name = "top_k_categorical_accuracy";
  template <class F>
  void fields(F& f) {
    common_fields(f, name);
    f("k", k);
  }
};
Metric TopKCategoricalAccuracy(TopKCategoricalAccuracyOptions options = {});

struct SparseTopKCategoricalAccuracyOptions {
  std::int64_t k = 5;
  std::string name = "sparse_top_k_categorical_accuracy";
  bool from_sorted_ids = false;
  template <class F>
  void fields(F& f) {
    common_fields(f, name);
    f("k", k);
    f.forgotten("from_sorted_ids", from_sorted_ids, false);
  }
};
Metric SparseTopKCategoricalAccuracy(SparseTopKCategoricalAccuracyOptions options = {});

// Errors. direction(): down.
CORNU_PLAIN_METRIC(MeanSquaredError, "mean_squared_error");
CORNU_PLAIN_METRIC(MeanAbsoluteError, "mean_absolute_error");
CORNU_PLAIN_METRIC(MeanAbsolutePercentageError, "mean_absolute_percentage_error");
CORNU_PLAIN_METRIC(MeanSquaredLogarithmicError, "mean_squared_logarithmic_error");
CORNU_PLAIN_METRIC(RootMeanSquaredError, "root_mean_squared_error");  // the root of the mean over everything seen
CORNU_PLAIN_METRIC(LogCoshError, "logcosh");
CORNU_PLAIN_METRIC(Poisson, "poisson");
CORNU_PLAIN_METRIC(KLDivergence, "kl_divergence");
CORNU_PLAIN_METRIC(Hinge, "hinge");
CORNU_PLAIN_METRIC(SquaredHinge, "squared_hinge");
CORNU_PLAIN_METRIC(CategoricalHinge, "categorical_hinge");

// The cosine itself: 1 for the same direction (the loss is its negative). direction(): up.
struct CosineSimilarityOptions {
  std::string name = "cosine_similarity";
  int axis = -1;
  template <class F>
  void fields(F& f) {
    common_fields(f, name);
    f.forgotten("axis", axis, -1);
  }
};
Metric CosineSimilarity(CosineSimilarityOptions options = {});

struct BinaryCrossentropyOptions {
  std::string name = "binary_crossentropy";
  bool from_logits = false;
  Number label_smoothing = 0;
  template <class F>
  void fields(F& f) {
    common_fields(f, name);
    f("from_logits", from_logits);
    f("label_smoothing", label_smoothing);
  }
};
Metric BinaryCrossentropy(BinaryCrossentropyOptions options = {});

struct CategoricalCrossentropyOptions {
  std::string name = "categorical_crossentropy";
  bool from_logits = false;
  Number label_smoothing = 0;
  int axis = -1;
  template <class F>
  void fields(F& f) {
    common_fields(f, name);
    f("from_logits", from_logits);
    f("label_smoothing", label_smoothing);
    f("axis", axis);
  }
};
Metric CategoricalCrossentropy(CategoricalCrossentropyOptions options = {});

struct SparseCategoricalCrossentropyOptions {
  std::string name = "sparse_categorical_crossentropy";
  bool from_logits = false;
  std::optional<std::int64_t> ignore_class = {};
  int axis = -1;
  template <class F>
  void fields(F& f) {
    common_fields(f, name);
    f("from_logits", from_logits);
    f("ignore_class", ignore_class);
    f("axis", axis);
  }
};
Metric SparseCategoricalCrossentropy(SparseCategoricalCrossentropyOptions options = {});

// Your own: the mean of a function that gives one value a sample. To have it in files, register a maker under `name`.
Metric custom(std::string name, std::function<Value(Value y_true, Value y_pred)> function, int direction = 0);

#undef CORNU_PLAIN_METRIC

}  // namespace cornu::metrics
