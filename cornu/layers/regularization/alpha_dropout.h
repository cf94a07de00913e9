// AlphaDropout: dropout for networks of selu. In training, a share of the inputs gets selu's negative saturation value,
// and the whole is scaled and shifted so that mean and variance stay.
#pragma once

#include "cornu/core/fields.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

struct AlphaDropoutOptions {
  OptionalShape noise_shape = {};  // with the batch; -1: as the input. Where it is 1, all elements share a fate
  std::optional<std::int64_t> seed = {};
  CORNU_COMMON_LAYER_OPTIONS
  template <class F>
  void fields(F& f) {
    f("seed", seed);
    f("noise_shape", noise_shape);
  }
};

// Any shape to the same shape; 0 <= rate <= 1. Training with rate 1 is a ValueError: nothing would be left to scale.
// Keras: layers.AlphaDropout.
class AlphaDropout : public Layer {
 public:
  explicit AlphaDropout(Number rate, AlphaDropoutOptions options = {});
};

}  // namespace cornu::layers
