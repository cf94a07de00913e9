// LeakyReLU: x where x > 0, negative_slope * x elsewhere.
#pragma once

#include "cornu/core/fields.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

struct LeakyReLUOptions {
  Number negative_slope = 0.3;
  CORNU_COMMON_LAYER_OPTIONS
  template <class F>
  void fields(F& f) {
    f("negative_slope", negative_slope);
  }
};

// Any shape to the same shape. Keras: layers.LeakyReLU.
class LeakyReLU : public Layer {
 public:
  explicit LeakyReLU(LeakyReLUOptions options = {});
};

}  // namespace cornu::layers
