// Softmax: exp(x) / sum(exp(x)) over one or more axes.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu::layers {

struct SoftmaxOptions {
  std::vector<int> axis = {-1};
  CORNU_COMMON_LAYER_OPTIONS
};

// Any shape to the same shape. Keras: layers.Softmax.
class Softmax : public Layer {
 public:
  explicit Softmax(SoftmaxOptions options = {});
};

}  // namespace cornu::layers
