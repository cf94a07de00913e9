// Elements that take loops: reductions, windows, products.
#include <algorithm>

#include "cornu/core/error.h"
#include "cornu/export/c99/elements.h"

namespace cornu::c99 {
namespace {

using ir::Op;

bool has(const ir::Axes& axes, int a) { return std::find(axes.begin(), axes.end(), a) != axes.end(); }

}  // namespace

std::string Elements::loop(std::int64_t length, int& opened) {
  if (length == 1) return "0";
  const std::string k = writer_.fresh("k");
  writer_.open(cat("for (int ", k, " = 0; ", k, " < ", length, "; ++", k, ") {"));
  ++opened;
  return k;
}

std::string Elements::reduced(const ir::Node& node, const Place& place) {
  const auto& a = node.as<ir::ReduceAttributes>();
  const ir::Type& type = g_.type(node.operands[0]);
  const std::string sum = writer_.fresh("s");
  writer_.line(cat(c_type(type.dtype), " ", sum, " = ", Helpers::identity(a.kind, type.dtype), ";"));
  int opened = 0;
  std::size_t next = 0;
  Place from;
  for (int axis = 0; axis < type.shape.rank(); ++axis)
    from.push_back(has(a.axes, axis) ? loop(type.shape[axis], opened) : place[next++]);
  const std::string x = at(node.operands[0], from);
  writer_.line(cat(sum, " = ", helpers_.fold(a.kind, type.dtype, sum, x), ";"));
  writer_.close(opened);
  return sum;
}

std::string Elements::slide(const ir::WindowAxis& w, std::int64_t length, const std::string& position,
                            const std::string& tap) {
  if (w.trivial()) return position;
  // Where there are neither edges nor holes in reach, the place is a plain sum.
  const std::int64_t last = (w.positions(length) - 1) * w.stride + w.extent() - 1 - w.low;
  const bool under = w.low > 0, over = last >= w.dilated(length), holes = w.base_dilation > 1;
  const std::string shown = w.reversed ? cat("(", w.size - 1, " - ", tap, ")") : tap;
  std::vector<std::string> terms;
  if (position != "0") terms.push_back(w.stride == 1 ? position : cat(position, " * ", w.stride));
  if (shown != "0") terms.push_back(w.dilation == 1 ? shown : cat(shown, " * ", w.dilation));
  std::string sum = terms.empty() ? "0" : join(terms, " + ");
  if (w.low != 0) sum += cat(w.low > 0 ? " - " : " + ", w.low > 0 ? w.low : -w.low);
  if (!under && !over && !holes) return sum == "0" ? sum : "(" + sum + ")";
  const std::string p = writer_.fresh("p");
  writer_.line(cat("const int ", p, " = ", sum, ";"));
  std::vector<std::string> skips;
  if (under) skips.push_back(cat(p, " < 0"));
  if (over) skips.push_back(cat(p, " >= ", w.dilated(length)));
  if (holes) skips.push_back(cat(p, " % ", w.base_dilation, " != 0"));
  writer_.line(cat("if (", join(skips, " || "), ") continue;"));
  if (length == 1) return "0";
  return holes ? cat("(", p, " / ", w.base_dilation, ")") : p;
}

// `continue` needs a loop of its own, also where the window has one element along the axis.
std::string Elements::window(const ir::Node& node, const Place& place) {
  const auto& a = node.as<ir::ReduceWindowAttributes>();
  const ir::Type& type = g_.type(node.operands[0]);
  const std::string sum = writer_.fresh("s");
  writer_.line(cat(c_type(type.dtype), " ", sum, " = ", Helpers::identity(a.kind, type.dtype), ";"));
  int opened = 0;
  Place from;
  for (std::size_t axis = 0; axis < a.window.size(); ++axis) {
    const ir::WindowAxis& w = a.window[axis];
    const std::string tap = w.trivial() ? "0" : writer_.fresh("k");
    if (!w.trivial()) {
      writer_.open(cat("for (int ", tap, " = 0; ", tap, " < ", w.size, "; ++", tap, ") {"));
      ++opened;
    }
    from.push_back(slide(w, type.shape[static_cast<int>(axis)], place[axis], tap));
  }
  const std::string x = at(node.operands[0], from);
  writer_.line(cat(sum, " = ", helpers_.fold(a.kind, type.dtype, sum, x), ";"));
  writer_.close(opened);
  return sum;
}

std::string Elements::argmax(const ir::Node& node, const Place& place) {
  const int axis = node.as<ir::AxisAttributes>().axis;
  const ir::Type& type = g_.type(node.operands[0]);
  Place from = place;
  from.insert(from.begin() + axis, "0");
  const std::string best = writer_.fresh("best"), record = writer_.fresh("s"), value = writer_.fresh("v");
  const std::string first = at(node.operands[0], from);
  writer_.line(cat(c_type(type.dtype), " ", record, " = ", first, ";"));
  writer_.line(cat("int32_t ", best, " = 0;"));
  int opened = 0;
  const std::string k = loop(type.shape[axis], opened);
  from[static_cast<std::size_t>(axis)] = k;
  const std::string x = at(node.operands[0], from);
  writer_.line(cat("const ", c_type(type.dtype), " ", value, " = ", x, ";"));
  // A NaN is larger than every number.
  const std::string nan =
      is_floating(type.dtype) ? cat(" || (", value, " != ", value, " && ", record, " == ", record, ")") : "";
  writer_.open(cat("if (", value, " > ", record, nan, ") {"));
  writer_.line(cat(record, " = ", value, ";"));
  writer_.line(cat(best, " = ", k, ";"));
  writer_.close(1 + opened);
  return best;
}

std::string Elements::product(const ir::Node& node, const Place& place) {
  const DType dtype = g_.type(node.result()).dtype;
  const std::string sum = writer_.fresh("s");
  writer_.line(cat(c_type(dtype), " ", sum, " = 0;"));
  const Product p = open_product(node, place);
  const std::string a = at(p.left, p.left_place), b = at(p.right, p.right_place);
  writer_.line(cat(sum, " = ", helpers_.more(dtype, sum, a, b), ";"));
  writer_.close(p.opened);
  return sum;
}

Product Elements::open_product(const ir::Node& node, const Place& place) {
  return node.op == Op::kDotGeneral ? open_dot(node, place) : open_convolution(node, place);
}

// The result's axes: batch, then the left side's free ones, then the right side's.
Product Elements::open_dot(const ir::Node& node, const Place& place) {
  const auto& a = node.as<ir::DotAttributes>();
  const Shape &left = g_.shape(node.operands[0]), &right = g_.shape(node.operands[1]);
  Product out{node.operands[0], node.operands[1], Place(static_cast<std::size_t>(left.rank())),
              Place(static_cast<std::size_t>(right.rank()))};
  std::size_t next = 0;
  for (std::size_t i = 0; i < a.lhs_batch.size(); ++i, ++next) {
    out.left_place[static_cast<std::size_t>(a.lhs_batch[i])] = place[next];
    out.right_place[static_cast<std::size_t>(a.rhs_batch[i])] = place[next];
  }
  for (int axis = 0; axis < left.rank(); ++axis)
    if (!has(a.lhs_batch, axis) && !has(a.lhs_contract, axis))
      out.left_place[static_cast<std::size_t>(axis)] = place[next++];
  for (int axis = 0; axis < right.rank(); ++axis)
    if (!has(a.rhs_batch, axis) && !has(a.rhs_contract, axis)) {
      out.right_place[static_cast<std::size_t>(axis)] = place[next++];
      out.right_feature = axis;
    }
  for (std::size_t i = 0; i < a.lhs_contract.size(); ++i) {
    const std::string k = loop(left[a.lhs_contract[i]], out.opened);
    out.left_place[static_cast<std::size_t>(a.lhs_contract[i])] = k;
    out.right_place[static_cast<std::size_t>(a.rhs_contract[i])] = k;
  }
  return out;
}

Product Elements::open_convolution(const ir::Node& node, const Place& place) {
  const auto& a = node.as<ir::ConvolutionAttributes>();
  const Shape &image = g_.shape(node.operands[0]), &kernel = g_.shape(node.operands[1]);
  Product out{node.operands[0], node.operands[1], Place(static_cast<std::size_t>(image.rank())),
              Place(static_cast<std::size_t>(kernel.rank()))};
  const auto axis = [](int i) { return static_cast<std::size_t>(i); };
  const std::string& feature = place[axis(a.result.feature)];
  out.left_place[axis(a.image.batch)] = place[axis(a.result.batch)];
  out.right_place[axis(a.kernel.output)] = feature;
  if (a.result.feature == g_.shape(node.result()).rank() - 1) out.right_feature = a.kernel.output;
  for (std::size_t i = 0; i < a.window.size(); ++i) {
    const std::string tap = a.window[i].trivial() ? "0" : writer_.fresh("k");
    if (!a.window[i].trivial()) {
      writer_.open(cat("for (int ", tap, " = 0; ", tap, " < ", a.window[i].size, "; ++", tap, ") {"));
      ++out.opened;
    }
    out.right_place[axis(a.kernel.spatial[i])] = tap;
    out.left_place[axis(a.image.spatial[i])] =
        slide(a.window[i], image[a.image.spatial[i]], place[axis(a.result.spatial[i])], tap);
  }
  const std::int64_t inputs = kernel[a.kernel.input], outputs = kernel[a.kernel.output] / a.feature_groups;
  const std::string k = loop(inputs, out.opened);
  out.right_place[axis(a.kernel.input)] = k;
  std::string from = k;
  if (a.feature_groups > 1) {
    const std::string group = outputs == 1 ? feature : cat("(", feature, ") / ", outputs);
    from = inputs == 1 ? cat("(", group, ")") : cat("((", group, ") * ", inputs, " + ", k, ")");
  }
  out.left_place[axis(a.image.feature)] = image[a.image.feature] == 1 ? "0" : from;
  return out;
}

}  // namespace cornu::c99
