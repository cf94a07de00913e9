// SeparableConv1D, SeparableConv2D: a convolution of each channel alone, then a mixture of channels at each place.
#pragma once

#include "cornu/core/size_list.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

struct SeparableConvOptions {
  SizeList strides = 1;
  std::string padding = "valid";  // "same"
  std::string data_format = "channels_last";
  SizeList dilation_rate = 1;
  std::int64_t depth_multiplier = 1;
  cornu::Activation activation = {};
  bool use_bias = true;
  Initializer depthwise_initializer = "glorot_uniform";
  Initializer pointwise_initializer = "glorot_uniform";
  Initializer bias_initializer = "zeros";
  Regularizer depthwise_regularizer = {};
  Regularizer pointwise_regularizer = {};
  Regularizer bias_regularizer = {};
  Regularizer activity_regularizer = {};
  Constraint depthwise_constraint = {};
  Constraint pointwise_constraint = {};
  Constraint bias_constraint = {};
  CORNU_COMMON_LAYER_OPTIONS
};

// (batch, spatial..., channels) -> (batch, new spatial..., filters). Weights: depthwise_kernel (kernel_size...,
// channels, depth_multiplier), pointwise_kernel (1..., channels * depth_multiplier, filters), bias (filters,). Keras:
// layers.SeparableConv2D.
template <int kRank>
class SeparableConv : public Layer {
 public:
  explicit SeparableConv(std::int64_t filters, SizeList kernel_size, SeparableConvOptions options = {});
};
using SeparableConv1D = SeparableConv<1>;
using SeparableConv2D = SeparableConv<2>;

}  // namespace cornu::layers
