// ReLU: max(x, 0), with a slope below a threshold and a cap.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu::layers {

struct ReLUOptions {
  std::optional<double> max_value = {};
  double negative_slope = 0.0;
  double threshold = 0.0;
  CORNU_COMMON_LAYER_OPTIONS
};

// Any shape to the same shape. Keras: layers.ReLU.
class ReLU : public Layer {
 public:
  explicit ReLU(ReLUOptions options = {});
};

}  // namespace cornu::layers
