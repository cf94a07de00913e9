// Activation: a function of activations/ as a layer.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu::layers {

// Any shape to the same shape. Keras: layers.Activation.
class Activation : public Layer {
 public:
  explicit Activation(cornu::Activation activation, LayerOptions options = {});
};

}  // namespace cornu::layers
