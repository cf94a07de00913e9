// Concatenate: inputs one behind the other.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu::layers {

struct ConcatenateOptions {
  int axis = -1;
  CORNU_COMMON_LAYER_OPTIONS
};

// A list of inputs whose shapes are equal except along the axis: Concatenate()({x, y}). Keras: layers.Concatenate.
class Concatenate : public Layer {
 public:
  explicit Concatenate(ConcatenateOptions options = {});
};

}  // namespace cornu::layers
