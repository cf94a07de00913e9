// AdaptiveMaxPooling and AdaptiveAveragePooling in 1D, 2D, 3D: as many windows as asked for, whatever the input's size.
#pragma once

#include "cornu/core/size_list.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

struct AdaptivePoolingOptions {
  std::string data_format = "channels_last";
  CORNU_COMMON_LAYER_OPTIONS
};

// (batch, spatial..., channels) -> (batch, output_size..., channels): window i of n goes from floor(i * length / n) to
// ceil((i + 1) * length / n). Keras: layers.AdaptiveMaxPooling2D.
template <int kRank>
class AdaptiveMaxPooling : public Layer {
 public:
  explicit AdaptiveMaxPooling(SizeList output_size, AdaptivePoolingOptions options = {});
};
using AdaptiveMaxPooling1D = AdaptiveMaxPooling<1>;
using AdaptiveMaxPooling2D = AdaptiveMaxPooling<2>;
using AdaptiveMaxPooling3D = AdaptiveMaxPooling<3>;

// Keras: layers.AdaptiveAveragePooling2D.
template <int kRank>
class AdaptiveAveragePooling : public Layer {
 public:
  explicit AdaptiveAveragePooling(SizeList output_size, AdaptivePoolingOptions options = {});
};
using AdaptiveAveragePooling1D = AdaptiveAveragePooling<1>;
using AdaptiveAveragePooling2D = AdaptiveAveragePooling<2>;
using AdaptiveAveragePooling3D = AdaptiveAveragePooling<3>;

}  // namespace cornu::layers
