// EfficientNet B0 to B7: one table of stages, made wider and deeper.
#include <array>
#include <cmath>

#include "cornu/applications/efficientnet_blocks.h"
#include "cornu/layers/convolutional/conv.h"
#include "cornu/layers/preprocessing/normalization.h"
#include "cornu/layers/preprocessing/rescaling.h"
#include "cornu/layers/reshaping/zero_padding.h"

namespace cornu::applications {
namespace {

using namespace efficientnet_blocks;

struct Stage {
  std::int64_t kernel_size;
  int repeats;
  int filters_in, filters_out;
  std::int64_t expand_ratio, strides;
};
constexpr std::array kStages{Stage{3, 1, 32, 16, 1, 1},  Stage{3, 2, 16, 24, 6, 2},  Stage{5, 2, 24, 40, 6, 2},
                             Stage{3, 3, 40, 80, 6, 2},  Stage{5, 3, 80, 112, 6, 1}, Stage{5, 4, 112, 192, 6, 2},
                             Stage{3, 1, 192, 320, 6, 1}};
constexpr double kDropRate = 0.2;  // of the last block; it grows from 0

struct Variant {
  const char* builder;
  const char* name;
  double width, depth;
  std::int64_t size;
  double dropout;
};

KerasTensor stages(KerasTensor x, const Variant& v) {
  const auto repeats = [&](const Stage& s) { return static_cast<int>(std::ceil(v.depth * s.repeats)); };
  int blocks = 0, done = 0;
  for (const Stage& s : kStages) blocks += repeats(s);
  for (std::size_t i = 0; i < kStages.size(); ++i) {
    const Stage& s = kStages[i];
    Block b;
    b.filters_in = to_eights(s.filters_in * v.width);
    b.filters_out = to_eights(s.filters_out * v.width);
    b.kernel_size = s.kernel_size;
    b.strides = s.strides;
    b.expand_ratio = s.expand_ratio;
    b.squeeze_ratio = 0.25;
    b.pads_ahead = true;
    b.depthwise = "dwconv";
    for (int j = 0; j < repeats(s); ++j) {
      b.prefix = cat("block", i + 1, static_cast<char>('a' + j), "_");
      b.drop_rate = kDropRate * done++ / blocks;
      x = mb_conv(x, b);
      b.strides = 1;
      b.filters_in = b.filters_out;
    }
  }
  return x;
}

Model build(const Variant& v, const ApplicationOptions& o) {
  const std::string file = cat("https://storage.googleapis.com/keras-applications/", v.name);
  Architecture a(request_of(v.builder, o, v.name), file + ".h5", file + "_notop.h5");
  KerasTensor x = a.begin(v.size, 32);
  x = layers::Rescaling(1.0 / 255.0)(x);
  x = layers::Normalization({.axis = AxisList{3}})(x);
  x = layers::ZeroPadding2D(correct_pad(x, 3), {.name = "stem_conv_pad"})(x);
  x = layers::Conv2D(
      to_eights(32 * v.width), 3,
      {.strides = 2, .use_bias = false, .kernel_initializer = conv_initializer(), .name = "stem_conv"})(x);
  x = swish(normalized(x, {}, "stem_bn"), "stem_activation");
  x = stages(x, v);
  x = conv(x, to_eights(1280 * v.width), 1, 1, "top_conv");
  x = swish(normalized(x, {}, "top_bn"), "top_activation");
  return a.finish(a.head(x, {.dropout = v.dropout, .kernel_initializer = dense_initializer()}));
}

}  // namespace

Model EfficientNetB0(const ApplicationOptions& o) {
  return build({"EfficientNetB0", "efficientnetb0", 1.0, 1.0, 224, 0.2}, o);
}
Model EfficientNetB1(const ApplicationOptions& o) {
  return build({"EfficientNetB1", "efficientnetb1", 1.0, 1.1, 240, 0.2}, o);
}
Model EfficientNetB2(const ApplicationOptions& o) {
  return build({"EfficientNetB2", "efficientnetb2", 1.1, 1.2, 260, 0.3}, o);
}
Model EfficientNetB3(const ApplicationOptions& o) {
  return build({"EfficientNetB3", "efficientnetb3", 1.2, 1.4, 300, 0.3}, o);
}
Model EfficientNetB4(const ApplicationOptions& o) {
  return build({"EfficientNetB4", "efficientnetb4", 1.4, 1.8, 380, 0.4}, o);
}
Model EfficientNetB5(const ApplicationOptions& o) {
  return build({"EfficientNetB5", "efficientnetb5", 1.6, 2.2, 456, 0.4}, o);
}
Model EfficientNetB6(const ApplicationOptions& o) {
  return build({"EfficientNetB6", "efficientnetb6", 1.8, 2.6, 528, 0.5}, o);
}
Model EfficientNetB7(const ApplicationOptions& o) {
  return build({"EfficientNetB7", "efficientnetb7", 2.0, 3.1, 600, 0.5}, o);
}

}  // namespace cornu::applications
