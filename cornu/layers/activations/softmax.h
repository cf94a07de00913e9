// Softmax: exp(x) / sum(exp(x)) over one or more axes.
#pragma once

#include "cornu/core/fields.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

struct SoftmaxOptions {
  AxisList axis = -1;
  CORNU_COMMON_LAYER_OPTIONS
  template <class F>
  void fields(F& f) {
    f("axis", axis);
  }
};

// Any shape to the same shape. Throws ValueError for no axis. Keras: layers.Softmax.
class Softmax : public Layer {
 public:
  explicit Softmax(SoftmaxOptions options = {});
};

}  // namespace cornu::layers
