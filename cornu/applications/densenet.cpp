// DenseNet: each convolution sees all feature maps before it.
#include <array>

#include "cornu/applications/architecture.h"
#include "cornu/layers/convolutional/conv.h"
#include "cornu/layers/merging/concatenate.h"
#include "cornu/layers/normalization/batch_normalization.h"
#include "cornu/layers/pooling/pooling.h"
#include "cornu/layers/reshaping/zero_padding.h"

namespace cornu::applications {
namespace {

using layers::Conv2D;
constexpr std::int64_t kGrowth = 32;

KerasTensor active(const KerasTensor& x, const std::string& prefix) {
  return relu(layers::BatchNormalization({.axis = 3, .epsilon = 1.001e-5, .name = prefix + "bn"})(x), prefix + "relu");
}

KerasTensor conv_block(const KerasTensor& x, const std::string& name) {
  KerasTensor y = active(x, name + "_0_");
  y = Conv2D(4 * kGrowth, 1, {.use_bias = false, .name = name + "_1_conv"})(y);
  y = active(y, name + "_1_");
  y = Conv2D(kGrowth, 3, {.padding = "same", .use_bias = false, .name = name + "_2_conv"})(y);
  return layers::Concatenate({.axis = 3, .name = name + "_concat"})({x, y});
}

// Half as many feature maps, of half the size.
KerasTensor transition_block(const KerasTensor& x, const std::string& name) {
  KerasTensor y = active(x, name + "_");
  y = Conv2D(channels(y) / 2, 1, {.use_bias = false, .name = name + "_conv"})(y);
  return layers::AveragePooling2D(2, {.strides = 2, .name = name + "_pool"})(y);
}

Model build(const char* builder, const std::string& name, const std::array<int, 4>& blocks,
            const ApplicationOptions& options) {
  const std::string file = cat(kKerasFiles, "densenet/", name, "_weights_tf_dim_ordering_tf_kernels");
  Architecture a(request_of(builder, options, name), file + ".h5", file + "_notop.h5");
  KerasTensor x = a.begin(224, 32);
  x = layers::ZeroPadding2D(3)(x);
  x = Conv2D(64, 7, {.strides = 2, .use_bias = false, .name = "conv1_conv"})(x);
  x = active(x, "conv1_");
  x = layers::ZeroPadding2D(1)(x);
  x = layers::MaxPooling2D(3, {.strides = 2, .name = "pool1"})(x);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (i > 0) x = transition_block(x, cat("pool", i + 1));
    for (int j = 1; j <= blocks[i]; ++j) x = conv_block(x, cat("conv", i + 2, "_block", j));
  }
  return a.finish(a.head(active(x, "")));
}

}  // namespace

Model DenseNet121(const ApplicationOptions& o) { return build("DenseNet121", "densenet121", {6, 12, 24, 16}, o); }
Model DenseNet169(const ApplicationOptions& o) { return build("DenseNet169", "densenet169", {6, 12, 32, 32}, o); }
Model DenseNet201(const ApplicationOptions& o) { return build("DenseNet201", "densenet201", {6, 12, 48, 32}, o); }

}  // namespace cornu::applications
