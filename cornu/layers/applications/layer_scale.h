// LayerScale: a factor for each channel, as ConvNeXt has it.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu::layers {

// (batch, ..., projection_dim) to the same shape. Weights: one, called "variable" as in Keras (then "variable_1", ...:
// one count a process), (projection_dim,), which begins as init_values everywhere. Keras:
// applications.convnext.LayerScale, which only files of that architecture name.
class LayerScale : public Layer {
 public:
  explicit LayerScale(Number init_values, std::int64_t projection_dim, LayerOptions options = {});
};

}  // namespace cornu::layers
