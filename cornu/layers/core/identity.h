// Identity: passes its input on.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu::layers {

// Any shape to the same shape. Keras: layers.Identity.
class Identity : public Layer {
 public:
  explicit Identity(LayerOptions options = {});
};

}  // namespace cornu::layers
