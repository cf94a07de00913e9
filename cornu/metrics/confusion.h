// The confusion matrix at many thresholds, as graph: what confusion_metrics are made of.
#pragma once

#include <optional>
#include <vector>

#include "cornu/core/fields.h"
#include "cornu/metrics/metric.h"

namespace cornu::metrics {

struct ConfusionSettings {
  std::vector<float> thresholds;
  // Thresholds i / (n - 1): Keras then sorts predictions into buckets by arithmetic instead of comparing, which differs
  // in the last bit; so do we.
  bool evenly = false;
  bool with_epsilon = false;  // the first lies below 0 and the last above 1
  std::optional<std::int64_t> top_k = {};
  std::optional<std::int64_t> class_id = {};
  bool multi_label = false;
  std::vector<float> label_weights = {};
};

// Each of shape (thresholds,), or (thresholds, labels) with multi_label.
struct ConfusionMatrix {
  Value true_positives, false_positives, true_negatives, false_negatives;
};
ConfusionMatrix confusion_matrix(const ConfusionSettings& settings, Value y_true, Value y_pred, Value sample_weight);

// From what a user wrote. Throws ValueError for a threshold outside of [0, 1].
std::vector<float> parse_thresholds(const NumberList& thresholds, double standard, const char* class_name);
// Whether they are i / (n - 1), to 1e-7 (and n is three or more).
bool evenly_distributed(const std::vector<float>& thresholds);

}  // namespace cornu::metrics
