// DepthwiseConv1D, DepthwiseConv2D: each channel is convolved with kernels of its own.
#pragma once

#include "cornu/core/size_list.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

struct DepthwiseConvOptions {
  SizeList strides = 1;
  std::string padding = "valid";  // "same"
  std::int64_t depth_multiplier = 1;
  std::string data_format = "channels_last";
  SizeList dilation_rate = 1;
  cornu::Activation activation = {};
  bool use_bias = true;
  Initializer depthwise_initializer = "glorot_uniform";
  Initializer bias_initializer = "zeros";
  Regularizer depthwise_regularizer = {};
  Regularizer bias_regularizer = {};
  Regularizer activity_regularizer = {};
  Constraint depthwise_constraint = {};
  Constraint bias_constraint = {};
  CORNU_COMMON_LAYER_OPTIONS
};

// (batch, spatial..., channels) -> (batch, new spatial..., channels * depth_multiplier), the outputs of one channel
// side by side. Weights: kernel (kernel_size..., channels, depth_multiplier), bias (channels * depth_multiplier,).
// Keras: layers.DepthwiseConv2D.
template <int kRank>
class DepthwiseConv : public Layer {
 public:
  explicit DepthwiseConv(SizeList kernel_size, DepthwiseConvOptions options = {});
};
using DepthwiseConv1D = DepthwiseConv<1>;
using DepthwiseConv2D = DepthwiseConv<2>;

}  // namespace cornu::layers
