// Windows that slide over axes and fold what they see: ONNX's pools where it has them, sums of slices elsewhere.
#include <algorithm>
#include <limits>

#include "cornu/core/error.h"
#include "cornu/export/onnx/emitter.h"

namespace cornu::onnx {

using ir::ValueId;

namespace {

double least(DType dtype) {
  if (is_floating(dtype)) return -std::numeric_limits<double>::infinity();
  return dtype == int64 ? static_cast<double>(std::numeric_limits<std::int64_t>::min())
                        : static_cast<double>(std::numeric_limits<std::int32_t>::min());
}
// Of int64 the largest number that a double holds; so large an element is not met.
double most(DType dtype) {
  if (is_floating(dtype)) return std::numeric_limits<double>::infinity();
  return dtype == int64 ? 9007199254740992.0 : static_cast<double>(std::numeric_limits<std::int32_t>::max());
}

bool fits_a_pool(const ir::WindowAxis& w, bool maximum) {
  return w.base_dilation == 1 && w.low >= 0 && w.high >= 0 && w.low < w.size && w.high < w.size &&
         (w.dilation == 1 || maximum) && !w.reversed;
}

}  // namespace

// Whether ONNX has a pool for it that runtimes have, too: of floats, along three axes at most.
bool Emitter::is_pool(const ir::Node& node) const {
  const auto& a = node.as<ir::ReduceWindowAttributes>();
  const bool maximum = a.kind == ir::Reduction::kMaximum;
  const auto still = std::count_if(a.window.begin(), a.window.end(), [](const auto& w) { return w.trivial(); });
  return Values::carrier(dtype(node.result())) == float32 && a.kind != ir::Reduction::kMinimum &&
         static_cast<std::int64_t>(a.window.size()) - std::min<std::int64_t>(still, 2) <= 3 &&
         std::all_of(a.window.begin(), a.window.end(),
                     [maximum](const ir::WindowAxis& w) { return w.trivial() || fits_a_pool(w, maximum); });
}

void Emitter::reduce_window(const ir::Node& node) {
  const bool maximum = node.as<ir::ReduceWindowAttributes>().kind == ir::Reduction::kMaximum;
  if (!is_pool(node)) return slid(node);
  pooled(node, node.result(), maximum ? "MaxPool" : "AveragePool", maximum ? Padding::kIsLeftOut : Padding::kIsSummed);
}

// AveragePool divides by the size of the window, padding included, if it counts: times the size it is a sum.
void Emitter::pooled(const ir::Node& node, ValueId result, const std::string& op, Padding padding) {
  const ir::Window& window = node.as<ir::ReduceWindowAttributes>().window;
  const ValueId x = node.operands[0];
  // Two axes along which nothing slides come first, and are made where there are fewer.
  Axes order;
  for (const int axis : values_.layout(x))
    if (order.size() < 2 && window[static_cast<std::size_t>(axis)].trivial()) order.push_back(axis);
  const std::size_t lacking = 2 - order.size();
  Axes spatial;
  for (const int axis : values_.layout(x))
    if (position(order, axis) < 0) spatial.push_back(axis);
  order.insert(order.end(), spatial.begin(), spatial.end());
  std::vector<std::int64_t> made, shape, strides, dilations, low, high;
  for (std::size_t i = 0; i < lacking; ++i) made.push_back(static_cast<std::int64_t>(i));
  double size = 1;
  for (const int axis : spatial) {
    const ir::WindowAxis& w = window[static_cast<std::size_t>(axis)];
    shape.push_back(w.size), strides.push_back(w.stride), dilations.push_back(w.dilation);
    low.push_back(w.low), high.push_back(w.high);
    size *= static_cast<double>(w.size);
  }
  if (shape.empty()) return values_.hold(result, values_[x]);
  low.insert(low.end(), high.begin(), high.end());
  AttributeList attributes = {{"kernel_shape", shape}, {"pads", low}, {"strides", strides}};
  if (op == "MaxPool") attributes.push_back({"dilations", dilations});
  if (op == "AveragePool" && padding != Padding::kIsLeftOut)
    attributes.push_back({"count_include_pad", std::int64_t{1}});
  std::string y = values_.full(x, order);
  if (lacking) y = add("Unsqueeze", {y, program_.integers(made)});
  y = add(op, {y}, attributes);
  if (padding == Padding::kIsSummed) y = add("Mul", {y, program_.number(size, float32)});
  if (lacking) y = add("Squeeze", {y, program_.integers(made)});
  values_.hold(result, y, order);
}

// Axis by axis, the slices that the elements of the window see, one folded into the other.
void Emitter::slid(const ir::Node& node) {
  const auto& a = node.as<ir::ReduceWindowAttributes>();
  const ValueId x = node.operands[0];
  const Axes order = values_.layout(x);
  const DType type = wide(dtype(x));
  const bool sum = a.kind == ir::Reduction::kSum;
  const double nothing = sum ? 0 : a.kind == ir::Reduction::kMaximum ? least(type) : most(type);
  const std::string fold = sum ? "Add" : a.kind == ir::Reduction::kMaximum ? "Max" : "Min";
  const auto write = [&](std::string y) {
    std::vector<PadAxis> pads;
    for (const int axis : order) pads.push_back({0, 0, 0, values_.extents(x)[static_cast<std::size_t>(axis)]});
    for (std::size_t j = 0; j < order.size(); ++j) {
      const ir::WindowAxis& w = a.window[static_cast<std::size_t>(order[j])];
      if (w.trivial()) continue;
      std::vector<PadAxis> now = pads;
      now[j] = {w.low, w.high, w.base_dilation - 1, pads[j].length};
      y = padded(y, now, program_.number(nothing, type));
      const std::int64_t places = w.positions(pads[j].length.length);
      std::string folded;
      for (std::int64_t tap = 0; tap < w.size; ++tap) {
        const std::int64_t start = tap * w.dilation, seen_length = places > 0 ? (places - 1) * w.stride + 1 : 0;
        const std::string seen =
            add("Slice", {y, program_.integers({start}), program_.integers({start + seen_length}),
                          program_.integers({static_cast<std::int64_t>(j)}), program_.integers({w.stride})});
        folded = folded.empty() ? seen : add(fold, {folded, seen});
      }
      y = folded;
      pads[j].length = {places, false};
    }
    return y;
  };
  const Names operands = {values_.full(x, order)};
  values_.hold(node.result(), widened(dtype(x), operands, [&](const Names& in) { return write(in[0]); }), order);
}

}  // namespace cornu::onnx
