// MaxPooling and AveragePooling in 1D, 2D, 3D: the largest element, or the mean, of each window.
#pragma once

#include "cornu/core/size_list.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

struct PoolingOptions {
  SizeList strides = {};          // None: pool_size
  std::string padding = "valid";  // "same": padding is neither the largest nor counted in a mean
  std::string data_format = "channels_last";
  CORNU_COMMON_LAYER_OPTIONS
};

// (batch, spatial..., channels) -> (batch, new spatial..., channels). The first of equal elements takes the gradient.
// Keras: layers.MaxPooling2D.
template <int kRank>
class MaxPooling : public Layer {
 public:
  explicit MaxPooling(SizeList pool_size = 2, PoolingOptions options = {});
};
using MaxPooling1D = MaxPooling<1>;
using MaxPooling2D = MaxPooling<2>;
using MaxPooling3D = MaxPooling<3>;

// Keras: layers.AveragePooling2D.
template <int kRank>
class AveragePooling : public Layer {
 public:
  explicit AveragePooling(SizeList pool_size, PoolingOptions options = {});
};
using AveragePooling1D = AveragePooling<1>;
using AveragePooling2D = AveragePooling<2>;
using AveragePooling3D = AveragePooling<3>;

}  // namespace cornu::layers
