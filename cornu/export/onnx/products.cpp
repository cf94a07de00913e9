// Products of tensors, and convolutions.
#include <algorithm>
#include <numeric>

#include "cornu/core/error.h"
#include "cornu/export/onnx/emitter.h"

namespace cornu::onnx {

using ir::ValueId;

namespace {

ir::Axes others(const ir::Axes& natural, const ir::Axes& a, const ir::Axes& b) {
  ir::Axes out;
  for (const int axis : natural)
    if (position(a, axis) < 0 && position(b, axis) < 0) out.push_back(axis);
  return out;
}

ir::Axes joined(ir::Axes a, const ir::Axes& b, const ir::Axes& c = {}) {
  a.insert(a.end(), b.begin(), b.end());
  a.insert(a.end(), c.begin(), c.end());
  return a;
}

}  // namespace

void Emitter::dot(const ir::Node& node) {
  const auto& a = node.as<ir::DotAttributes>();
  const ValueId x = node.operands[0], y = node.operands[1];
  const Axes x_free = others(values_.natural(x), a.lhs_batch, a.lhs_contract);
  const Axes y_free = others(values_.natural(y), a.rhs_batch, a.rhs_contract);
  const bool matrix = a.lhs_contract.size() == 1 && y_free.size() == 1;
  // MatMul multiplies with a matrix on the right, or matrix by matrix where there is a batch of them.
  if (matrix && !x_free.empty() && (a.lhs_batch.empty() || x_free.size() == 1)) {
    const Names operands = {values_.full(x, joined(a.lhs_batch, x_free, a.lhs_contract)),
                            values_.full(y, joined(a.rhs_batch, a.rhs_contract, y_free))};
    return values_.hold(node.result(), widened(dtype(x), operands, [&](const Names& in) { return add("MatMul", in); }));
  }
  // A letter for each axis; those that only the operands have are summed over.
  const Axes x_order = values_.layout(x), y_order = values_.layout(y);
  std::string letters_x(x_order.size(), '?'), letters_y(y_order.size(), '?'), result;
  char next = 'a';
  const auto name = [&](const Axes& order, std::string& letters, int axis, char letter) {
    letters[static_cast<std::size_t>(position(order, axis))] = letter;
  };
  for (std::size_t i = 0; i < a.lhs_batch.size(); ++i) {
    name(x_order, letters_x, a.lhs_batch[i], next);
    name(y_order, letters_y, a.rhs_batch[i], next);
    result += next++;
  }
  for (const int axis : x_free) name(x_order, letters_x, axis, next), result += next++;
  for (const int axis : y_free) name(y_order, letters_y, axis, next), result += next++;
  for (std::size_t i = 0; i < a.lhs_contract.size(); ++i) {
    name(x_order, letters_x, a.lhs_contract[i], next);
    name(y_order, letters_y, a.rhs_contract[i], next++);
  }
  const std::string equation = letters_x + "," + letters_y + "->" + result;
  values_.hold(node.result(),
               widened(dtype(x), {values_.full(x, x_order), values_.full(y, y_order)}, [&](const Names& in) {
                 return add("Einsum", in, {{"equation", equation}});
               }));
}

void Emitter::convolution(const ir::Node& node) { convolved(node, node.result(), ""); }

// `bias`: one number a feature, or "". `result`: what is held as the convolution.
void Emitter::convolved(const ir::Node& node, ValueId result, const std::string& bias) {
  const auto& a = node.as<ir::ConvolutionAttributes>();
  const ValueId image = node.operands[0], kernel = node.operands[1];
  const std::string x = values_.full(image, joined({a.image.batch, a.image.feature}, a.image.spatial));
  const bool transposed =
      std::any_of(a.window.begin(), a.window.end(), [](const auto& w) { return w.base_dilation > 1; });
  const bool one_stride = std::all_of(a.window.begin(), a.window.end(), [](const auto& w) { return w.stride == 1; });
  const std::string y = transposed && one_stride && a.feature_groups == 1 ? conv_transpose(a, x, kernel, bias)
                                                                          : conv(a, x, image, kernel, bias);
  values_.hold(result, y, joined({a.result.batch, a.result.feature}, a.result.spatial));
}

// The kernel, turned around along the spatial axes (from `first` on) whose windows are read `backwards`.
std::string Emitter::turned(const std::string& kernel, const ir::Window& window, bool backwards) {
  std::vector<std::int64_t> axes;
  for (std::size_t i = 0; i < window.size(); ++i)
    if (window[i].reversed == backwards && window[i].size > 1) axes.push_back(static_cast<std::int64_t>(i) + 2);
  if (axes.empty()) return kernel;
  const std::vector<std::int64_t> minus(axes.size(), -1),
      before_all(axes.size(), std::numeric_limits<std::int64_t>::min());
  return add("Slice", {kernel, program_.integers(minus), program_.integers(before_all), program_.integers(axes),
                       program_.integers(minus)});
}

std::string Emitter::conv(const ir::ConvolutionAttributes& a, std::string x, ValueId image, ValueId kernel,
                          const std::string& bias) {
  std::vector<PadAxis> pads(2);
  pads[0].length = values_.extents(image)[static_cast<std::size_t>(a.image.batch)];
  pads[1].length = values_.extents(image)[static_cast<std::size_t>(a.image.feature)];
  std::vector<std::int64_t> shape, strides, dilations, low, high;
  bool before = false;  // what Conv's own padding cannot say
  for (std::size_t i = 0; i < a.window.size(); ++i) {
    const ir::WindowAxis& w = a.window[i];
    const Extent length = values_.extents(image)[static_cast<std::size_t>(a.image.spatial[i])];
    before = before || w.low < 0 || w.high < 0 || w.base_dilation > 1;
    pads.push_back({w.low, w.high, w.base_dilation - 1, length});
    shape.push_back(w.size), strides.push_back(w.stride), dilations.push_back(w.dilation);
    low.push_back(w.low), high.push_back(w.high);
  }
  if (before) {
    x = padded(x, pads, program_.number(0, wide(dtype(image))));
    std::fill(low.begin(), low.end(), 0), std::fill(high.begin(), high.end(), 0);
  }
  low.insert(low.end(), high.begin(), high.end());
  const std::string w =
      turned(values_.full(kernel, joined({a.kernel.output, a.kernel.input}, a.kernel.spatial)), a.window, true);
  Names inputs = {x, w};
  if (!bias.empty()) inputs.push_back(bias);
  return add("Conv", inputs,
             {{"dilations", dilations},
              {"group", a.feature_groups},
              {"kernel_shape", shape},
              {"pads", low},
              {"strides", strides}});
}

// A convolution of an image with holes is the ConvTranspose whose window is read the other way around and whose padding
// is what lacks to a whole window at the ends.
std::string Emitter::conv_transpose(const ir::ConvolutionAttributes& a, const std::string& x, ValueId kernel,
                                    const std::string& bias) {
  std::vector<std::int64_t> shape, strides, dilations, low, high;
  std::vector<PadAxis> after(2);
  for (const ir::WindowAxis& w : a.window) {
    const std::int64_t begin = w.extent() - 1 - w.low, end = w.extent() - 1 - w.high;
    shape.push_back(w.size), strides.push_back(w.base_dilation), dilations.push_back(w.dilation);
    low.push_back(std::max<std::int64_t>(begin, 0)), high.push_back(std::max<std::int64_t>(end, 0));
    after.push_back({std::max<std::int64_t>(-begin, 0), std::max<std::int64_t>(-end, 0), 0, {}});
  }
  low.insert(low.end(), high.begin(), high.end());
  const bool longer = std::any_of(after.begin(), after.end(), [](const PadAxis& p) { return p.low > 0 || p.high > 0; });
  const std::string w =
      turned(values_.full(kernel, joined({a.kernel.input, a.kernel.output}, a.kernel.spatial)), a.window, false);
  Names inputs = {x, w};
  if (!bias.empty() && !longer) inputs.push_back(bias);
  const std::string y = add("ConvTranspose", inputs,
                            {{"dilations", dilations}, {"kernel_shape", shape}, {"pads", low}, {"strides", strides}});
  if (!longer) return y;
  const std::string more = padded(y, after, program_.number(0, wide(g_.type(kernel).dtype)));
  if (bias.empty()) return more;
  std::vector<std::int64_t> spatial(a.window.size());
  std::iota(spatial.begin(), spatial.end(), 1);
  return add("Add", {more, add("Unsqueeze", {bias, program_.integers(spatial)})});
}

}  // namespace cornu::onnx
