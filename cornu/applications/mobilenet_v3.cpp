// MobileNetV3: inverted residuals with squeeze-and-excite and hard swish.
#include <vector>

#include "cornu/applications/architecture.h"
#include "cornu/core/json.h"
#include "cornu/layers/activations/relu.h"
#include "cornu/layers/convolutional/conv.h"
#include "cornu/layers/convolutional/depthwise_conv.h"
#include "cornu/layers/core/activation.h"
#include "cornu/layers/merging/elementwise.h"
#include "cornu/layers/normalization/batch_normalization.h"
#include "cornu/layers/pooling/global_pooling.h"
#include "cornu/layers/preprocessing/rescaling.h"
#include "cornu/layers/regularization/dropout.h"
#include "cornu/layers/reshaping/flatten.h"
#include "cornu/layers/reshaping/zero_padding.h"

namespace cornu::applications {
namespace {

using layers::Conv2D;

// The minimalistic form has kernels of 3, no squeezing and plain relu everywhere.
struct Row {
  double expansion;
  int filters;
  std::int64_t kernel_size, stride;
  bool squeezes;
  bool hard_swish;
};
struct Variant {
  const char* builder;
  const char* size;
  int last_filters;
  std::vector<Row> rows;
};

const Variant& small() {
  static const Variant variant{"MobileNetV3Small",
                               "small",
                               1024,
                               {{1, 16, 3, 2, true, false},
                                {72.0 / 16, 24, 3, 2, false, false},
                                {88.0 / 24, 24, 3, 1, false, false},
                                {4, 40, 5, 2, true, true},
                                {6, 40, 5, 1, true, true},
                                {6, 40, 5, 1, true, true},
                                {3, 48, 5, 1, true, true},
                                {3, 48, 5, 1, true, true},
                                {6, 96, 5, 2, true, true},
                                {6, 96, 5, 1, true, true},
                                {6, 96, 5, 1, true, true}}};
  return variant;
}

const Variant& large() {
  static const Variant variant{"MobileNetV3Large",
                               "large",
                               1280,
                               {{1, 16, 3, 1, false, false},
                                {4, 24, 3, 2, false, false},
                                {3, 24, 3, 1, false, false},
                                {3, 40, 5, 2, true, false},
                                {3, 40, 5, 1, true, false},
                                {3, 40, 5, 1, true, false},
                                {6, 80, 3, 2, false, true},
                                {2.5, 80, 3, 1, false, true},
                                {2.3, 80, 3, 1, false, true},
                                {2.3, 80, 3, 1, false, true},
                                {6, 112, 3, 1, true, true},
                                {6, 112, 3, 1, true, true},
                                {6, 160, 5, 2, true, true},
                                {6, 160, 5, 1, true, true},
                                {6, 160, 5, 1, true, true}}};
  return variant;
}

KerasTensor normalized(const KerasTensor& x, const std::string& name) {
  return layers::BatchNormalization({.momentum = 0.999, .epsilon = 0.001, .name = name})(x);
}

KerasTensor active(const KerasTensor& x, bool hard_swish) {
  return hard_swish ? layers::Activation("hard_swish")(x) : layers::ReLU()(x);
}

KerasTensor squeeze_and_excite(const KerasTensor& input, std::int64_t filters, const std::string& prefix) {
  const std::string name = prefix + "squeeze_excite_";
  KerasTensor x = layers::GlobalAveragePooling2D({.keepdims = true, .name = name + "avg_pool"})(input);
  x = Conv2D(to_eights(static_cast<double>(filters) * 0.25), 1, {.padding = "same", .name = name + "conv"})(x);
  x = layers::ReLU({.name = name + "relu"})(x);
  x = Conv2D(filters, 1, {.padding = "same", .name = name + "conv_1"})(x);
  x = layers::ReLU({.max_value = 6.0})(x + 3.0) * (1.0 / 6.0);
  return layers::Multiply({.name = name + "mul"})({input, x});
}

KerasTensor inverted_residual(const KerasTensor& input, const Row& row, std::int64_t filters, int id) {
  const std::string prefix = id == 0 ? "expanded_conv_" : cat("expanded_conv_", id, "_");
  const std::int64_t wide = to_eights(static_cast<double>(channels(input)) * row.expansion);
  KerasTensor x = input;
  if (id > 0) {
    x = Conv2D(wide, 1, {.padding = "same", .use_bias = false, .name = prefix + "expand"})(x);
    x = active(normalized(x, prefix + "expand_bn"), row.hard_swish);
  }
  if (row.stride == 2)
    x = layers::ZeroPadding2D(correct_pad(x, row.kernel_size), {.name = prefix + "depthwise_pad"})(x);
  x = layers::DepthwiseConv2D(row.kernel_size, {.strides = row.stride,
                                                .padding = row.stride == 1 ? "same" : "valid",
                                                .use_bias = false,
                                                .name = prefix + "depthwise"})(x);
  x = active(normalized(x, prefix + "depthwise_bn"), row.hard_swish);
  if (row.squeezes) x = squeeze_and_excite(x, wide, prefix);
  x = Conv2D(filters, 1, {.padding = "same", .use_bias = false, .name = prefix + "project"})(x);
  x = normalized(x, prefix + "project_bn");
  if (row.stride == 1 && channels(input) == filters) x = layers::Add({.name = prefix + "add"})({input, x});
  return x;
}

KerasTensor classifier(KerasTensor x, const Architecture& a, std::int64_t filters, const MobileNetV3Options& o) {
  x = layers::GlobalAveragePooling2D({.keepdims = true})(x);
  x = Conv2D(filters, 1, {.padding = "same", .name = "conv_2"})(x);
  x = active(x, !o.minimalistic);
  if (o.dropout_rate > 0) x = layers::Dropout(o.dropout_rate)(x);
  x = Conv2D(o.classes, 1, {.padding = "same", .name = "logits"})(x);
  x = layers::Flatten()(x);
  return layers::Activation(a.classifier_activation(), {.name = "predictions"})(x);
}

// Unlike the other architectures it takes images of any size with the top, too.
Shape image_shape(const Architecture& a, const MobileNetV3Options& o) {
  if (!o.input_shape && o.input_tensor) {
    const Shape& given = o.input_tensor.shape();
    return given.rank() == 4 ? given.slice(1, 4) : given;
  }
  const Shape shape = o.input_shape ? Shape(*o.input_shape) : Shape{-1, -1, 3};
  if (shape.rank() != 3) a.fail(cat("input_shape=", shape), "(height, width, channels)");
  if (shape[0] > 0 && shape[1] > 0 && (shape[0] < 32 || shape[1] < 32))
    a.fail(cat("input_shape=", shape), "an image of at least 32 x 32");
  return shape;
}

std::string address(const Variant& variant, const MobileNetV3Options& o) {
  return cat(kKerasFiles, "mobilenet_v3/weights_mobilenet_v3_", variant.size, o.minimalistic ? "_minimalistic" : "",
             "_224_", dump_json(o.alpha), "_float");
}

Model build(const Variant& variant, const MobileNetV3Options& o) {
  Architecture a(request_of(variant.builder, o, variant.builder), address(variant, o) + ".h5",
                 address(variant, o) + "_no_top_v2.h5");
  if (!(o.alpha > 0)) a.fail(cat("alpha=", o.alpha), "a number > 0");
  KerasTensor x = a.begin(image_shape(a, o));
  if (o.include_preprocessing) x = layers::Rescaling(1.0 / 127.5, {.offset = -1.0})(x);
  x = Conv2D(16, 3, {.strides = 2, .padding = "same", .use_bias = false, .name = "conv"})(x);
  x = active(normalized(x, "conv_bn"), !o.minimalistic);
  for (std::size_t i = 0; i < variant.rows.size(); ++i) {
    Row row = variant.rows[i];
    if (o.minimalistic) row = {row.expansion, row.filters, 3, row.stride, false, false};
    x = inverted_residual(x, row, to_eights(row.filters * o.alpha), static_cast<int>(i));
  }
  x = Conv2D(to_eights(static_cast<double>(channels(x) * 6)), 1,
             {.padding = "same", .use_bias = false, .name = "conv_1"})(x);
  x = active(normalized(x, "conv_1_bn"), !o.minimalistic);
  if (!a.include_top()) return a.finish(a.pooled(x, true));
  const std::int64_t last = o.alpha > 1.0 ? to_eights(variant.last_filters * o.alpha) : variant.last_filters;
  return a.finish(classifier(x, a, last, o));
}

}  // namespace

Model MobileNetV3Small(const MobileNetV3Options& o) { return build(small(), o); }
Model MobileNetV3Large(const MobileNetV3Options& o) { return build(large(), o); }

}  // namespace cornu::applications
