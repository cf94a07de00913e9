// EfficientNetV2: the early stages are full convolutions, and each size has its table.
#include <cmath>
#include <vector>

#include "cornu/applications/efficientnet_blocks.h"
#include "cornu/initializers/initializers.h"
#include "cornu/layers/core/dense.h"
#include "cornu/layers/pooling/global_pooling.h"
#include "cornu/layers/preprocessing/normalization.h"
#include "cornu/layers/preprocessing/rescaling.h"
#include "cornu/layers/regularization/dropout.h"

namespace cornu::applications {
namespace {

using namespace efficientnet_blocks;

struct Stage {
  int repeats, filters_in, filters_out;
  std::int64_t expand_ratio, strides;
  bool fused;  // else with squeeze-and-excite of a quarter
};
struct Variant {
  const char* builder;
  const char* name;
  double width, depth;
  std::int64_t size;
  const std::vector<Stage>& stages;
  bool is_base;  // B0 to B3 normalize their input as ImageNet's pictures
};
constexpr double kDropRate = 0.2;  // of the last block; it grows from 0

const std::vector<Stage>& base() {
  static const std::vector<Stage> stages{{1, 32, 16, 1, 1, true},   {2, 16, 32, 4, 2, true},
                                         {2, 32, 48, 4, 2, true},   {3, 48, 96, 4, 2, false},
                                         {5, 96, 112, 6, 1, false}, {8, 112, 192, 6, 2, false}};
  return stages;
}

const std::vector<Stage>& s() {
  static const std::vector<Stage> stages{{2, 24, 24, 1, 1, true},    {4, 24, 48, 4, 2, true},
                                         {4, 48, 64, 4, 2, true},    {6, 64, 128, 4, 2, false},
                                         {9, 128, 160, 6, 1, false}, {15, 160, 256, 6, 2, false}};
  return stages;
}

const std::vector<Stage>& m() {
  static const std::vector<Stage> stages{
      {3, 24, 24, 1, 1, true},     {5, 24, 48, 4, 2, true},     {5, 48, 80, 4, 2, true},   {7, 80, 160, 4, 2, false},
      {14, 160, 176, 6, 1, false}, {18, 176, 304, 6, 2, false}, {5, 304, 512, 6, 1, false}};
  return stages;
}

const std::vector<Stage>& l() {
  static const std::vector<Stage> stages{
      {4, 32, 32, 1, 1, true},     {7, 32, 64, 4, 2, true},     {7, 64, 96, 4, 2, true},   {10, 96, 192, 4, 2, false},
      {19, 192, 224, 6, 1, false}, {25, 224, 384, 6, 2, false}, {7, 384, 640, 6, 1, false}};
  return stages;
}

// As to_eights, but it may fall below 90 %.
std::int64_t rounded(double filters) {
  return std::max<std::int64_t>(8, static_cast<std::int64_t>(filters + 4) / 8 * 8);
}

KerasTensor preprocessed(const KerasTensor& x, const Variant& v) {
  if (!v.is_base || channels(x) != 3) return layers::Rescaling(1.0 / 128.0, {.offset = -1})(x);
  const KerasTensor y = layers::Rescaling(1.0 / 255)(x);
  return layers::Normalization({.axis = AxisList{3},
                                .mean = {0.485, 0.456, 0.406},
                                .variance = {std::pow(0.229, 2), std::pow(0.224, 2), std::pow(0.225, 2)}})(y);
}

KerasTensor stages(KerasTensor x, const Variant& v, Block b) {
  int blocks = 0, done = 0;
  for (const Stage& stage : v.stages) blocks += stage.repeats;  // Keras counts before it makes the model deeper
  for (std::size_t i = 0; i < v.stages.size(); ++i) {
    const Stage& stage = v.stages[i];
    b.filters_in = rounded(stage.filters_in * v.width);
    b.filters_out = rounded(stage.filters_out * v.width);
    b.kernel_size = 3;
    b.strides = stage.strides;
    b.expand_ratio = stage.expand_ratio;
    b.squeeze_ratio = stage.fused ? 0.0 : 0.25;
    const int repeats = static_cast<int>(std::ceil(v.depth * stage.repeats));
    for (int j = 0; j < repeats; ++j) {
      b.prefix = cat("block", i + 1, static_cast<char>('a' + j), "_");
      b.drop_rate = kDropRate * done++ / blocks;
      x = stage.fused ? fused_mb_conv(x, b) : mb_conv(x, b);
      b.strides = 1;
      b.filters_in = b.filters_out;
    }
  }
  return x;
}

// Unlike the others' it says how its bias begins.
KerasTensor head(KerasTensor x, const Architecture& a) {
  if (!a.include_top()) return a.pooled(x, true);
  x = layers::GlobalAveragePooling2D({.name = "avg_pool"})(x);
  x = layers::Dropout(0.2, {.name = "top_dropout"})(x);
  return layers::Dense(a.classes(), {.activation = a.classifier_activation(),
                                     .kernel_initializer = dense_initializer(),
                                     .bias_initializer = initializers::Constant(0.0),
                                     .name = "predictions"})(x);
}

Model build(const Variant& v, const EfficientNetV2Options& o) {
  const std::string file = cat(kKerasFiles, "efficientnet_v2/", v.name);
  Architecture a(request_of(v.builder, o, v.name), file + ".h5", file + "_notop.h5");
  Block b;
  b.momentum = 0.9;
  KerasTensor x = a.begin(v.size, 32);
  if (o.include_preprocessing) x = preprocessed(x, v);
  x = conv(x, rounded(v.stages[0].filters_in * v.width), 3, 2, "stem_conv");
  x = swish(normalized(x, b, "stem_bn"), "stem_activation");
  x = stages(x, v, b);
  x = conv(x, rounded(1280 * v.width), 1, 1, "top_conv");
  x = swish(normalized(x, b, "top_bn"), "top_activation");
  return a.finish(head(x, a));
}

}  // namespace

Model EfficientNetV2B0(const EfficientNetV2Options& o) {
  return build({"EfficientNetV2B0", "efficientnetv2-b0", 1.0, 1.0, 224, base(), true}, o);
}
Model EfficientNetV2B1(const EfficientNetV2Options& o) {
  return build({"EfficientNetV2B1", "efficientnetv2-b1", 1.0, 1.1, 240, base(), true}, o);
}
Model EfficientNetV2B2(const EfficientNetV2Options& o) {
  return build({"EfficientNetV2B2", "efficientnetv2-b2", 1.1, 1.2, 260, base(), true}, o);
}
Model EfficientNetV2B3(const EfficientNetV2Options& o) {
  return build({"EfficientNetV2B3", "efficientnetv2-b3", 1.2, 1.4, 300, base(), true}, o);
}
Model EfficientNetV2S(const EfficientNetV2Options& o) {
  return build({"EfficientNetV2S", "efficientnetv2-s", 1.0, 1.0, 384, s(), false}, o);
}
Model EfficientNetV2M(const EfficientNetV2Options& o) {
  return build({"EfficientNetV2M", "efficientnetv2-m", 1.0, 1.0, 480, m(), false}, o);
}
Model EfficientNetV2L(const EfficientNetV2Options& o) {
  return build({"EfficientNetV2L", "efficientnetv2-l", 1.0, 1.0, 480, l(), false}, o);
}

}  // namespace cornu::applications
