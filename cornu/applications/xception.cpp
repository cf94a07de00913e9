// Xception: separable convolutions, with the input going around groups of them.
#include "cornu/applications/architecture.h"
#include "cornu/layers/convolutional/conv.h"
#include "cornu/layers/convolutional/separable_conv.h"
#include "cornu/layers/merging/elementwise.h"
#include "cornu/layers/normalization/batch_normalization.h"
#include "cornu/layers/pooling/pooling.h"

namespace cornu::applications {
namespace {

using layers::Conv2D;

KerasTensor normalized(const KerasTensor& x, const std::string& name = "") {
  return layers::BatchNormalization({.name = name})(x);
}

KerasTensor separable(const KerasTensor& x, std::int64_t filters, const std::string& name) {
  return normalized(layers::SeparableConv2D(filters, 3, {.padding = "same", .use_bias = false, .name = name})(x),
                    name + "_bn");
}

KerasTensor shortcut(const KerasTensor& x, std::int64_t filters) {
  return normalized(Conv2D(filters, 1, {.strides = 2, .padding = "same", .use_bias = false})(x));
}

// Two separable convolutions and a pooling, which halves the image. The first block begins with the convolution.
KerasTensor entry_block(const KerasTensor& x, std::int64_t middle, std::int64_t filters, bool active,
                        const std::string& prefix) {
  const KerasTensor residual = shortcut(x, filters);
  KerasTensor y = active ? relu(x, prefix + "_sepconv1_act") : x;
  y = relu(separable(y, middle, prefix + "_sepconv1"), prefix + "_sepconv2_act");
  y = separable(y, filters, prefix + "_sepconv2");
  y = layers::MaxPooling2D(3, {.strides = 2, .padding = "same", .name = prefix + "_pool"})(y);
  return layers::Add()({y, residual});
}

KerasTensor middle_block(const KerasTensor& x, const std::string& prefix) {
  KerasTensor y = x;
  for (int i = 1; i <= 3; ++i) {
    const std::string name = cat(prefix, "_sepconv", i);
    y = separable(relu(y, name + "_act"), 728, name);
  }
  return layers::Add()({y, x});
}

}  // namespace

Model Xception(const ApplicationOptions& o) {
  const std::string file = cat(kKerasFiles, "xception/xception_weights_tf_dim_ordering_tf_kernels");
  Architecture a(request_of("Xception", o, "xception"), file + ".h5", file + "_notop.h5");
  KerasTensor x = a.begin(299, 71);
  x = Conv2D(32, 3, {.strides = 2, .use_bias = false, .name = "block1_conv1"})(x);
  x = relu(normalized(x, "block1_conv1_bn"), "block1_conv1_act");
  x = Conv2D(64, 3, {.use_bias = false, .name = "block1_conv2"})(x);
  x = relu(normalized(x, "block1_conv2_bn"), "block1_conv2_act");
  x = entry_block(x, 128, 128, false, "block2");
  x = entry_block(x, 256, 256, true, "block3");
  x = entry_block(x, 728, 728, true, "block4");
  for (int i = 5; i <= 12; ++i) x = middle_block(x, cat("block", i));
  x = entry_block(x, 728, 1024, true, "block13");
  x = relu(separable(x, 1536, "block14_sepconv1"), "block14_sepconv1_act");
  x = relu(separable(x, 2048, "block14_sepconv2"), "block14_sepconv2_act");
  return a.finish(a.head(x, {.named_pooling = false}));
}

}  // namespace cornu::applications
