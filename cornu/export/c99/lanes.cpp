// Products with many results a turn: an element of the left side is read once for all of them.
#include <algorithm>

#include "cornu/export/c99/steps.h"

namespace cornu::c99 {
namespace {

using ir::Op;

// As many results at once as there are registers for: compilers keep 8 to 10 sums in them on a Cortex-M,
int lanes_for(std::int64_t outputs) {
  if (outputs <= 10) return static_cast<int>(outputs);
  for (const int lanes : {8, 10, 9, 7, 6, 5, 4})
    if (outputs % lanes == 0) return lanes;
  return 8;
}

// and 16 where weights lie in the order in which they are read, so that one address is enough.
int blocked_lanes_for(std::int64_t outputs) {
  if (outputs <= 16) return static_cast<int>(outputs);
  for (const int lanes : {16, 15, 14, 12, 10, 13, 11, 9, 8})
    if (outputs % lanes == 0) return lanes;
  return 16;
}

}  // namespace

// A constant kernel (..., outputs) whose other axes are walked in their order.
bool Steps::has_plain_kernel(const ir::Node& product) const {
  const ir::Node& kernel = g_.producer(product.operands[1]);
  if (kernel.op != Op::kConstant || g_.type(kernel.result()).dtype != float32) return false;
  const int rank = g_.shape(kernel.result()).rank();
  if (product.op == Op::kDotGeneral) {
    const auto& a = product.as<ir::DotAttributes>();
    return rank == 2 && a.rhs_batch.empty() && a.rhs_contract == ir::Axes{0};
  }
  const auto& a = product.as<ir::ConvolutionAttributes>();
  ir::Axes spatial;
  for (int i = 0; i + 2 < rank; ++i) spatial.push_back(i);
  return a.feature_groups == 1 && a.batch_groups == 1 && a.kernel.spatial == spatial && a.kernel.input == rank - 2 &&
         a.kernel.output == rank - 1;
}

// The weights of the block's outputs at the place of the open loops.
std::string Steps::open_row(const Product& p, const std::string& first, int lanes, int block) {
  Shape shape = g_.shape(p.right);
  Place place = p.right_place;
  const std::int64_t rows = shape.size() / shape.back();
  shape[shape.rank() - 1] = 1;
  place.back() = "0";
  const std::string flat = flat_place(shape, place), row = elements_.writer().fresh("w");
  std::string at = elements_.blocked(p.right, block);
  if (first != "0") at += cat(" + ", first, " * ", rows);
  if (flat != "0") at += cat(" + (", flat, ") * ", lanes);
  elements_.writer().line(cat("const float *const ", row, " = ", at, ";"));
  return row;
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
  const bool blocked = has_plain_kernel(*product);
  const int lanes = blocked ? blocked_lanes_for(shape.back()) : lanes_for(shape.back());
  const auto whole = shape.back() / lanes * lanes;
  int opened = 0;
  w.open("{");
  const Place place = open(shape, opened, last);
  if (whole == lanes) {
    store_lanes(v, *product, place, "0", lanes, blocked ? lanes : 0);
  } else {
    const std::string j = w.fresh("j");
    w.open(cat("for (int ", j, " = 0; ", j, " < ", whole, "; ", j, " += ", lanes, ") {"));
    store_lanes(v, *product, place, j, lanes, blocked ? lanes : 0);
    w.close();
  }
  if (whole < shape.back()) {
    w.open("{");
    store_lanes(v, *product, place, cat(whole), static_cast<int>(shape.back() - whole), blocked ? lanes : 0);
    w.close();
  }
  w.close(opened + 1);
  return true;
}

// `block`: how many outputs the blocks of the kernel's table have; 0: the table is as the model has it.
void Steps::store_lanes(ir::ValueId v, const ir::Node& product, const Place& place, const std::string& first, int lanes,
                        int block) {
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
  const std::string row = block > 0 ? open_row(p, first, lanes, block) : "";
  for (int l = 0; l < lanes; ++l) {
    Place right = p.right_place;
    right[static_cast<std::size_t>(p.right_feature)] = lane(l);
    const std::string y = block > 0 ? cat(row, "[", l, "]") : elements_.at(p.right, right);
    const std::string& s = sums[static_cast<std::size_t>(l)];
    w.line(cat(s, " = ", elements_.helpers().more(dtype, s, x, y), ";"));
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
