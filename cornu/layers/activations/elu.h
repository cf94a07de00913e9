// ELU: x where x > 0, alpha * (exp(x) - 1) elsewhere.
#pragma once

#include "cornu/core/fields.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

struct ELUOptions {
  Number alpha = 1.0;
  CORNU_COMMON_LAYER_OPTIONS
  template <class F>
  void fields(F& f) {
    f("alpha", alpha);
  }
};

// Any shape to the same shape. Keras: layers.ELU.
class ELU : public Layer {
 public:
  explicit ELU(ELUOptions options = {});
};

}  // namespace cornu::layers
