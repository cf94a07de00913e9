// Dropout: in training, sets a share of the inputs to zero and scales up the rest.
#pragma once

#include "cornu/core/fields.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

struct DropoutOptions {
  OptionalShape noise_shape = {};  // with the batch; -1: as the input. Where it is 1, all elements share a fate
  std::optional<std::int64_t> seed = {};
  CORNU_COMMON_LAYER_OPTIONS
  template <class F>
  void fields(F& f) {
    f("seed", seed);
    f("noise_shape", noise_shape);
  }
};

// Any shape to the same shape; 0 <= rate <= 1. Keras: layers.Dropout.
class Dropout : public Layer {
 public:
  explicit Dropout(Number rate, DropoutOptions options = {});
};

}  // namespace cornu::layers
