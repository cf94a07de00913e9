// ResNet and ResNet V2: stacks of bottleneck blocks around which the input goes. V2 normalizes before it convolves.
#include <array>

#include "cornu/applications/architecture.h"
#include "cornu/layers/convolutional/conv.h"
#include "cornu/layers/merging/elementwise.h"
#include "cornu/layers/normalization/batch_normalization.h"
#include "cornu/layers/pooling/pooling.h"
#include "cornu/layers/reshaping/zero_padding.h"

namespace cornu::applications {
namespace {

using layers::Conv2D;

KerasTensor normalized(const KerasTensor& x, const std::string& name) {
  return layers::BatchNormalization({.axis = 3, .epsilon = 1.001e-5, .name = name})(x);
}

KerasTensor block_v1(const KerasTensor& input, std::int64_t filters, std::int64_t stride, bool conv_shortcut,
                     const std::string& name) {
  KerasTensor shortcut = input;
  if (conv_shortcut) {
    shortcut = Conv2D(4 * filters, 1, {.strides = stride, .name = name + "_0_conv"})(input);
    shortcut = normalized(shortcut, name + "_0_bn");
  }
  KerasTensor x = Conv2D(filters, 1, {.strides = stride, .name = name + "_1_conv"})(input);
  x = relu(normalized(x, name + "_1_bn"), name + "_1_relu");
  x = Conv2D(filters, 3, {.padding = "same", .name = name + "_2_conv"})(x);
  x = relu(normalized(x, name + "_2_bn"), name + "_2_relu");
  x = Conv2D(4 * filters, 1, {.name = name + "_3_conv"})(x);
  x = normalized(x, name + "_3_bn");
  x = layers::Add({.name = name + "_add"})({shortcut, x});
  return relu(x, name + "_out");
}

KerasTensor block_v2(const KerasTensor& input, std::int64_t filters, std::int64_t stride, bool conv_shortcut,
                     const std::string& name) {
  const KerasTensor active = relu(normalized(input, name + "_preact_bn"), name + "_preact_relu");
  KerasTensor shortcut = input;
  if (conv_shortcut)
    shortcut = Conv2D(4 * filters, 1, {.strides = stride, .name = name + "_0_conv"})(active);
  else if (stride > 1)
    shortcut = layers::MaxPooling2D(1, {.strides = stride})(input);
  KerasTensor x = Conv2D(filters, 1, {.use_bias = false, .name = name + "_1_conv"})(active);
  x = relu(normalized(x, name + "_1_bn"), name + "_1_relu");
  x = layers::ZeroPadding2D(1, {.name = name + "_2_pad"})(x);
  x = Conv2D(filters, 3, {.strides = stride, .use_bias = false, .name = name + "_2_conv"})(x);
  x = relu(normalized(x, name + "_2_bn"), name + "_2_relu");
  x = Conv2D(4 * filters, 1, {.name = name + "_3_conv"})(x);
  return layers::Add({.name = name + "_out"})({shortcut, x});
}

// V1 halves the image in the first block of a stack, V2 in the last one.
KerasTensor stack(KerasTensor x, int version, std::int64_t filters, int blocks, std::int64_t stride,
                  const std::string& name) {
  for (int i = 1; i <= blocks; ++i) {
    const std::string block = cat(name, "_block", i);
    x = version == 1 ? block_v1(x, filters, i == 1 ? stride : 1, i == 1, block)
                     : block_v2(x, filters, i == blocks ? stride : 1, i == 1, block);
  }
  return x;
}

Model build(const char* builder, const std::string& name, int version, const std::array<int, 4>& blocks,
            const ApplicationOptions& options) {
  const std::string file = cat(kKerasFiles, "resnet/", name, "_weights_tf_dim_ordering_tf_kernels");
  Architecture a(request_of(builder, options, name), file + ".h5", file + "_notop.h5");
  KerasTensor x = a.begin(224, 32);
  x = layers::ZeroPadding2D(3, {.name = "conv1_pad"})(x);
  x = Conv2D(64, 7, {.strides = 2, .name = "conv1_conv"})(x);
  if (version == 1) x = relu(normalized(x, "conv1_bn"), "conv1_relu");
  x = layers::ZeroPadding2D(1, {.name = "pool1_pad"})(x);
  x = layers::MaxPooling2D(3, {.strides = 2, .name = "pool1_pool"})(x);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const bool keeps_size = version == 1 ? i == 0 : i + 1 == blocks.size();
    x = stack(x, version, std::int64_t{64} << i, blocks[i], keeps_size ? 1 : 2, cat("conv", i + 2));
  }
  if (version == 2) x = relu(normalized(x, "post_bn"), "post_relu");
  return a.finish(a.head(x));
}

}  // namespace

Model ResNet50(const ApplicationOptions& o) { return build("ResNet50", "resnet50", 1, {3, 4, 6, 3}, o); }
Model ResNet101(const ApplicationOptions& o) { return build("ResNet101", "resnet101", 1, {3, 4, 23, 3}, o); }
Model ResNet152(const ApplicationOptions& o) { return build("ResNet152", "resnet152", 1, {3, 8, 36, 3}, o); }
Model ResNet50V2(const ApplicationOptions& o) { return build("ResNet50V2", "resnet50v2", 2, {3, 4, 6, 3}, o); }
Model ResNet101V2(const ApplicationOptions& o) { return build("ResNet101V2", "resnet101v2", 2, {3, 4, 23, 3}, o); }
Model ResNet152V2(const ApplicationOptions& o) { return build("ResNet152V2", "resnet152v2", 2, {3, 8, 36, 3}, o); }

}  // namespace cornu::applications
