#include "cornu/applications/efficientnet_blocks.h"

#include "cornu/initializers/initializers.h"
#include "cornu/layers/convolutional/conv.h"
#include "cornu/layers/convolutional/depthwise_conv.h"
#include "cornu/layers/core/activation.h"
#include "cornu/layers/merging/elementwise.h"
#include "cornu/layers/normalization/batch_normalization.h"
#include "cornu/layers/pooling/global_pooling.h"
#include "cornu/layers/regularization/dropout.h"
#include "cornu/layers/reshaping/reshape.h"
#include "cornu/layers/reshaping/zero_padding.h"

namespace cornu::applications::efficientnet_blocks {
namespace {

using layers::Conv2D;

KerasTensor squeeze_and_excite(const KerasTensor& x, const Block& b) {
  if (!(b.squeeze_ratio > 0)) return x;
  const auto narrow =
      std::max<std::int64_t>(1, static_cast<std::int64_t>(static_cast<double>(b.filters_in) * b.squeeze_ratio));
  const std::int64_t filters = channels(x);
  KerasTensor y = layers::GlobalAveragePooling2D({.name = b.prefix + "se_squeeze"})(x);
  y = layers::Reshape({1, 1, filters}, {.name = b.prefix + "se_reshape"})(y);
  y = Conv2D(narrow, 1,
             {.padding = "same",
              .activation = "swish",
              .kernel_initializer = conv_initializer(),
              .name = b.prefix + "se_reduce"})(y);
  y = Conv2D(filters, 1,
             {.padding = "same",
              .activation = "sigmoid",
              .kernel_initializer = conv_initializer(),
              .name = b.prefix + "se_expand"})(y);
  return layers::Multiply({.name = b.prefix + "se_excite"})({x, y});
}

// Adds the input where it has the same shape; in training whole samples of the block are dropped.
KerasTensor with_shortcut(KerasTensor x, const KerasTensor& input, const Block& b) {
  if (b.strides != 1 || b.filters_in != b.filters_out) return x;
  if (b.drop_rate > 0) x = layers::Dropout(b.drop_rate, {.noise_shape = {-1, 1, 1, 1}, .name = b.prefix + "drop"})(x);
  return layers::Add({.name = b.prefix + "add"})({x, input});
}

}  // namespace

Initializer conv_initializer() {
  return initializers::VarianceScaling({.scale = 2.0, .mode = "fan_out", .distribution = "truncated_normal"});
}

Initializer dense_initializer() {
  return initializers::VarianceScaling({.scale = 1.0 / 3.0, .mode = "fan_out", .distribution = "uniform"});
}

KerasTensor normalized(const KerasTensor& x, const Block& b, const std::string& name) {
  return layers::BatchNormalization({.axis = b.axis, .momentum = b.momentum, .name = name})(x);
}

KerasTensor swish(const KerasTensor& x, const std::string& name) {
  return layers::Activation("swish", {.name = name})(x);
}

KerasTensor conv(const KerasTensor& x, std::int64_t filters, std::int64_t kernel_size, std::int64_t strides,
                 const std::string& name) {
  return Conv2D(filters, kernel_size,
                {.strides = strides,
                 .padding = "same",
                 .use_bias = false,
                 .kernel_initializer = conv_initializer(),
                 .name = name})(x);
}

KerasTensor mb_conv(const KerasTensor& input, const Block& b) {
  const std::string& p = b.prefix;
  KerasTensor x = input;
  if (b.expand_ratio != 1) {
    x = conv(x, b.filters_in * b.expand_ratio, 1, 1, p + "expand_conv");
    x = swish(normalized(x, b, p + "expand_bn"), p + "expand_activation");
  }
  const bool pads = b.pads_ahead && b.strides == 2;
  if (pads) x = layers::ZeroPadding2D(correct_pad(x, b.kernel_size), {.name = p + "dwconv_pad"})(x);
  x = layers::DepthwiseConv2D(b.kernel_size, {.strides = b.strides,
                                              .padding = pads ? "valid" : "same",
                                              .use_bias = false,
                                              .depthwise_initializer = conv_initializer(),
                                              .name = p + b.depthwise})(x);
  x = swish(normalized(x, b, p + "bn"), p + "activation");
  x = squeeze_and_excite(x, b);
  x = conv(x, b.filters_out, 1, 1, p + "project_conv");
  return with_shortcut(normalized(x, b, p + "project_bn"), input, b);
}

KerasTensor fused_mb_conv(const KerasTensor& input, const Block& b) {
  const std::string& p = b.prefix;
  const bool expands = b.expand_ratio != 1;
  KerasTensor x = input;
  if (expands) {
    x = conv(x, b.filters_in * b.expand_ratio, b.kernel_size, b.strides, p + "expand_conv");
    x = swish(normalized(x, b, p + "expand_bn"), p + "expand_activation");
  }
  x = squeeze_and_excite(x, b);
  x = conv(x, b.filters_out, expands ? 1 : b.kernel_size, expands ? 1 : b.strides, p + "project_conv");
  x = normalized(x, b, p + "project_bn");
  if (!expands) x = swish(x, p + "project_activation");
  return with_shortcut(x, input, b);
}

}  // namespace cornu::applications::efficientnet_blocks
