// GaussianNoise: in training, adds normal noise.
#pragma once

#include "cornu/core/fields.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

struct GaussianNoiseOptions {
  std::optional<std::int64_t> seed = {};
  CORNU_COMMON_LAYER_OPTIONS
  template <class F>
  void fields(F& f) {
    f("seed", seed);
  }
};

// Any shape to the same shape; stddev >= 0. Keras: layers.GaussianNoise.
class GaussianNoise : public Layer {
 public:
  explicit GaussianNoise(Number stddev, GaussianNoiseOptions options = {});
};

}  // namespace cornu::layers
