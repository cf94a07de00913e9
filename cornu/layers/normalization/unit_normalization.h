// UnitNormalization: x divided by its length (L2) over the given axes.
#pragma once

#include "cornu/core/fields.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

struct UnitNormalizationOptions {
  AxisList axis = -1;
  CORNU_COMMON_LAYER_OPTIONS
  template <class F>
  void fields(F& f) {
    f("axis", axis);
  }
};

// Any shape to the same shape; zeros stay zeros. Throws ValueError for no axis, and for one that the input does not
// have. Keras: layers.UnitNormalization.
class UnitNormalization : public Layer {
 public:
  explicit UnitNormalization(UnitNormalizationOptions options = {});
};

}  // namespace cornu::layers
