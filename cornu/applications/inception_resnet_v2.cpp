// InceptionResNetV2: Inception's branches with the input going around them. Layers are numbered, so their order is
// Keras's.
#include "cornu/applications/inception_blocks.h"
#include "cornu/layers/applications/custom_scale_layer.h"
#include "cornu/layers/convolutional/conv.h"
#include "cornu/layers/normalization/batch_normalization.h"

namespace cornu::applications {
namespace {

using namespace inception;

std::vector<KerasTensor> branches_35(const KerasTensor& x) {
  const KerasTensor one = branch(x, {{32, 1, 1}});
  const KerasTensor three = branch(x, {{32, 1, 1}, {32, 3, 3}});
  return {one, three, branch(x, {{32, 1, 1}, {48, 3, 3}, {64, 3, 3}})};
}

std::vector<KerasTensor> branches_17(const KerasTensor& x) {
  const KerasTensor one = branch(x, {{192, 1, 1}});
  return {one, branch(x, {{128, 1, 1}, {160, 1, 7}, {192, 7, 1}})};
}

std::vector<KerasTensor> branches_8(const KerasTensor& x) {
  const KerasTensor one = branch(x, {{192, 1, 1}});
  return {one, branch(x, {{192, 1, 1}, {224, 1, 3}, {256, 3, 1}})};
}

// x + scale * (the branches, brought to the channels of x).
KerasTensor residual(const KerasTensor& x, const std::vector<KerasTensor>& branches, double scale, bool active,
                     const std::string& name) {
  const KerasTensor mixed = joined(branches, name + "_mixed");
  const KerasTensor up = layers::Conv2D(channels(x), 1, {.padding = "same", .name = name + "_conv"})(mixed);
  const KerasTensor y = layers::CustomScaleLayer(scale)({x, up});
  return active ? relu(y, name + "_ac") : y;
}

KerasTensor mixed_5b(const KerasTensor& x) {
  const KerasTensor one = branch(x, {{96, 1, 1}});
  const KerasTensor five = branch(x, {{48, 1, 1}, {64, 5, 5}});
  const KerasTensor three = branch(x, {{64, 1, 1}, {96, 3, 3}, {96, 3, 3}});
  return joined({one, five, three, pooled_branch(x, 64)}, "mixed_5b");
}

KerasTensor mixed_6a(const KerasTensor& x) {
  const KerasTensor one = branch(x, {{384, 3, 3, 2, true}});
  const KerasTensor three = branch(x, {{256, 1, 1}, {256, 3, 3}, {384, 3, 3, 2, true}});
  return joined({one, three, halved(x)}, "mixed_6a");
}

KerasTensor mixed_7a(const KerasTensor& x) {
  const KerasTensor first = branch(x, {{256, 1, 1}, {384, 3, 3, 2, true}});
  const KerasTensor second = branch(x, {{256, 1, 1}, {288, 3, 3, 2, true}});
  const KerasTensor third = branch(x, {{256, 1, 1}, {288, 3, 3}, {320, 3, 3, 2, true}});
  return joined({first, second, third, halved(x)}, "mixed_7a");
}

// The last convolution has a name.
KerasTensor conv_7b(KerasTensor x) {
  x = layers::Conv2D(1536, 1, {.padding = "same", .use_bias = false, .name = "conv_7b"})(x);
  x = layers::BatchNormalization({.axis = 3, .scale = false, .name = "conv_7b_bn"})(x);
  return relu(x, "conv_7b_ac");
}

}  // namespace

Model InceptionResNetV2(const ApplicationOptions& o) {
  const std::string file =
      cat(kKerasFiles, "inception_resnet_v2/inception_resnet_v2_weights_tf_dim_ordering_tf_kernels");
  Architecture a(request_of("InceptionResNetV2", o, "inception_resnet_v2"), file + ".h5", file + "_notop.h5");
  KerasTensor x = a.begin(299, 75);
  x = halved(branch(x, {{32, 3, 3, 2, true}, {32, 3, 3, 1, true}, {64, 3, 3}}));
  x = halved(branch(x, {{80, 1, 1, 1, true}, {192, 3, 3, 1, true}}));
  x = mixed_5b(x);
  for (int i = 1; i <= 10; ++i) x = residual(x, branches_35(x), 0.17, true, cat("block35_", i));
  x = mixed_6a(x);
  for (int i = 1; i <= 20; ++i) x = residual(x, branches_17(x), 0.1, true, cat("block17_", i));
  x = mixed_7a(x);
  for (int i = 1; i <= 9; ++i) x = residual(x, branches_8(x), 0.2, true, cat("block8_", i));
  x = residual(x, branches_8(x), 1.0, false, "block8_10");
  return a.finish(a.head(conv_7b(x), {.named_pooling = false}));
}

}  // namespace cornu::applications
