// BatchNormalization: (x - mean) / sqrt(variance + epsilon) * gamma + beta, per channel. Training uses the batch's
// moments (biased variance, as all Keras 3 backends) and moves the averages; otherwise, and when frozen, the averages.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu::layers {

struct BatchNormalizationOptions {
  int axis = -1;
  double momentum = 0.99;
  double epsilon = 0.001;
  bool center = true;
  bool scale = true;
  Initializer beta_initializer = "zeros";
  Initializer gamma_initializer = "ones";
  Initializer moving_mean_initializer = "zeros";
  Initializer moving_variance_initializer = "ones";
  Regularizer beta_regularizer = {};
  Regularizer gamma_regularizer = {};
  Constraint beta_constraint = {};
  Constraint gamma_constraint = {};
  bool synchronized = false;
  CORNU_COMMON_LAYER_OPTIONS
};

// Any shape to the same shape. Weights, each (channels,): gamma, beta, moving_mean*, moving_variance* (* not trained).
// Keras: layers.BatchNormalization.
class BatchNormalization : public Layer {
 public:
  explicit BatchNormalization(BatchNormalizationOptions options = {});
};

}  // namespace cornu::layers
