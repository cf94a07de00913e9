// RepeatVector: a vector n times, as a sequence.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu::layers {

// (batch, features) -> (batch, n, features). Keras: layers.RepeatVector.
class RepeatVector : public Layer {
 public:
  explicit RepeatVector(std::int64_t n, LayerOptions options = {});
};

}  // namespace cornu::layers
