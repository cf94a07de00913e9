// Convolutions and windows.
#include <limits>
#include <numeric>

#include "cornu/core/text.h"
#include "cornu/ir/ops.h"
#include "tests/ops/op_case.h"

namespace cornu::op_cases {
namespace {

using ir::WindowAxis;
using Build = std::function<Value(const Args&)>;

const double kNan = std::numeric_limits<double>::quiet_NaN();
const double kInf = std::numeric_limits<double>::infinity();

// "b01f" with "01io" to "b01f", the letters as ir::print writes them.
int axis(const std::string& layout, char letter) { return static_cast<int>(layout.find(letter)); }
ir::Axes spatial(const std::string& layout, std::size_t axes) {
  ir::Axes out;
  for (std::size_t i = 0; i < axes; ++i) out.push_back(axis(layout, static_cast<char>('0' + i)));
  return out;
}

struct Conv {
  std::string label;
  Shape x, kernel;
  ir::Window window;  // sizes are the kernel's
  std::int64_t feature_groups = 1, batch_groups = 1;
  std::string image_layout = {}, kernel_layout = {}, result_layout = {};  // "": b01f, 01io, b01f
};

ir::ConvolutionAttributes attributes(const Conv& c) {
  const std::size_t n = c.window.size();
  std::string numbers;
  for (std::size_t i = 0; i < n; ++i) numbers += static_cast<char>('0' + i);
  const auto image_axes = [&](std::string layout) {
    if (layout.empty()) layout = cat("b", numbers, "f");
    return ir::ImageAxes{axis(layout, 'b'), axis(layout, 'f'), spatial(layout, n)};
  };
  const std::string k = c.kernel_layout.empty() ? cat(numbers, "io") : c.kernel_layout;
  ir::ConvolutionAttributes out{c.window,
                                image_axes(c.image_layout),
                                {axis(k, 'i'), axis(k, 'o'), spatial(k, n)},
                                image_axes(c.result_layout),
                                c.feature_groups,
                                c.batch_groups};
  for (std::size_t i = 0; i < n; ++i) out.window[i].size = c.kernel[out.kernel.spatial[i]];
  return out;
}

const WindowAxis kPlain = {};
const Conv kConvolutions[] = {
    {"3x3", {2, 7, 6, 3}, {3, 3, 3, 4}, {kPlain, kPlain}},
    {"3x3 same", {2, 5, 5, 3}, {3, 3, 3, 4}, {{.low = 1, .high = 1}, {.low = 1, .high = 1}}},
    {"1x1", {3, 4, 5, 6}, {1, 1, 6, 17}, {kPlain, kPlain}},
    {"1x1 with strides", {2, 5, 5, 3}, {1, 1, 3, 4}, {{.stride = 2}, {.stride = 3}}},
    {"of one row", {1, 5, 5, 2}, {5, 5, 2, 3}, {kPlain, kPlain}},
    {"with strides", {2, 9, 8, 2}, {3, 2, 2, 3}, {{.stride = 2}, {.stride = 3}}},
    {"padded at one side", {2, 5, 4, 2}, {3, 3, 2, 3}, {{.low = 2}, {.high = 2}}},
    {"with negative padding", {2, 7, 7, 2}, {2, 2, 2, 3}, {{.low = -1, .high = -2}, {.low = -2, .high = 1}}},
    {"all padding at the corners", {1, 2, 2, 2}, {2, 2, 2, 2}, {{.low = 3, .high = 3}, {.low = 4, .high = 2}}},
    {"dilated kernel", {2, 9, 9, 2}, {3, 2, 2, 3}, {{.dilation = 2}, {.dilation = 4}}},
    {"dilated image", {2, 4, 3, 2}, {3, 2, 2, 3}, {{.low = 2, .base_dilation = 2}, {.high = 1, .base_dilation = 3}}},
    {"dilated image and kernel, strides, padding",
     {2, 5, 6, 2},
     {3, 2, 2, 3},
     {{.stride = 2, .low = -1, .high = 2, .dilation = 2, .base_dilation = 3},
      {.stride = 3, .low = 2, .base_dilation = 2}}},
    {"reversed", {2, 6, 5, 2}, {3, 2, 2, 3}, {{.reversed = true}, {.low = 1, .reversed = true}}},
    {"reversed, dilated, strides",
     {2, 6, 5, 2},
     {3, 2, 2, 3},
     {{.stride = 2, .dilation = 2, .reversed = true}, {.base_dilation = 2, .reversed = true}}},
    {"along one axis", {3, 17, 5}, {4, 5, 7}, {{.stride = 2, .low = 1}}},
    {"along three axes", {2, 4, 5, 6, 2}, {2, 3, 2, 2, 3}, {{.low = 1}, {.stride = 2}, {.high = 1, .dilation = 2}}},
    {"along no axis", {5, 3}, {3, 4}, {}},
    {"2 groups", {2, 5, 5, 6}, {3, 3, 3, 4}, {kPlain, {.low = 1}}, 2},
    {"3 groups of 6 outputs", {2, 6, 5, 6}, {2, 2, 2, 18}, {{.stride = 2}, kPlain}, 3},
    {"channel by channel", {2, 6, 6, 5}, {3, 3, 1, 5}, {{.low = 1, .high = 1}, {.low = 1, .high = 1}}, 5},
    {"channel by channel, 70 of them", {1, 4, 4, 70}, {3, 3, 1, 70}, {{.low = 1, .high = 1}, kPlain}, 70},
    {"channel by channel, two outputs each", {2, 5, 5, 3}, {3, 3, 1, 6}, {{.stride = 2}, kPlain}, 3},
    {"2 groups of the batch", {4, 5, 5, 3}, {3, 3, 3, 4}, {kPlain, kPlain}, 1, 2},
    {"2 groups of the batch, 12 outputs", {4, 5, 5, 3}, {3, 3, 3, 12}, {{.stride = 2}, kPlain}, 1, 2},
    {"channels first", {2, 3, 6, 5}, {3, 3, 3, 4}, {{.low = 1}, {.stride = 2}}, 1, 1, "bf01", "01io", "bf01"},
    {"channels first to last", {2, 3, 6, 5}, {4, 3, 3, 2}, {kPlain, kPlain}, 1, 1, "bf01", "oi01", "b01f"},
    {"all axes mixed", {3, 6, 2, 5}, {4, 3, 3, 2}, {kPlain, kPlain}, 1, 1, "f0b1", "o1i0", "1fb0"},
    {"channels first in groups", {2, 6, 5, 5}, {3, 3, 3, 4}, {kPlain, kPlain}, 2, 1, "bf01", "01io", "bf01"},
    {"the gradient of a kernel", {6, 7, 7, 2}, {5, 5, 6, 4}, {kPlain, kPlain}, 1, 1, "f01b", "01io", "01bf"},
    {"no batch", {0, 5, 5, 2}, {3, 3, 2, 4}, {kPlain, kPlain}},
    {"no features", {2, 5, 5, 0}, {3, 3, 0, 4}, {kPlain, kPlain}},
    {"no place for the window", {2, 2, 5, 3}, {3, 3, 3, 4}, {kPlain, kPlain}},
};

// StableHLO's ops with attributes of their own.
Build convolve(const ir::ConvolutionAttributes& a) {
  return [a](const Args& x) { return ops::convolution(x[0], x[1], a); };
}

void add_convolutions(std::vector<OpCase>& cases) {
  const auto keras = [](ops::ConvOptions options) {
    return [options](const Args& x) { return ops::conv(x[0], x[1], options); };
  };
  const auto with_numbers = [&cases](const std::string& label, std::vector<double> x, std::vector<double> kernel,
                                     Build build, std::vector<double> expected) {
    const auto n = static_cast<std::int64_t>(x.size()), k = static_cast<std::int64_t>(kernel.size());
    cases.push_back({.label = label,
                     .inputs = {numbers(std::move(x), {1, n, 1}), numbers(std::move(kernel), {k, 1, 1})},
                     .build = std::move(build),
                     .dtypes = kNumbers,
                     .expected = std::move(expected)});
  };
  with_numbers("convolution numbers", {1, 2, 3, 4}, {1, 10}, keras({}), {21, 32, 43});
  with_numbers("convolution numbers, same", {1, 2, 3, 4}, {1, 2, 3, 4}, keras({.padding = "same"}), {20, 30, 20, 11});
  with_numbers("convolution numbers, causal", {1, 2, 3, 4}, {1, 10}, keras({.padding = "causal", .dilation_rate = {2}}),
               {10, 20, 31, 42});
  with_numbers("convolution numbers, transposed", {1, 2}, {1, 2, 3},
               [](const Args& x) { return ops::conv_transpose(x[0], x[1], {.strides = {2}}); }, {1, 2, 5, 4, 6});
  with_numbers("convolution numbers, transposed, same", {1, 10, 100}, {1, 1, 1},
               [](const Args& x) { return ops::conv_transpose(x[0], x[1], {.strides = {2}, .padding = "same"}); },
               {1, 1, 11, 10, 110, 100});
  for (const Conv& c : kConvolutions)
    cases.push_back({.label = cat("convolution ", c.label),
                     .inputs = {real(c.x, -2, 2), real(c.kernel, -2, 2)},
                     .build = convolve(attributes(c)),
                     .dtypes = kNumbers,
                     .tolerance = {.ulps = 16, .scale = 8}});
  // Several blocks of rows and of taps, the last ones shorter; enough tiles for Winograd's way, with and without whole
  // vectors of channels.
  for (const auto& [x, kernel] : {std::pair<Shape, Shape>{{2, 20, 21, 33}, {3, 3, 33, 40}},
                                  {{5, 15, 13, 17}, {3, 3, 17, 21}},
                                  {{4, 16, 16, 16}, {3, 3, 16, 66}},
                                  {{1, 12, 12, 130}, {5, 5, 130, 20}},
                                  {{70, 9, 9, 1}, {3, 3, 1, 32}}})
    cases.push_back({.label = cat("convolution of ", x, " with ", kernel),
                     .inputs = {real(x), real(kernel)},
                     .build = keras({.padding = "same"}),
                     .tolerance = {.ulps = 64, .scale = 32},
                     .no_gradient = "too large for differences"});
  // A kernel's gradient has the window of a whole image: blocks of taps.
  const Conv wide{"", {70, 20, 20, 8}, {18, 18, 70, 33}, {kPlain, kPlain}, 1, 1, "f01b", "01io", "01bf"};
  cases.push_back({.label = "convolution with a window of a whole image",
                   .inputs = {real(wide.x), real(wide.kernel)},
                   .build = convolve(attributes(wide)),
                   .tolerance = {.ulps = 128, .scale = 64},
                   .no_gradient = "too large for differences"});
}

void add_keras_words(std::vector<OpCase>& cases) {
  const auto add = [&cases](const std::string& label, Shape x, Shape kernel, Build build) {
    cases.push_back({.label = label,
                     .inputs = {real(std::move(x)), real(std::move(kernel))},
                     .build = std::move(build),
                     .dtypes = kFloats,
                     .tolerance = {.ulps = 8, .scale = 4}});
  };
  add("ops::conv channels first, same, strides", {2, 3, 6, 7}, {3, 2, 3, 4}, [](const Args& x) {
    return ops::conv(x[0], x[1], {.strides = {2, 3}, .padding = "same", .channels_first = true});
  });
  add("ops::depthwise_conv", {2, 6, 7, 3}, {3, 2, 3, 2},
      [](const Args& x) { return ops::depthwise_conv(x[0], x[1], {.padding = "same", .dilation_rate = {2}}); });
  add("ops::conv_transpose with output_padding", {2, 3, 4, 3}, {3, 2, 4, 3}, [](const Args& x) {
    return ops::conv_transpose(x[0], x[1], {.strides = {3, 2}, .padding = "same"}, {1, 1});
  });
  add("ops::conv_transpose dilated, channels first", {2, 3, 3, 4}, {3, 2, 4, 3},
      [](const Args& x) { return ops::conv_transpose(x[0], x[1], {.channels_first = true, .dilation_rate = {2}}); });
}

// --- Windows --------------------------------------------------------------------------------------------------------

Build fold(ir::Reduction kind, ir::Window window) {
  return [=](const Args& x) { return ops::reduce_window(x[0], kind, window); };
}

Build scatter(ir::Reduction kind, ir::Window window) {
  return [=](const Args& x) {
    return x.builder.add(ir::Op::kSelectAndScatter, {x[0], x[1]}, ir::SelectAndScatterAttributes{kind, window});
  };
}

struct Pool {
  std::string label;
  Shape x;
  ir::Window window;
};
const Pool kPools[] = {
    {"2x2", {2, 6, 5, 3}, {kPlain, {.size = 2, .stride = 2}, {.size = 2, .stride = 2}, kPlain}},
    {"that overlap", {2, 7, 7, 3}, {kPlain, {.size = 3, .stride = 2}, {.size = 3}, kPlain}},
    {"that leave gaps", {2, 9, 9, 2}, {kPlain, {.size = 2, .stride = 4}, {.stride = 3}, kPlain}},
    {"with padding",
     {2, 5, 5, 2},
     {kPlain, {.size = 3, .stride = 2, .low = 1, .high = 1}, {.size = 2, .high = 1}, kPlain}},
    {"with negative padding", {2, 6, 6, 2}, {kPlain, {.size = 2, .low = -1}, {.size = 2, .high = -2}, kPlain}},
    {"dilated", {2, 9, 8, 2}, {kPlain, {.size = 3, .dilation = 2}, {.size = 2, .dilation = 3}, kPlain}},
    {"over a dilated operand",
     {2, 4, 4, 2},
     {kPlain,
      {.size = 3, .low = 1, .base_dilation = 2},
      {.size = 3, .stride = 2, .high = 1, .base_dilation = 3},
      kPlain}},
    {"of 70 channels", {2, 4, 4, 70}, {kPlain, {.size = 2, .stride = 2}, {.size = 2, .stride = 2}, kPlain}},
    {"over the last axis", {3, 4, 17}, {kPlain, kPlain, {.size = 3, .stride = 2}}},
    {"over every axis", {4, 5, 3}, {{.size = 2}, {.size = 2, .stride = 3}, {.size = 3, .low = 1}}},
    {"over the first axis", {7, 33}, {{.size = 3}, kPlain}},
    {"along three axes",
     {2, 4, 4, 5, 2},
     {kPlain, {.size = 2, .stride = 2}, {.size = 3}, {.size = 2, .low = 1}, kPlain}},
    {"of one element", {3, 4}, {kPlain, kPlain}},
    {"without places", {2, 2, 3}, {kPlain, {.size = 3}, kPlain}},
    {"without operands", {0, 4, 3}, {kPlain, {.size = 2}, kPlain}},
};

void add_pools(std::vector<OpCase>& cases) {
  const auto sum = ir::Reduction::kSum, maximum = ir::Reduction::kMaximum, minimum = ir::Reduction::kMinimum;
  const auto with_numbers = [&cases](const std::string& label, std::vector<double> x, Build build,
                                     std::vector<double> expected, std::vector<DType> dtypes = kNumbers) {
    cases.push_back({.label = label,
                     .inputs = {numbers(std::move(x))},
                     .build = std::move(build),
                     .dtypes = std::move(dtypes),
                     .expected = std::move(expected)});
  };
  with_numbers("reduce_window sum numbers", {1, 2, 3, 4, 5}, fold(sum, {{.size = 2, .stride = 2, .low = 1}}),
               {1, 5, 9});
  with_numbers("reduce_window maximum numbers", {3, 1, 2, 5, 4}, fold(maximum, {{.size = 3}}), {3, 5, 5});
  with_numbers("reduce_window minimum numbers", {3, 1, 2, 5, 4}, fold(minimum, {{.size = 3, .stride = 2}}), {1, 2});
  with_numbers("reduce_window of padding alone", {1, 2}, fold(maximum, {{.low = 1}}), {-kInf, 1, 2}, kFloats);
  cases.back().no_gradient = "not finite";
  with_numbers("reduce_window maximum of NaN", {1, kNan, 2, 3}, fold(maximum, {{.size = 2}}), {kNan, kNan, 3}, kFloats);
  cases.back().no_gradient = "not finite";
  for (const Pool& p : kPools)
    for (const auto kind : {sum, maximum, minimum})
      cases.push_back({.label = cat("reduce_window ", name_of(kind), " ", p.label),
                       .inputs = {real(p.x, -100, 100)},
                       .build = fold(kind, p.window),
                       .dtypes = kNumbers,
                       .tolerance = {.ulps = kind == sum ? 4.0 : 0.0, .scale = kind == sum ? 256.0 : 0.0}});
}

void add_scatters(std::vector<OpCase>& cases) {
  const std::string none = "the gradient of a gradient";
  const auto maximum = ir::Reduction::kMaximum, minimum = ir::Reduction::kMinimum;
  const auto with_numbers = [&](const std::string& label, std::vector<double> x, std::vector<double> source,
                                ir::Reduction kind, const WindowAxis& window, std::vector<double> expected,
                                std::vector<DType> dtypes = kNumbers) {
    cases.push_back({.label = label,
                     .inputs = {numbers(std::move(x)), numbers(std::move(source))},
                     .build = scatter(kind, {window}),
                     .dtypes = std::move(dtypes),
                     .expected = std::move(expected),
                     .no_gradient = none});
  };
  with_numbers("select_and_scatter numbers", {1, 3, 2, 4}, {5, 7}, maximum, {.size = 2, .stride = 2}, {0, 5, 0, 7});
  with_numbers("select_and_scatter adds up", {1, 9, 2, 4}, {5, 7, 1}, maximum, {.size = 2}, {0, 12, 0, 1});
  with_numbers("select_and_scatter takes the first of equals", {2, 2, 2, 1}, {5, 7, 1}, maximum, {.size = 2},
               {5, 7, 1, 0});
  with_numbers("select_and_scatter minimum", {2, 1, 1, 3}, {5, 7}, minimum, {.size = 2, .stride = 2}, {0, 5, 7, 0});
  with_numbers("select_and_scatter leaves padding out", {2, 1}, {5, 7, 1}, maximum, {.low = 1}, {7, 1});
  with_numbers("select_and_scatter takes the first NaN", {2, kNan, kNan}, {5, 7}, maximum, {.size = 2}, {0, 12, 0},
               kFloats);
  for (const Pool& p : kPools) {
    Shape places;
    for (int i = 0; i < p.x.rank(); ++i) places.push_back(p.window[static_cast<std::size_t>(i)].positions(p.x[i]));
    for (const auto kind : {maximum, minimum})
      cases.push_back({.label = cat("select_and_scatter ", name_of(kind), " ", p.label),
                       .inputs = {real(p.x, -100, 100), real(places, -10, 10)},
                       .build = scatter(kind, p.window),
                       .dtypes = kNumbers,
                       .tolerance = {.ulps = 8, .scale = 64},
                       .no_gradient = none});
    // The gradient of a relu before a pooling, and of a bias before that: simplified to work on what is pooled.
    const auto behind_relu = [back = scatter(maximum, p.window)](const Args& x) {
      const Value y = ops::relu(x[0]);
      return ops::where(ops::less_equal(y, 0.0), 0.0, back({x.builder, x.dtype, {y, x[1]}}));
    };
    const auto behind_bias = [behind_relu, last = p.x.rank() - 1](const Args& x) {
      std::vector<int> axes(static_cast<std::size_t>(last));
      std::iota(axes.begin(), axes.end(), 0);
      return ops::sum(behind_relu(x), axes);
    };
    cases.push_back({.label = cat("select_and_scatter behind a relu ", p.label),
                     .inputs = {real(p.x, -100, 100), real(places, -10, 10)},
                     .build = behind_relu,
                     .tolerance = {.ulps = 8, .scale = 64},
                     .no_gradient = none});
    cases.push_back({.label = cat("select_and_scatter behind a bias ", p.label),
                     .inputs = {real(p.x, -100, 100), real(places, -10, 10)},
                     .build = behind_bias,
                     .tolerance = {.ulps = 32, .scale = 256},
                     .no_gradient = none});
  }
}

void add_keras_pools(std::vector<OpCase>& cases) {
  const auto add = [&cases](const std::string& label, Shape x, Build build) {
    cases.push_back({.label = label,
                     .inputs = {real(std::move(x))},
                     .build = std::move(build),
                     .dtypes = kFloats,
                     .tolerance = {.ulps = 4, .scale = 1}});
  };
  add("ops::max_pool same", {2, 5, 6, 3}, [](const Args& x) {
    return ops::max_pool(x[0], {3, 2}, {.strides = {2}, .padding = "same"});
  });
  add("ops::average_pool", {2, 5, 6, 3}, [](const Args& x) { return ops::average_pool(x[0], {2}); });
  add("ops::average_pool same", {2, 5, 6, 3}, [](const Args& x) {
    return ops::average_pool(x[0], {3, 2}, {.strides = {2}, .padding = "same"});
  });
  add("ops::average_pool same, channels first", {2, 3, 7}, [](const Args& x) {
    return ops::average_pool(x[0], {4}, {.strides = {1}, .padding = "same", .channels_first = true});
  });
}

}  // namespace

void window_cases(std::vector<OpCase>& cases) {
  add_convolutions(cases);
  add_keras_words(cases);
  add_pools(cases);
  add_scatters(cases);
  add_keras_pools(cases);
}

}  // namespace cornu::op_cases
