// Conv1DTranspose, Conv2DTranspose, Conv3DTranspose: what a convolution does to gradients, as a layer: it makes images
// larger.
#pragma once

#include "cornu/core/size_list.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

struct ConvTransposeOptions {
  SizeList strides = 1;
  std::string padding = "valid";  // "same"
  SizeList output_padding = {};   // None: as long as the padding makes it; else below strides
  std::string data_format = "channels_last";
  SizeList dilation_rate = 1;
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

// (batch, spatial..., channels) -> (batch, new spatial..., filters). New lengths: "same" n * strides; "valid"
// n * strides + max(kernel - strides, 0); with output_padding p (n - 1) * strides + (kernel % 2 or kernel) + p.
// Weights: kernel (kernel_size..., filters, channels), bias (filters,). Keras: layers.Conv2DTranspose.
template <int kRank>
class ConvTranspose : public Layer {
 public:
  explicit ConvTranspose(std::int64_t filters, SizeList kernel_size, ConvTransposeOptions options = {});
};
using Conv1DTranspose = ConvTranspose<1>;
using Conv2DTranspose = ConvTranspose<2>;
using Conv3DTranspose = ConvTranspose<3>;

}  // namespace cornu::layers
