// GlobalMaxPooling and GlobalAveragePooling in 1D, 2D, 3D: the largest element, or the mean, of each channel.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu::layers {

struct GlobalPoolingOptions {
  std::string data_format = "channels_last";
  bool keepdims = false;
  CORNU_COMMON_LAYER_OPTIONS

  template <class F>
  void fields(F& f) {
    f("data_format", data_format);
    f("keepdims", keepdims);
  }
};

// (batch, spatial..., channels) -> (batch, channels), or (batch, 1..., channels) with keepdims. Keras:
// layers.GlobalMaxPooling2D.
template <int kRank>
class GlobalMaxPooling : public Layer {
 public:
  explicit GlobalMaxPooling(GlobalPoolingOptions options = {});
};
using GlobalMaxPooling1D = GlobalMaxPooling<1>;
using GlobalMaxPooling2D = GlobalMaxPooling<2>;
using GlobalMaxPooling3D = GlobalMaxPooling<3>;

// Keras: layers.GlobalAveragePooling2D.
template <int kRank>
class GlobalAveragePooling : public Layer {
 public:
  explicit GlobalAveragePooling(GlobalPoolingOptions options = {});
};
using GlobalAveragePooling1D = GlobalAveragePooling<1>;
using GlobalAveragePooling2D = GlobalAveragePooling<2>;
using GlobalAveragePooling3D = GlobalAveragePooling<3>;

}  // namespace cornu::layers
