// Rescaling: x * scale + offset.
#pragma once

#include "cornu/core/fields.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

struct RescalingOptions {
  NumberList offset = 0.0;  // one number, or one for each element of the last axis
  CORNU_COMMON_LAYER_OPTIONS
  template <class F>
  void fields(F& f) {
    f("offset", offset);
  }
};

// Any shape to the same shape; integers become floats. Keras: layers.Rescaling.
class Rescaling : public Layer {
 public:
  explicit Rescaling(NumberList scale, RescalingOptions options = {});
};

}  // namespace cornu::layers
