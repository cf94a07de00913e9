#include "cornu/export/c99/steps.h"

#include <algorithm>

#include "cornu/core/error.h"

namespace cornu::c99 {
namespace {

using ir::Op;

// As many results at once as there are registers for: compilers keep 8 to 10 sums in them on a Cortex-M.
int lanes_for(std::int64_t outputs) {
  if (outputs <= 10) return static_cast<int>(outputs);
  for (const int lanes : {8, 10, 9, 7, 6, 5, 4})
    if (outputs % lanes == 0) return lanes;
  return 8;
}

}  // namespace

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
  if (!store_product(node.result())) store_each(node.result());
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

const ir::Node* Steps::product_under(ir::ValueId v) const {
  const ir::Node& node = g_.producer(v);
  if (node.op == Op::kDotGeneral || node.op == Op::kConvolution) return &node;
  const bool reshape = node.op == Op::kReshape && Plan::trivial_reshape(g_.shape(node.operands[0]), g_.shape(v));
  if (!reshape && ir::family_of(node.op) != ir::Family::kElementwise) return nullptr;
  const ir::Node* found = nullptr;
  for (const ir::ValueId operand : node.operands) {
    if (plan_.stored(operand)) continue;
    const ir::Node* product = product_under(operand);
    if (product && found) return nullptr;
    if (product) found = product;
  }
  return found;
}

bool Steps::store_product(ir::ValueId v) {
  const ir::Node* product = product_under(v);
  if (!product) return false;
  const Shape &shape = g_.shape(v), &made = g_.shape(product->result());
  const int last = shape.rank() - 1;
  if (shape.rank() == 0 || made.rank() == 0 || shape.back() < 2 || made.back() != shape.back()) return false;
  if (product->op == Op::kConvolution) {
    const auto& a = product->as<ir::ConvolutionAttributes>();
    if (a.feature_groups > 1 || a.result.feature != made.rank() - 1) return false;
  } else {
    const auto& a = product->as<ir::DotAttributes>();
    if (g_.shape(product->operands[1]).rank() == static_cast<int>(a.rhs_batch.size() + a.rhs_contract.size()))
      return false;
  }
  Writer& w = elements_.writer();
  const int lanes = lanes_for(shape.back());
  const auto whole = shape.back() / lanes * lanes;
  int opened = 0;
  w.open("{");
  const Place place = open(shape, opened, last);
  if (whole == lanes) {
    store_lanes(v, *product, place, "0", lanes);
  } else {
    const std::string j = w.fresh("j");
    w.open(cat("for (int ", j, " = 0; ", j, " < ", whole, "; ", j, " += ", lanes, ") {"));
    store_lanes(v, *product, place, j, lanes);
    w.close();
  }
  if (whole < shape.back()) {
    w.open("{");
    store_lanes(v, *product, place, cat(whole), static_cast<int>(shape.back() - whole));
    w.close();
  }
  w.close(opened + 1);
  return true;
}

void Steps::store_lanes(ir::ValueId v, const ir::Node& product, const Place& place, const std::string& first,
                        int lanes) {
  Writer& w = elements_.writer();
  const DType dtype = g_.type(product.result()).dtype;
  const auto lane = [&first](int l) { return l == 0 ? first : first == "0" ? cat(l) : cat("(", first, " + ", l, ")"); };
  const std::string sum = w.fresh("s"), x = w.fresh("v");
  std::vector<std::string> sums;
  for (int l = 0; l < lanes; ++l) sums.push_back(cat(sum, "_", l));
  w.line(cat(c_type(dtype), " ", join(sums, " = 0, "), " = 0;"));
  const Shape& made = g_.shape(product.result());
  Place inner = place;
  inner.back() = first;
  const Product p = elements_.open_product(product, moved_place(g_.shape(v), inner, made));
  const std::string left = elements_.at(p.left, p.left_place);
  w.line(cat("const ", c_type(dtype), " ", x, " = ", left, ";"));
  for (int l = 0; l < lanes; ++l) {
    Place right = p.right_place;
    right[static_cast<std::size_t>(p.right_feature)] = lane(l);
    const std::string y = elements_.at(p.right, right);
    const std::string term = elements_.helpers().apply(Op::kMultiply, dtype, {x, y});
    const std::string& s = sums[static_cast<std::size_t>(l)];
    w.line(cat(s, " = ", elements_.helpers().apply(Op::kAdd, dtype, {s, term}), ";"));
  }
  w.close(p.opened);
  for (int l = 0; l < lanes; ++l) {
    elements_.know(product.result(), sums[static_cast<std::size_t>(l)]);
    Place to = place;
    to.back() = lane(l);
    const std::string value = product.result() == v ? sums[static_cast<std::size_t>(l)] : elements_.compute(v, to);
    w.line(cat(target(v, to), " = ", value, ";"));
  }
  elements_.forget(product.result());
}

}  // namespace cornu::c99
