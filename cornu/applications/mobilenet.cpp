// MobileNet: depthwise convolutions, each followed by one over the channels.
#include <array>
#include <cstdio>

#include "cornu/applications/architecture.h"
#include "cornu/layers/activations/relu.h"
#include "cornu/layers/convolutional/conv.h"
#include "cornu/layers/convolutional/depthwise_conv.h"
#include "cornu/layers/core/activation.h"
#include "cornu/layers/normalization/batch_normalization.h"
#include "cornu/layers/pooling/global_pooling.h"
#include "cornu/layers/regularization/dropout.h"
#include "cornu/layers/reshaping/reshape.h"
#include "cornu/layers/reshaping/zero_padding.h"

namespace cornu::applications {
namespace {

using layers::Conv2D;

struct Block {
  std::int64_t filters, stride;
};
constexpr std::array kBlocks{Block{64, 1},  Block{128, 2},  Block{128, 1}, Block{256, 2}, Block{256, 1},
                             Block{512, 2}, Block{512, 1},  Block{512, 1}, Block{512, 1}, Block{512, 1},
                             Block{512, 1}, Block{1024, 2}, Block{1024, 1}};

KerasTensor active(const KerasTensor& x, const std::string& name) {
  return layers::ReLU({.max_value = 6.0, .name = name + "_relu"})(
      layers::BatchNormalization({.name = name + "_bn"})(x));
}

KerasTensor depthwise_block(KerasTensor x, const Block& block, const MobileNetOptions& o, std::size_t id) {
  const bool halves = block.stride == 2;
  const std::string depthwise = cat("conv_dw_", id), pointwise = cat("conv_pw_", id);
  if (halves) x = layers::ZeroPadding2D({{0, 1}, {0, 1}}, {.name = cat("conv_pad_", id)})(x);
  x = layers::DepthwiseConv2D(3, {.strides = block.stride,
                                  .padding = halves ? "valid" : "same",
                                  .depth_multiplier = o.depth_multiplier,
                                  .use_bias = false,
                                  .name = depthwise})(x);
  x = active(x, depthwise);
  const auto filters = static_cast<std::int64_t>(static_cast<double>(block.filters) * o.alpha);
  x = Conv2D(filters, 1, {.padding = "same", .use_bias = false, .name = pointwise})(x);
  return active(x, pointwise);
}

KerasTensor classifier(KerasTensor x, const Architecture& a, const MobileNetOptions& o) {
  x = layers::GlobalAveragePooling2D({.keepdims = true})(x);
  x = layers::Dropout(o.dropout, {.name = "dropout"})(x);
  x = Conv2D(o.classes, 1, {.padding = "same", .name = "conv_preds"})(x);
  x = layers::Reshape({o.classes}, {.name = "reshape_2"})(x);
  return layers::Activation(a.classifier_activation(), {.name = "predictions"})(x);
}

std::string address(const MobileNetOptions& o, bool top) {
  char alpha[16];
  std::snprintf(alpha, sizeof alpha, "%.1f", o.alpha * (o.alpha == 1.0 ? 1 : 10));
  std::string text = alpha;
  text[text.find('.')] = '_';
  std::int64_t rows = 224;
  if (o.input_shape && o.input_shape->rank() == 3 && (*o.input_shape)[0] > 0) rows = (*o.input_shape)[0];
  return cat(kKerasFiles, "mobilenet/mobilenet_", text, "_", rows, top ? "_tf.h5" : "_tf_no_top.h5");
}

}  // namespace

Model MobileNet(const MobileNetOptions& o) {
  Architecture a(request_of("MobileNet", o, ""), address(o, true), address(o, false));
  if (!(o.alpha > 0)) a.fail(cat("alpha=", o.alpha), "a number > 0");
  const Shape image = a.image_shape(224, 32);
  a.name_unless_given(sized_name("mobilenet", o.alpha, image));
  KerasTensor x = a.begin(image);
  const auto filters = static_cast<std::int64_t>(32 * o.alpha);
  x = Conv2D(filters, 3, {.strides = 2, .padding = "same", .use_bias = false, .name = "conv1"})(x);
  x = active(x, "conv1");
  for (std::size_t i = 0; i < kBlocks.size(); ++i) x = depthwise_block(x, kBlocks[i], o, i + 1);
  return a.finish(a.include_top() ? classifier(x, a, o) : a.pooled(x, false));
}

}  // namespace cornu::applications
