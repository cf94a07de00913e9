// LayerNormalization: normalizes each sample over the given axes.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu::layers {

struct LayerNormalizationOptions {
  std::vector<int> axis = {-1};
  double epsilon = 0.001;
  bool center = true;
  bool scale = true;
  Initializer beta_initializer = "zeros";
  Initializer gamma_initializer = "ones";
  Regularizer beta_regularizer = {};
  Regularizer gamma_regularizer = {};
  Constraint beta_constraint = {};
  Constraint gamma_constraint = {};
  CORNU_COMMON_LAYER_OPTIONS
};

// Any shape to the same shape. Weights of the dimensions of `axis`: gamma, beta. Keras: layers.LayerNormalization.
class LayerNormalization : public Layer {
 public:
  explicit LayerNormalization(LayerNormalizationOptions options = {});
};

}  // namespace cornu::layers
