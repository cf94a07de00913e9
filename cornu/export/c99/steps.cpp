#include "cornu/export/c99/steps.h"

#include <algorithm>

#include "cornu/core/error.h"

namespace cornu::c99 {
using ir::Op;

std::string Steps::target(ir::ValueId v, const Place& place) {
  return cat(elements_.array(v), "[", flat_place(g_.shape(v), place), "]");
}

Place Steps::open(const Shape& shape, int& opened, int without) {
  Place place;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (axis == without || shape[axis] == 1) {
      place.push_back("0");
      continue;
    }
    const std::string i = elements_.writer().fresh("i");
    elements_.writer().open(cat("for (int ", i, " = 0; ", i, " < ", shape[axis], "; ++", i, ") {"));
    ++opened;
    place.push_back(i);
  }
  return place;
}

void Steps::run() {
  std::string text;
  for (const ir::Node& node : g_.nodes()) {
    const ir::ValueId v = node.result();
    if (!plan_.stored(v) || node.op == Op::kParameter) continue;
    // The comment needs the names of the weights, which are known afterwards.
    const std::size_t before = elements_.writer().text().size();
    store(node);
    const std::string code = elements_.writer().text().substr(before);
    text += cat("  /* ", comment_text(headline(v)), " */\n", code);
    steps_.push_back({v, elements_.take_reads()});
  }
  body_ = text;
}

// "conv2d/kernel, conv2d/bias: convolution, add, maximum -> float32(1, 26, 26, 8)"
std::string Steps::headline(ir::ValueId v) {
  std::vector<std::string> ops;
  std::vector<ir::ValueId> open = {v};
  while (!open.empty() && ops.size() < 6) {
    const ir::Node& node = g_.producer(open.back());
    open.pop_back();
    const bool plain = node.op == Op::kConstant || node.op == Op::kParameter || node.op == Op::kBroadcastInDim ||
                       node.op == Op::kReshape;
    const std::string name(name_of(node.op));
    if ((!plain || ops.empty()) && std::find(ops.begin(), ops.end(), name) == ops.end()) ops.push_back(name);
    for (const ir::ValueId operand : node.operands)
      if (!plan_.stored(operand)) open.push_back(operand);
  }
  std::reverse(ops.begin(), ops.end());
  const std::string names = join(elements_.take_names(), ", ");
  return cat(names, names.empty() ? "" : ": ", join(ops, ", "), " -> ", name_of(g_.type(v).dtype),
             to_string(g_.shape(v)));
}

void Steps::store(const ir::Node& node) {
  if (g_.shape(node.result()).size() == 0) return;
  if (node.op == Op::kConcatenate) return concatenate(node);
  if (node.op == Op::kCumulativeSum) return accumulate(node);
  if (node.op == Op::kScatter) return scatter(node);
  if (!store_pooled(node) && !store_product(node.result())) store_each(node.result());
}

void Steps::store_each(ir::ValueId v) {
  int opened = 0;
  // A block of its own keeps the names of what is computed outside of loops apart.
  elements_.writer().open("{");
  const Place place = open(g_.shape(v), opened);
  const std::string value = elements_.compute(v, place);
  elements_.writer().line(cat(target(v, place), " = ", value, ";"));
  elements_.writer().close(opened + 1);
}

void Steps::concatenate(const ir::Node& node) {
  const int axis = node.as<ir::AxisAttributes>().axis;
  std::int64_t start = 0;
  for (const ir::ValueId operand : node.operands) {
    const Shape& shape = g_.shape(operand);
    if (shape.size() > 0) {
      int opened = 0;
      elements_.writer().open("{");
      const Place from = open(shape, opened);
      Place to = from;
      std::string& at = to[static_cast<std::size_t>(axis)];
      if (start > 0) at = at == "0" ? cat(start) : cat("(", at, " + ", start, ")");
      const std::string value = elements_.at(operand, from);
      elements_.writer().line(cat(target(node.result(), to), " = ", value, ";"));
      elements_.writer().close(opened + 1);
    }
    start += shape[axis];
  }
}

void Steps::accumulate(const ir::Node& node) {
  const int axis = node.as<ir::AxisAttributes>().axis;
  const ir::Type& type = g_.type(node.result());
  Writer& w = elements_.writer();
  int opened = 0;
  w.open("{");
  Place place = open(type.shape, opened, axis);
  const std::string sum = w.fresh("s"), k = w.fresh("k");
  w.line(cat(c_type(type.dtype), " ", sum, " = 0;"));
  w.open(cat("for (int ", k, " = 0; ", k, " < ", type.shape[axis], "; ++", k, ") {"));
  place[static_cast<std::size_t>(axis)] = k;
  const std::string x = elements_.at(node.operands[0], place);
  w.line(cat(sum, " = ", elements_.helpers().apply(Op::kAdd, type.dtype, {sum, x}), ";"));
  w.line(cat(target(node.result(), place), " = ", sum, ";"));
  w.close(opened + 2);
}

// A copy, to which slices are added one after the other; indices outside are left out.
void Steps::scatter(const ir::Node& node) {
  const auto axis = static_cast<std::size_t>(node.as<ir::AxisAttributes>().axis);
  const ir::Type& type = g_.type(node.result());
  const Shape &updates = g_.shape(node.operands[2]), &indices = g_.shape(node.operands[1]);
  Writer& w = elements_.writer();
  int copied = 0, opened = 0;
  w.open("{");
  const Place all = open(type.shape, copied);
  w.line(cat(target(node.result(), all), " = ", elements_.at(node.operands[0], all), ";"));
  w.close(copied);
  if (updates.size() > 0) {
    const Place from = open(updates, opened);
    const auto begin = from.begin() + static_cast<std::ptrdiff_t>(axis);
    const std::string index = elements_.at(node.operands[1], Place(begin, begin + indices.rank())), k = w.fresh("k");
    w.open("{");
    w.line(cat("const int64_t ", k, " = (int64_t)", index, ";"));
    w.open(cat("if (", k, " >= 0 && ", k, " < ", type.shape[static_cast<int>(axis)], ") {"));
    Place to(from.begin(), begin);
    to.push_back(k);
    to.insert(to.end(), begin + indices.rank(), from.end());
    const std::string x = elements_.at(node.operands[2], from), sum = target(node.result(), to);
    w.line(cat(sum, " = ", elements_.helpers().apply(Op::kAdd, type.dtype, {sum, x}), ";"));
    w.close(opened + 2);
  }
  w.close();
}

}  // namespace cornu::c99
