// PReLU: x where x > 0, alpha * x elsewhere, with a learned alpha for each element of a sample.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu::layers {

struct PReLUOptions {
  Initializer alpha_initializer = "zeros";
  Regularizer alpha_regularizer = {};
  Constraint alpha_constraint = {};
  std::vector<int> shared_axes = {};  // axes (1 is the first after the batch) along which one alpha is shared
  CORNU_COMMON_LAYER_OPTIONS
};

// Any shape to the same shape. Weight: alpha (input_shape[1:], 1 on shared axes). Keras: layers.PReLU.
class PReLU : public Layer {
 public:
  explicit PReLU(PReLUOptions options = {});
};

}  // namespace cornu::layers
