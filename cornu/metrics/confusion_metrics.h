// Metrics that count hits and misses of yes-or-no predictions at one or more thresholds. A prediction is positive when
// it is strictly above the threshold; counts are sums of weights; a quotient with a zero divisor is 0.
#pragma once

#include <optional>

#include "cornu/core/fields.h"
#include "cornu/metrics/metric.h"

namespace cornu::metrics {

// Keras writes "name" and "dtype" first.
#define CORNU_COUNT_METRIC(Class, default_name) \
  struct Class##Options {                       \
    NumberList thresholds = {};                 \
    std::string name = default_name;            \
    template <class F>                          \
    void fields(F& f) {                         \
      f("name", name);                          \
      f.dtype();                                \
      f("thresholds", thresholds);              \
    }                                           \
  };                                            \
  Metric Class(Class##Options options = {})
// No thresholds: 0.5. Throw ValueError for one outside of [0, 1]. Several thresholds give as many results.
CORNU_COUNT_METRIC(TruePositives, "true_positives");
CORNU_COUNT_METRIC(TrueNegatives, "true_negatives");
CORNU_COUNT_METRIC(FalsePositives, "false_positives");
CORNU_COUNT_METRIC(FalseNegatives, "false_negatives");
#undef CORNU_COUNT_METRIC

// Precision: the part of the positive predictions that is right. Recall: the part of the positive targets that is
// found. top_k: only the k largest predictions of a row can be positive; class_id: only this column counts.
#define CORNU_RATIO_METRIC(Class, default_name)          \
  struct Class##Options {                                \
    NumberList thresholds = {};                          \
    std::optional<std::int64_t> top_k = std::nullopt;    \
    std::optional<std::int64_t> class_id = std::nullopt; \
    std::string name = default_name;                     \
    template <class F>                                   \
    void fields(F& f) {                                  \
      f("name", name);                                   \
      f.dtype();                                         \
      f("thresholds", thresholds);                       \
      f("top_k", top_k);                                 \
      f("class_id", class_id);                           \
    }                                                    \
  };                                                     \
  Metric Class(Class##Options options = {})
CORNU_RATIO_METRIC(Precision, "precision");
CORNU_RATIO_METRIC(Recall, "recall");
#undef CORNU_RATIO_METRIC

// The area under a curve of rates over all thresholds.
struct AUCOptions {
  std::int64_t num_thresholds = 200;
  std::string curve = "ROC";                       // or "PR", "PRGAIN"
  std::string summation_method = "interpolation";  // or "minoring", "majoring"
  std::string name = "auc";
  NumberList thresholds = {};
  bool multi_label = false;  // one curve a column, then their mean; needs num_labels
  std::optional<std::int64_t> num_labels = std::nullopt;
  NumberList label_weights = {};
  bool from_logits = false;
  template <class F>
  void fields(F& f) {
    f("name", name);
    f.dtype();
    f("num_thresholds", num_thresholds);
    f("curve", curve);
    f("summation_method", summation_method);
    f("multi_label", multi_label);
    f("num_labels", num_labels);
    f("label_weights", label_weights);
    f("from_logits", from_logits);
    f.unless_none("thresholds", thresholds);
  }
};
// Throws ValueError for unknown words, thresholds outside of [0, 1], multi_label without num_labels.
Metric AUC(AUCOptions options = {});

}  // namespace cornu::metrics
