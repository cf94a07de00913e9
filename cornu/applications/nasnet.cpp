// NASNet-A: cells that a search found, each of five sums of two small paths, over the last two cells' outputs.
#include <utility>

#include "cornu/applications/architecture.h"
#include "cornu/layers/convolutional/conv.h"
#include "cornu/layers/convolutional/separable_conv.h"
#include "cornu/layers/merging/concatenate.h"
#include "cornu/layers/merging/elementwise.h"
#include "cornu/layers/normalization/batch_normalization.h"
#include "cornu/layers/pooling/pooling.h"
#include "cornu/layers/reshaping/cropping.h"
#include "cornu/layers/reshaping/zero_padding.h"

namespace cornu::applications {
namespace {

using layers::AveragePooling2D;

// Keras names the weights of NASNet by scopes in which the layers are made: "normal_A_block_0/normal_conv_1_0/kernel".
KerasTensor call_in(const std::string& scope, const Layer& layer, const KerasTensor& x) {
  if (!scope.empty()) layer.impl().set_path(cat(scope, "/", layer.name()));
  return layer(x);
}

KerasTensor normalized(const KerasTensor& x, const std::string& name, const std::string& scope) {
  return call_in(scope, layers::BatchNormalization({.momentum = 0.9997, .epsilon = 0.001, .name = name}), x);
}

KerasTensor one_by_one(const KerasTensor& x, std::int64_t filters, const std::string& name, const std::string& scope) {
  const layers::Conv2D conv(filters, 1,
                            {.padding = "same", .use_bias = false, .kernel_initializer = "he_normal", .name = name});
  return call_in(scope, conv, x);
}

KerasTensor sum(const KerasTensor& a, const KerasTensor& b, const std::string& name = "") {
  return layers::Add({.name = name})({a, b});
}

// Twice relu, separable convolution, normalization; the first halves the image when asked.
struct Separable {
  std::int64_t filters, kernel_size, strides;
  std::string id;
  std::string block;  // the scope around

  KerasTensor operator()(const KerasTensor& input) const {
    const std::string scope = cat(block, "/separable_conv_block_", id);
    KerasTensor x = relu(input);
    if (strides == 2) x = layers::ZeroPadding2D(correct_pad(x, kernel_size), {.name = "separable_conv_1_pad_" + id})(x);
    const layers::SeparableConv2D first(filters, kernel_size,
                                        {.strides = strides,
                                         .padding = strides == 2 ? "valid" : "same",
                                         .use_bias = false,
                                         .name = "separable_conv_1_" + id});
    x = relu(normalized(call_in(scope, first, x), "separable_conv_1_bn_" + id, scope));
    const layers::SeparableConv2D second(filters, kernel_size,
                                         {.padding = "same", .use_bias = false, .name = "separable_conv_2_" + id});
    return normalized(call_in(scope, second, x), "separable_conv_2_bn_" + id, scope);
  }
};

// Half the image, as two samplings that are shifted against each other.
KerasTensor shrunk(const KerasTensor& input, std::int64_t filters, const std::string& id, const std::string& scope) {
  const KerasTensor p = relu(input, "adjust_relu_1_" + id);
  KerasTensor a = AveragePooling2D(1, {.strides = 2, .name = "adjust_avg_pool_1_" + id})(p);
  a = one_by_one(a, filters / 2, "adjust_conv_1_" + id, scope);
  KerasTensor b = layers::ZeroPadding2D({{0, 1}, {0, 1}})(p);
  b = layers::Cropping2D({{1, 0}, {1, 0}})(b);
  b = AveragePooling2D(1, {.strides = 2, .name = "adjust_avg_pool_2_" + id})(b);
  b = one_by_one(b, filters / 2, "adjust_conv_2_" + id, scope);
  return normalized(layers::Concatenate()({a, b}), "adjust_bn_" + id, scope);
}

// Brings what the cell before the last one gave to the size and the channels of this one.
KerasTensor adjusted(const KerasTensor& p, const KerasTensor& x, std::int64_t filters, const std::string& id,
                     const std::string& cell) {
  if (!p) return x;
  if (p.shape()[2] != x.shape()[2])
    return shrunk(p, filters, id, cat(cell, "/adjust_block/adjust_reduction_block_", id));
  if (channels(p) == filters) return p;
  const std::string scope = cat(cell, "/adjust_block/adjust_projection_block_", id);
  return normalized(one_by_one(relu(p), filters, "adjust_conv_projection_" + id, scope), "adjust_bn_" + id, scope);
}

KerasTensor normal_cell(const KerasTensor& input, const KerasTensor& before, std::int64_t filters,
                        const std::string& id) {
  const std::string cell = "normal_A_block_" + id;
  const KerasTensor p = adjusted(before, input, filters, id, cell);
  const KerasTensor h =
      normalized(one_by_one(relu(input), filters, "normal_conv_1_" + id, cell), "normal_bn_1_" + id, cell);
  const auto average = [&](const KerasTensor& x, const char* place) {
    return AveragePooling2D(3, {.strides = 1, .padding = "same", .name = cat("normal_", place, "_", id)})(x);
  };
  const auto path = [&](const KerasTensor& x, std::int64_t kernel_size, const char* place, int block) {
    return Separable{filters, kernel_size, 1, cat("normal_", place, "_", id), cat(cell, "/block_", block)}(x);
  };
  const KerasTensor left1 = path(h, 5, "left1", 1);
  const KerasTensor x1 = sum(left1, path(p, 3, "right1", 1), "normal_add_1_" + id);
  const KerasTensor left2 = path(p, 5, "left2", 2);
  const KerasTensor x2 = sum(left2, path(p, 3, "right2", 2), "normal_add_2_" + id);
  const KerasTensor x3 = sum(average(h, "left3"), p, "normal_add_3_" + id);
  const KerasTensor left4 = average(p, "left4");
  const KerasTensor x4 = sum(left4, average(p, "right4"), "normal_add_4_" + id);
  const KerasTensor x5 = sum(path(h, 3, "left5", 5), h, "normal_add_5_" + id);
  return layers::Concatenate({.name = "normal_concat_" + id})({p, x1, x2, x3, x4, x5});
}

KerasTensor reduction_cell(const KerasTensor& input, const KerasTensor& before, std::int64_t filters,
                           const std::string& id) {
  const std::string cell = "reduction_A_block_" + id;
  const KerasTensor p = adjusted(before, input, filters, id, cell);
  const KerasTensor h =
      normalized(one_by_one(relu(input), filters, "reduction_conv_1_" + id, cell), "reduction_bn_1_" + id, cell);
  const KerasTensor padded = layers::ZeroPadding2D(correct_pad(h, 3), {.name = "reduction_pad_1_" + id})(h);
  const auto path = [&](const KerasTensor& x, std::int64_t kernel_size, const char* place, int block,
                        std::int64_t strides = 2) {
    return Separable{filters, kernel_size, strides, cat("reduction_", place, "_", id), cat(cell, "/block_", block)}(x);
  };
  const auto halved = [&](const char* place) {
    return layers::MaxPooling2D(3, {.strides = 2, .name = cat("reduction_", place, "_", id)})(padded);
  };
  const KerasTensor left1 = path(h, 5, "left1", 1);
  const KerasTensor x1 = sum(left1, path(p, 7, "right1", 1), "reduction_add_1_" + id);
  const KerasTensor left2 = halved("left2");
  const KerasTensor x2 = sum(left2, path(p, 7, "right2", 2), "reduction_add_2_" + id);
  const KerasTensor left3 = AveragePooling2D(3, {.strides = 2, .name = "reduction_left3_" + id})(padded);
  const KerasTensor x3 = sum(left3, path(p, 5, "right3", 3), "reduction_add3_" + id);
  const KerasTensor left4 = AveragePooling2D(3, {.strides = 1, .padding = "same", .name = "reduction_left4_" + id})(x1);
  const KerasTensor x4 = sum(x2, left4);
  const KerasTensor left5 = path(x1, 3, "left4", 5, 1);
  const KerasTensor x5 = sum(left5, halved("right5"), "reduction_add4_" + id);
  return layers::Concatenate({.name = "reduction_concat_" + id})({x2, x3, x4, x5});
}

struct Variant {
  const char* builder;
  const char* name;
  const char* file;
  std::int64_t size;
  std::int64_t filters;  // of the first normal cells
  std::int64_t stem_filters;
  int blocks;
  bool skips_reduction;  // behind a reduction cell, the cell before it is left out of sight
};

Model build(const Variant& v, const NASNetOptions& o) {
  const std::string file = cat(kKerasFiles, "nasnet/", v.file);
  Architecture a(request_of(v.builder, o, v.name), file + ".h5", file + "-no-top.h5");
  KerasTensor x = a.begin(v.size, 32), p;
  x = layers::Conv2D(v.stem_filters, 3,
                     {.strides = 2, .use_bias = false, .kernel_initializer = "he_normal", .name = "stem_conv1"})(x);
  x = normalized(x, "stem_bn1", "");
  p = std::exchange(x, reduction_cell(x, p, v.filters / 4, "stem_1"));
  p = std::exchange(x, reduction_cell(x, p, v.filters / 2, "stem_2"));
  for (int group = 0; group < 3; ++group) {
    const std::int64_t filters = v.filters << group;
    if (group > 0) {
      const KerasTensor last = std::exchange(x, reduction_cell(x, p, filters, cat("reduce_", group * v.blocks)));
      if (!v.skips_reduction) p = last;
    }
    for (int i = 0; i < v.blocks; ++i)
      p = std::exchange(x, normal_cell(x, p, filters, cat(group * v.blocks + i + (group > 0 ? 1 : 0))));
  }
  return a.finish(a.head(relu(x), {.top_pool = "", .named_pooling = false}));
}

}  // namespace

Model NASNetMobile(const NASNetOptions& options) {
  NASNetOptions o = options;
  if (!o.include_top && !o.input_shape) o.input_shape = {224, 224, 3};
  return build({"NASNetMobile", "nasnet_mobile", "NASNet-mobile", 224, 1056 / 24, 32, 4, false}, o);
}

Model NASNetLarge(const NASNetOptions& o) {
  return build({"NASNetLarge", "nasnet_large", "NASNet-large", 331, 4032 / 24, 96, 6, true}, o);
}

}  // namespace cornu::applications
