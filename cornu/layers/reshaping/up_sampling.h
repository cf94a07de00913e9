// UpSampling1D, UpSampling2D, UpSampling3D: each element several times, or elements between them.
#pragma once

#include "cornu/core/size_list.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

// (batch, steps, channels) -> (batch, steps * size, channels). Keras: layers.UpSampling1D.
class UpSampling1D : public Layer {
 public:
  explicit UpSampling1D(std::int64_t size = 2, LayerOptions options = {});
};

struct UpSampling2DOptions {
  std::string data_format = "channels_last";
  std::string interpolation = "nearest";  // "bilinear", "bicubic", "lanczos3", "lanczos5"
  CORNU_COMMON_LAYER_OPTIONS
};

// (batch, height, width, channels) -> (batch, height * size[0], width * size[1], channels). Keras: layers.UpSampling2D.
class UpSampling2D : public Layer {
 public:
  explicit UpSampling2D(SizeList size = 2, UpSampling2DOptions options = {});
};

struct UpSampling3DOptions {
  std::string data_format = "channels_last";
  CORNU_COMMON_LAYER_OPTIONS
};

// (batch, d1, d2, d3, channels) -> (batch, d1 * size[0], d2 * size[1], d3 * size[2], channels). Keras:
// layers.UpSampling3D.
class UpSampling3D : public Layer {
 public:
  explicit UpSampling3D(SizeList size = 2, UpSampling3DOptions options = {});
};

}  // namespace cornu::layers
