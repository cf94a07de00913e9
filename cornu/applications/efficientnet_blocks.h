// Mobile inverted bottlenecks: what both EfficientNets consist of. Not for users.
#pragma once

#include "cornu/applications/architecture.h"

namespace cornu::applications::efficientnet_blocks {

// One block with all that it depends on.
struct Block {
  std::string prefix = {};  // "block2a_"
  std::int64_t filters_in = 0, filters_out = 0;
  std::int64_t kernel_size = 3, strides = 1, expand_ratio = 1;
  double squeeze_ratio = 0.0;  // 0: no squeeze-and-excite
  double momentum = 0.99;      // of batch normalization
  int axis = 3;
  double drop_rate = 0.0;   // of whole samples, where the input goes around
  bool pads_ahead = false;  // V1: strided convolutions are padded by a layer of their own
  std::string depthwise = "dwconv2";
};

// What kernels of convolutions, and the classifier's, begin with.
Initializer conv_initializer();
Initializer dense_initializer();

KerasTensor normalized(const KerasTensor& x, const Block& b, const std::string& name);
KerasTensor swish(const KerasTensor& x, const std::string& name);
// A convolution without bias, padded to keep the size.
KerasTensor conv(const KerasTensor& x, std::int64_t filters, std::int64_t kernel_size, std::int64_t strides,
                 const std::string& name);

// 1x1 to filters_in * expand_ratio, depthwise, squeeze-and-excite, 1x1 to filters_out.
KerasTensor mb_conv(const KerasTensor& input, const Block& b);
// The first two as one full convolution; with an expand_ratio of 1 that is the only one.
KerasTensor fused_mb_conv(const KerasTensor& input, const Block& b);

}  // namespace cornu::applications::efficientnet_blocks
