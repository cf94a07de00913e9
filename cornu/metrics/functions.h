// Keras's metric functions: one value a sample. The loss functions (losses/functions.h) are metrics, too.
#pragma once

#include "cornu/ir/value.h"

namespace cornu::metrics {

// 1 where y_true equals y_pred; of their shape.
Value accuracy(Value y_true, Value y_pred);
// 1 where y_pred > threshold (strictly) is what y_true says; of their shape.
Value binary_accuracy(Value y_true, Value y_pred, double threshold = 0.5);
// y_true: one column a class. The first of equal scores wins. The result lacks the last axis.
Value categorical_accuracy(Value y_true, Value y_pred);
// y_true: class numbers.
Value sparse_categorical_accuracy(Value y_true, Value y_pred);
// Whether fewer than k scores are above that of the true class.
Value top_k_categorical_accuracy(Value y_true, Value y_pred, std::int64_t k = 5);
// y_true: class numbers. from_sorted_ids: y_pred holds class numbers, the best first.
Value sparse_top_k_categorical_accuracy(Value y_true, Value y_pred, std::int64_t k = 5, bool from_sorted_ids = false);

}  // namespace cornu::metrics
