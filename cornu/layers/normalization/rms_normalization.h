// RMSNormalization: x / sqrt(mean(x^2) + epsilon) * scale.
#pragma once

#include "cornu/core/fields.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

struct RMSNormalizationOptions {
  AxisList axis = -1;
  Number epsilon = 1e-6;
  CORNU_COMMON_LAYER_OPTIONS
  template <class F>
  void fields(F& f) {
    f("axis", axis);
    f("epsilon", epsilon);
  }
};

// Any shape to the same shape. Weight of the dimensions of `axis` (sorted): scale, which Keras multiplies along the
// last axes, whatever `axis` says. Throws ValueError for no axis, and, when it is built, for an axis that the input
// does not have or whose size is not known, or for a scale that does not fit the last axes. Keras:
// layers.RMSNormalization.
class RMSNormalization : public Layer {
 public:
  explicit RMSNormalization(RMSNormalizationOptions options = {});
};

}  // namespace cornu::layers
