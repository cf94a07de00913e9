// Permute: the same elements with axes in another order.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu::layers {

// `dims` are axes behind the batch, counted from 1: Permute({2, 1}) makes (batch, b, a) of (batch, a, b).
// Keras: layers.Permute.
class Permute : public Layer {
 public:
  explicit Permute(std::vector<int> dims, LayerOptions options = {});
};

}  // namespace cornu::layers
