// MobileNetV2: inverted residuals, wide inside and narrow where the input goes around.
#include <array>

#include "cornu/applications/architecture.h"
#include "cornu/core/json.h"
#include "cornu/layers/activations/relu.h"
#include "cornu/layers/convolutional/conv.h"
#include "cornu/layers/convolutional/depthwise_conv.h"
#include "cornu/layers/merging/elementwise.h"
#include "cornu/layers/normalization/batch_normalization.h"
#include "cornu/layers/reshaping/zero_padding.h"

namespace cornu::applications {
namespace {

using layers::Conv2D;

struct Stage {
  std::int64_t filters;
  int blocks;
  std::int64_t stride;  // of its first block
};
constexpr std::array kStages{Stage{16, 1, 1}, Stage{24, 2, 2},  Stage{32, 3, 2}, Stage{64, 4, 2},
                             Stage{96, 3, 1}, Stage{160, 3, 2}, Stage{320, 1, 1}};
constexpr std::int64_t kExpansion = 6;

KerasTensor normalized(const KerasTensor& x, const std::string& name) {
  return layers::BatchNormalization({.momentum = 0.999, .epsilon = 0.001, .name = name})(x);
}

KerasTensor relu6(const KerasTensor& x, const std::string& name) {
  return layers::ReLU({.max_value = 6.0, .name = name})(x);
}

// The first block of all is not widened.
KerasTensor inverted_residual(const KerasTensor& input, std::int64_t filters, std::int64_t stride, int id) {
  const std::string prefix = id == 0 ? "expanded_conv_" : cat("block_", id, "_");
  KerasTensor x = input;
  if (id > 0) {
    x = Conv2D(kExpansion * channels(input), 1, {.padding = "same", .use_bias = false, .name = prefix + "expand"})(x);
    x = relu6(normalized(x, prefix + "expand_BN"), prefix + "expand_relu");
  }
  if (stride == 2) x = layers::ZeroPadding2D(correct_pad(x, 3), {.name = prefix + "pad"})(x);
  x = layers::DepthwiseConv2D(
      3,
      {.strides = stride, .padding = stride == 1 ? "same" : "valid", .use_bias = false, .name = prefix + "depthwise"})(
      x);
  x = relu6(normalized(x, prefix + "depthwise_BN"), prefix + "depthwise_relu");
  x = Conv2D(filters, 1, {.padding = "same", .use_bias = false, .name = prefix + "project"})(x);
  x = normalized(x, prefix + "project_BN");
  if (stride == 1 && filters == channels(input)) x = layers::Add({.name = prefix + "add"})({input, x});
  return x;
}

std::string address(const MobileNetV2Options& o, bool top) {
  std::int64_t rows = 224;
  if (o.input_shape && o.input_shape->rank() == 3 && (*o.input_shape)[0] > 0) rows = (*o.input_shape)[0];
  return cat(kKerasFiles, "mobilenet_v2/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_", dump_json(o.alpha), "_",
             rows, top ? ".h5" : "_no_top.h5");
}

}  // namespace

Model MobileNetV2(const MobileNetV2Options& o) {
  Architecture a(request_of("MobileNetV2", o, ""), address(o, true), address(o, false));
  if (!(o.alpha > 0)) a.fail(cat("alpha=", o.alpha), "a number > 0");
  const Shape image = a.image_shape(224, 32);
  a.name_unless_given(sized_name("mobilenetv2", o.alpha, image));
  KerasTensor x = a.begin(image);
  x = Conv2D(to_eights(32 * o.alpha), 3, {.strides = 2, .padding = "same", .use_bias = false, .name = "Conv1"})(x);
  x = relu6(normalized(x, "bn_Conv1"), "Conv1_relu");
  int id = 0;
  for (const Stage& stage : kStages) {
    const auto scaled = static_cast<std::int64_t>(static_cast<double>(stage.filters) * o.alpha);
    for (int i = 0; i < stage.blocks; ++i)
      x = inverted_residual(x, to_eights(static_cast<double>(scaled)), i == 0 ? stage.stride : 1, id++);
  }
  x = Conv2D(o.alpha > 1.0 ? to_eights(1280 * o.alpha) : 1280, 1, {.use_bias = false, .name = "Conv_1"})(x);
  x = relu6(normalized(x, "Conv_1_bn"), "out_relu");
  return a.finish(a.head(x, {.top_pool = "", .named_pooling = false}));
}

}  // namespace cornu::applications
