// Rescaling: x * scale + offset.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu::layers {

struct RescalingOptions {
  std::vector<double> offset = {0.0};  // one number, or one for each element of the last axis
  CORNU_COMMON_LAYER_OPTIONS
};

// Any shape to the same shape; integers become floats. Keras: layers.Rescaling.
class Rescaling : public Layer {
 public:
  explicit Rescaling(double scale, RescalingOptions options = {});
  explicit Rescaling(std::vector<double> scale, RescalingOptions options = {});
};

}  // namespace cornu::layers
