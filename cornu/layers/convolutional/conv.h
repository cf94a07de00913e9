// Conv1D, Conv2D, Conv3D: activation(convolution of the input with the kernel + bias).
#pragma once

#include "cornu/core/size_list.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

struct ConvOptions {
  SizeList strides = 1;           // of one number, or one for each axis
  std::string padding = "valid";  // "same"; Conv1D also "causal"
  std::string data_format = "channels_last";
  SizeList dilation_rate = 1;
  std::int64_t groups = 1;
  cornu::Activation activation = {};
  bool use_bias = true;
  Initializer kernel_initializer = "glorot_uniform";
  Initializer bias_initializer = "zeros";
  Regularizer kernel_regularizer = {};
  Regularizer bias_regularizer = {};
  Regularizer activity_regularizer = {};
  Constraint kernel_constraint = {};
  Constraint bias_constraint = {};
  CORNU_COMMON_LAYER_OPTIONS
};

// (batch, spatial..., channels) -> (batch, new spatial..., filters). Weights: kernel (kernel_size..., channels /
// groups, filters), bias (filters,). Throws ValueError for strides beside dilation, and groups that do not divide.
// Keras: layers.Conv2D.
template <int kRank>
class Conv : public Layer {
 public:
  explicit Conv(std::int64_t filters, SizeList kernel_size, ConvOptions options = {});
};
using Conv1D = Conv<1>;
using Conv2D = Conv<2>;
using Conv3D = Conv<3>;

}  // namespace cornu::layers
