// Reshape: the same elements in another shape.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu::layers {

// (batch, ...) -> (batch,) + target_shape; one dimension of the target may be -1. Keras: layers.Reshape.
class Reshape : public Layer {
 public:
  explicit Reshape(Shape target_shape, LayerOptions options = {});
};

}  // namespace cornu::layers
