// GaussianDropout: in training, multiplies by normal noise of mean 1 whose variance is that of dropout's noise.
#pragma once

#include "cornu/core/fields.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

struct GaussianDropoutOptions {
  std::optional<std::int64_t> seed = {};
  CORNU_COMMON_LAYER_OPTIONS
  template <class F>
  void fields(F& f) {
    f("seed", seed);
  }
};

// Any shape to the same shape; 0 <= rate <= 1, standard deviation sqrt(rate / (1 - rate)). Training with rate 1 is a
// ValueError. Keras: layers.GaussianDropout.
class GaussianDropout : public Layer {
 public:
  explicit GaussianDropout(Number rate, GaussianDropoutOptions options = {});
};

}  // namespace cornu::layers
