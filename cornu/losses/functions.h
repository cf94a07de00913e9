// Keras's loss functions: one value a sample, nothing reduced over the batch. y_true and y_pred have one shape
// (batch, d1, ..., dn) and the result is (batch, d1, ..., dn-1), unless said otherwise. Losses and metrics share them.
#pragma once

#include <optional>

#include "cornu/core/axis_list.h"
#include "cornu/ir/value.h"

namespace cornu::losses {

// Regression: means over the last axis.
Value mean_squared_error(Value y_true, Value y_pred);
Value mean_absolute_error(Value y_true, Value y_pred);
Value mean_absolute_percentage_error(Value y_true, Value y_pred);
Value mean_squared_logarithmic_error(Value y_true, Value y_pred);
Value huber(Value y_true, Value y_pred, double delta = 1.0);
Value log_cosh(Value y_true, Value y_pred);
// Minus the cosine: -1 for the same direction, 0 for a right angle or a zero vector.
Value cosine_similarity(Value y_true, Value y_pred, int axis = -1);

// Margins. Targets are -1 and 1; a batch that holds only 0 and 1 is converted.
Value hinge(Value y_true, Value y_pred);
Value squared_hinge(Value y_true, Value y_pred);
Value categorical_hinge(Value y_true, Value y_pred);

// Distributions.
Value poisson(Value y_true, Value y_pred);
Value kl_divergence(Value y_true, Value y_pred);

// Cross-entropies. Predictions that came straight out of a softmax or a sigmoid are taken back to their logits, so
// nothing is clipped and the gradient is p - y; this is what Keras does on TensorFlow. Other probabilities are brought
// to a sum of one (categorical) and clipped to [1e-7, 1 - 1e-7].
Value categorical_crossentropy(Value y_true, Value y_pred, bool from_logits = false, double label_smoothing = 0.0,
                               int axis = -1);
// y_true: class numbers, of the shape of y_pred without its last axis (or with 1 there). A class number outside of
// 0 ... classes - 1 gives NaN.
Value sparse_categorical_crossentropy(Value y_true, Value y_pred, bool from_logits = false,
                                      std::optional<std::int64_t> ignore_class = {}, int axis = -1);
// The mean over `axis`.
Value binary_crossentropy(Value y_true, Value y_pred, bool from_logits = false, double label_smoothing = 0.0,
                          int axis = -1, bool epsilon_inside_log = false);
Value binary_focal_crossentropy(Value y_true, Value y_pred, bool apply_class_balancing = false, double alpha = 0.25,
                                double gamma = 2.0, bool from_logits = false, double label_smoothing = 0.0,
                                int axis = -1);
Value categorical_focal_crossentropy(Value y_true, Value y_pred, double alpha = 0.25, double gamma = 2.0,
                                     bool from_logits = false, double label_smoothing = 0.0, int axis = -1);
// y_true: class numbers.
Value categorical_generalized_cross_entropy(Value y_true, Value y_pred, double q);

// Overlap of masks: one value over all of `axis` (none: a scalar for the whole batch).
Value dice(Value y_true, Value y_pred, const AxisList& axis = {});
Value tversky(Value y_true, Value y_pred, double alpha = 0.5, double beta = 0.5, const AxisList& axis = {});

}  // namespace cornu::losses
