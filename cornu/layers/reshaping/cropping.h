// Cropping1D, Cropping2D, Cropping3D: takes elements away at the ends of the spatial axes.
#pragma once

#include "cornu/core/edge_list.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

// (batch, steps, channels) -> (batch, steps - before - after, channels). Two numbers are the two ends. Keras:
// layers.Cropping1D.
class Cropping1D : public Layer {
 public:
  explicit Cropping1D(EdgeList cropping = 1, LayerOptions options = {});
};

struct CroppingOptions {
  std::string data_format = "channels_last";
  CORNU_COMMON_LAYER_OPTIONS
};

// (batch, spatial..., channels) -> (batch, length - before - after..., channels). cropping: one number for all ends,
// one for both ends of each axis, or a pair for each axis. Throws ValueError when nothing would be left. Keras:
// layers.Cropping2D.
class Cropping2D : public Layer {
 public:
  explicit Cropping2D(EdgeList cropping = 0, CroppingOptions options = {});
};
// Keras: layers.Cropping3D.
class Cropping3D : public Layer {
 public:
  explicit Cropping3D(EdgeList cropping = 1, CroppingOptions options = {});
};

}  // namespace cornu::layers
