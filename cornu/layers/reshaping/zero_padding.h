// ZeroPadding1D, ZeroPadding2D, ZeroPadding3D: zeros around the spatial axes.
#pragma once

#include "cornu/core/edge_list.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

struct ZeroPaddingOptions {
  std::string data_format = "channels_last";
  CORNU_COMMON_LAYER_OPTIONS
};

// (batch, spatial..., channels) -> (batch, before + length + after..., channels). padding: one number for all ends, one
// for both ends of each axis, or a pair for each axis; in 1D two numbers are the two ends. Keras: layers.ZeroPadding2D.
template <int kRank>
class ZeroPadding : public Layer {
 public:
  explicit ZeroPadding(EdgeList padding = 1, ZeroPaddingOptions options = {});
};
using ZeroPadding1D = ZeroPadding<1>;
using ZeroPadding2D = ZeroPadding<2>;
using ZeroPadding3D = ZeroPadding<3>;

}  // namespace cornu::layers
