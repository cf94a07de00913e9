#include "cornu/engine/cpu/dot_shape.h"

#include <algorithm>
#include <optional>

#include "cornu/core/text.h"
#include "cornu/engine/cpu/strided_copy.h"

namespace cornu::cpu {
namespace {

struct Group {
  std::int64_t length = 1, stride = 0;
};

// Several axes as one, when each runs on from the next.
std::optional<Group> group(const Shape& shape, const std::vector<std::int64_t>& strides, const ir::Axes& axes) {
  Group out;
  for (const int axis : axes) {
    const std::int64_t length = shape[axis], stride = strides[static_cast<std::size_t>(axis)];
    if (length == 1) continue;
    if (out.length != 1 && out.stride != stride * length) return std::nullopt;
    out.length *= length;
    out.stride = stride;
  }
  return out;
}

ir::Axes free_axes(int rank, const ir::Axes& batch, const ir::Axes& contract) {
  const auto has = [](const ir::Axes& axes, int i) { return std::find(axes.begin(), axes.end(), i) != axes.end(); };
  ir::Axes out;
  for (int i = 0; i < rank; ++i)
    if (!has(batch, i) && !has(contract, i)) out.push_back(i);
  return out;
}

struct Side {
  Slot slot;
  Group batch, free, contract;
};

// Copies the operand so that its axes lie in the order batch, free, contracted.
Slot arranged(Lowering& lowering, ir::ValueId value, const std::vector<ir::Axes>& groups) {
  const ir::Type& type = lowering.graph().type(value);
  const std::vector<std::int64_t> strides = row_major_strides(type.shape);
  StridedCopy copy;
  copy.from = lowering.slot(value);
  copy.to = lowering.add_scratch_slot(type.bytes());
  copy.element_bytes = size_of(type.dtype);
  Shape to;
  for (const ir::Axes& axes : groups)
    for (const int axis : axes) {
      to.push_back(type.shape[axis]);
      copy.from_strides.push_back(strides[static_cast<std::size_t>(axis)]);
    }
  copy.lengths = to.dims();
  copy.to_strides = row_major_strides(to);
  const Slot made = copy.to;
  if (type.bytes() > 0)
    lowering.emit(
        strided_copy_step(std::move(copy), lowering.threads(), cat("arrange ", type.shape, " for a product")));
  return made;
}

Side side(Lowering& lowering, ir::ValueId value, const ir::Axes& batch, const ir::Axes& contract, bool is_left) {
  const Shape& shape = lowering.graph().shape(value);
  const ir::Axes free = free_axes(shape.rank(), batch, contract);
  const std::vector<std::int64_t> strides = row_major_strides(shape);
  const auto b = group(shape, strides, batch), f = group(shape, strides, free), c = group(shape, strides, contract);
  // The kernels walk the right side's rows or its columns without gaps.
  const bool walks = b && f && c && (is_left || f->length == 1 || c->length == 1 || f->stride == 1 || c->stride == 1);
  if (walks) return {lowering.slot(value), *b, *f, *c};
  const auto length = [&shape](const ir::Axes& axes) {
    std::int64_t n = 1;
    for (const int axis : axes) n *= shape[axis];
    return n;
  };
  const std::int64_t nf = length(free), nc = length(contract);
  return {arranged(lowering, value, {batch, free, contract}), {length(batch), nf * nc}, {nf, nc}, {nc, 1}};
}

}  // namespace

DotShape dot_shape(Lowering& lowering, const ir::Node& node) {
  const auto& a = node.as<ir::DotAttributes>();
  const Side left = side(lowering, node.operands[0], a.lhs_batch, a.lhs_contract, true);
  const Side right = side(lowering, node.operands[1], a.rhs_batch, a.rhs_contract, false);
  DotShape out;
  out.batch = left.batch.length;
  out.m = left.free.length;
  out.n = right.free.length;
  out.k = left.contract.length;
  out.left = {left.slot, left.batch.stride, left.free.stride, left.contract.stride};
  out.right = {right.slot, right.batch.stride, right.contract.stride, right.free.stride};
  return out;
}

}  // namespace cornu::cpu
