// ConvNeXt: depthwise convolutions of 7x7 and two dense layers, in four stages.
#include <array>

#include "cornu/applications/architecture.h"
#include "cornu/layers/applications/layer_scale.h"
#include "cornu/layers/convolutional/conv.h"
#include "cornu/layers/core/activation.h"
#include "cornu/layers/core/dense.h"
#include "cornu/layers/normalization/layer_normalization.h"
#include "cornu/layers/pooling/global_pooling.h"
#include "cornu/layers/preprocessing/normalization.h"

namespace cornu::applications {
namespace {

using layers::Conv2D;
using layers::Dense;
constexpr double kEpsilon = 1e-6;

Layer layer_norm(const std::string& name = "") {
  return layers::LayerNormalization({.epsilon = kEpsilon, .name = name});
}

// As Keras's: the pixels are not rescaled, so the moments of ImageNet's pictures are.
KerasTensor prestem(const KerasTensor& x, const std::string& name) {
  const auto variance = [](double deviation) { return (deviation * 255) * (deviation * 255); };
  return layers::Normalization({.mean = {0.485 * 255, 0.456 * 255, 0.406 * 255},
                                .variance = {variance(0.229), variance(0.224), variance(0.225)},
                                .name = name + "_prestem_normalization"})(x);
}

KerasTensor block(const KerasTensor& input, std::int64_t filters, const std::string& name) {
  KerasTensor x = Conv2D(filters, 7, {.padding = "same", .groups = filters, .name = name + "_depthwise_conv"})(input);
  x = layer_norm(name + "_layernorm")(x);
  x = Dense(4 * filters, {.name = name + "_pointwise_conv_1"})(x);
  x = layers::Activation("gelu", {.name = name + "_gelu"})(x);
  x = Dense(filters, {.name = name + "_pointwise_conv_2"})(x);
  x = layers::LayerScale(1e-6, filters, {.name = name + "_layer_scale"})(x);
  // Keras drops whole samples here, at a rate that is 0 in all sizes.
  x = layers::Activation("linear", {.name = name + "_identity"})(x);
  return input + x;
}

// The stem, then one halving in front of each further stage. Keras makes all before it calls the first.
std::vector<Sequential> downsamplers(const std::array<std::int64_t, 4>& filters, const std::string& name) {
  std::vector<Sequential> out;
  out.push_back(Sequential(
      {Conv2D(filters[0], 4, {.strides = 4, .name = name + "_stem_conv"}), layer_norm(name + "_stem_layernorm")},
      name + "_stem"));
  for (std::size_t i = 0; i < 3; ++i)
    out.push_back(Sequential({layer_norm(cat(name, "_downsampling_layernorm_", i)),
                              Conv2D(filters[i + 1], 2, {.strides = 2, .name = cat(name, "_downsampling_conv_", i)})},
                             cat(name, "_downsampling_block_", i)));
  return out;
}

KerasTensor head(KerasTensor x, const Architecture& a) {
  if (!a.include_top()) return layer_norm()(a.pooled(x, false));
  x = layers::GlobalAveragePooling2D({.name = a.name() + "_head_gap"})(x);
  x = layer_norm(a.name() + "_head_layernorm")(x);
  return Dense(a.classes(), {.activation = a.classifier_activation(), .name = a.name() + "_head_dense"})(x);
}

Model build(const char* builder, const std::string& name, const std::array<int, 4>& depths, std::int64_t width,
            const ConvNeXtOptions& o) {
  const std::string file = cat(kKerasFiles, "convnext/", name);
  Architecture a(request_of(builder, o, name), file + ".h5", file + "_notop.h5");
  KerasTensor x = a.begin(224, 32);
  if (o.include_preprocessing && channels(x) == 3) x = prestem(x, a.name());
  const std::array filters{width, 2 * width, 4 * width, 8 * width};
  const std::vector<Sequential> down = downsamplers(filters, a.name());
  for (std::size_t i = 0; i < filters.size(); ++i) {
    x = down[i](x);
    for (int j = 0; j < depths[i]; ++j) x = block(x, filters[i], cat(a.name(), "_stage_", i, "_block_", j));
  }
  return a.finish(head(x, a));
}

}  // namespace

Model ConvNeXtTiny(const ConvNeXtOptions& o) { return build("ConvNeXtTiny", "convnext_tiny", {3, 3, 9, 3}, 96, o); }
Model ConvNeXtSmall(const ConvNeXtOptions& o) { return build("ConvNeXtSmall", "convnext_small", {3, 3, 27, 3}, 96, o); }
Model ConvNeXtBase(const ConvNeXtOptions& o) { return build("ConvNeXtBase", "convnext_base", {3, 3, 27, 3}, 128, o); }
Model ConvNeXtLarge(const ConvNeXtOptions& o) {
  return build("ConvNeXtLarge", "convnext_large", {3, 3, 27, 3}, 192, o);
}
Model ConvNeXtXLarge(const ConvNeXtOptions& o) {
  return build("ConvNeXtXLarge", "convnext_xlarge", {3, 3, 27, 3}, 256, o);
}

}  // namespace cornu::applications
