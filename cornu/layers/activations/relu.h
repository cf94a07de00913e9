// ReLU: max(x, 0), with a slope below a threshold and a cap.
#pragma once

#include "cornu/core/fields.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

struct ReLUOptions {
  std::optional<Number> max_value = {};
  Number negative_slope = 0.0;
  Number threshold = 0.0;
  CORNU_COMMON_LAYER_OPTIONS
  template <class F>
  void fields(F& f) {
    f("max_value", max_value);
    f("negative_slope", negative_slope);
    f("threshold", threshold);
  }
};

// Any shape to the same shape. Keras: layers.ReLU.
class ReLU : public Layer {
 public:
  explicit ReLU(ReLUOptions options = {});
};

}  // namespace cornu::layers
