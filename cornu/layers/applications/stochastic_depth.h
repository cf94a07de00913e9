// StochasticDepth: in training, drops whole samples and scales up the rest.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu::layers {

// Any shape to the same shape; 0 <= drop_path_rate < 1. Keras: applications.convnext.StochasticDepth, which only files
// of that architecture name.
class StochasticDepth : public Layer {
 public:
  explicit StochasticDepth(Number drop_path_rate, LayerOptions options = {});
};

}  // namespace cornu::layers
