// ELU: x where x > 0, alpha * (exp(x) - 1) elsewhere.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu::layers {

struct ELUOptions {
  double alpha = 1.0;
  CORNU_COMMON_LAYER_OPTIONS
};

// Any shape to the same shape. Keras: layers.ELU.
class ELU : public Layer {
 public:
  explicit ELU(ELUOptions options = {});
};

}  // namespace cornu::layers
