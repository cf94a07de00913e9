// SpatialDropout1D, 2D, 3D: dropout of whole channels: all positions of a channel share a fate.
#pragma once

#include "cornu/core/fields.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

struct SpatialDropout1DOptions {
  std::optional<std::int64_t> seed = {};
  CORNU_COMMON_LAYER_OPTIONS
};

// (batch, steps, channels) to the same shape; 0 <= rate <= 1. Throws ValueError for another rank. Keras:
// layers.SpatialDropout1D.
class SpatialDropout1D : public Layer {
 public:
  explicit SpatialDropout1D(Number rate, SpatialDropout1DOptions options = {});
};

// For SpatialDropout2D and SpatialDropout3D.
struct SpatialDropoutOptions {
  std::string data_format = "channels_last";
  std::optional<std::int64_t> seed = {};
  CORNU_COMMON_LAYER_OPTIONS
};

// (batch, rows, columns, channels), or with channels_first (batch, channels, rows, columns), to the same shape. Throws
// ValueError for another rank or data format. Keras: layers.SpatialDropout2D.
class SpatialDropout2D : public Layer {
 public:
  explicit SpatialDropout2D(Number rate, SpatialDropoutOptions options = {});
};

// The same with three axes of space. Keras: layers.SpatialDropout3D.
class SpatialDropout3D : public Layer {
 public:
  explicit SpatialDropout3D(Number rate, SpatialDropoutOptions options = {});
};

}  // namespace cornu::layers
