// LeakyReLU: x where x > 0, negative_slope * x elsewhere.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu::layers {

struct LeakyReLUOptions {
  double negative_slope = 0.3;
  CORNU_COMMON_LAYER_OPTIONS
};

// Any shape to the same shape. Keras: layers.LeakyReLU.
class LeakyReLU : public Layer {
 public:
  explicit LeakyReLU(LeakyReLUOptions options = {});
};

}  // namespace cornu::layers
