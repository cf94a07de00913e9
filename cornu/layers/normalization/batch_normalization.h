// BatchNormalization: (x - mean) / sqrt(variance + epsilon) * gamma + beta, per channel. Training uses the batch's
// moments (biased variance, as all Keras 3 backends) and moves the averages; otherwise, and when frozen, the averages.
// Keras leaves masked timesteps out of the moments; there are no masks here yet (core/masking.h).
#pragma once

#include "cornu/core/fields.h"
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
  bool renorm = false;            // true: NotSupportedError
  Json renorm_clipping = {};      // of renorm, kept for files
  Number renorm_momentum = 0.99;  // of renorm, kept for files
  bool synchronized = false;      // over the devices of one training; one device is always synchronous
  // How other generations move the variance (core/beside.h); n numbers a channel. {"fused_ranks": [4, 5]}: by n / (n -
  // 1) times the batch's, for inputs of these ranks; {"sample_variance": true}: by n / (n - 1 - epsilon) times.
  Json cornu = nullptr;
  CORNU_COMMON_LAYER_OPTIONS
  template <class F>
  void fields(F& f) {
    f("axis", axis);
    f("momentum", momentum);
    f("epsilon", epsilon);
    f("center", center);
    f("scale", scale);
    f("beta_initializer", beta_initializer);
    f("gamma_initializer", gamma_initializer);
    f("moving_mean_initializer", moving_mean_initializer);
    f("moving_variance_initializer", moving_variance_initializer);
    f("beta_regularizer", beta_regularizer);
    f("gamma_regularizer", gamma_regularizer);
    f("beta_constraint", beta_constraint);
    f("gamma_constraint", gamma_constraint);
    f("synchronized", synchronized);
    f("renorm", renorm);
    f("renorm_clipping", renorm_clipping);
    f("renorm_momentum", renorm_momentum);
    f.forgotten("cornu", cornu, nullptr);
  }
};

// Any shape to the same shape. Weights, each (channels,): gamma, beta, moving_mean*, moving_variance* (* not trained).
// Throws NotSupportedError for renorm; ValueError, when it is built, for an axis that the input does not have or whose
// size is not known. Keras: layers.BatchNormalization.
class BatchNormalization : public Layer {
 public:
  explicit BatchNormalization(BatchNormalizationOptions options = {});
};

}  // namespace cornu::layers
