// Ops that move elements: each is one strided copy, a concatenation one for each operand.
#include <algorithm>

#include "cornu/core/error.h"
#include "cornu/engine/cpu/lowering.h"
#include "cornu/engine/cpu/strided_copy.h"

namespace cornu::cpu {
namespace {

using ir::Node;
using ir::Op;

struct Move {
  Lowering& lowering;
  const Node& node;
  const Shape& in;
  const Shape& out;
  std::vector<std::int64_t> in_strides, out_strides;

  Move(Lowering& l, const Node& n, ir::ValueId operand)
      : lowering(l),
        node(n),
        in(l.graph().shape(operand)),
        out(l.graph().shape(n.result())),
        in_strides(row_major_strides(in)),
        out_strides(row_major_strides(out)) {
    copy.from = l.slot(operand);
    copy.to = l.slot(n.result());
    copy.element_bytes = size_of(l.graph().type(operand).dtype);
  }
  StridedCopy copy;

  void emit() {
    for (const std::int64_t n : copy.lengths)
      if (n == 0) return;
    lowering.emit(strided_copy_step(std::move(copy), lowering.threads(), cat(name_of(node.op), ' ', in, " -> ", out)));
  }
};

void broadcast(Lowering& lowering, const Node& node) {
  Move m(lowering, node, node.operands[0]);
  const auto& dims = node.as<ir::BroadcastAttributes>().dims;
  m.copy.lengths = m.out.dims();
  m.copy.to_strides = m.out_strides;
  m.copy.from_strides.assign(m.copy.lengths.size(), 0);
  for (std::size_t i = 0; i < dims.size(); ++i)
    if (m.in[static_cast<int>(i)] != 1) m.copy.from_strides[static_cast<std::size_t>(dims[i])] = m.in_strides[i];
  m.emit();
}

void transpose(Lowering& lowering, const Node& node) {
  Move m(lowering, node, node.operands[0]);
  m.copy.lengths = m.out.dims();
  m.copy.to_strides = m.out_strides;
  for (const int axis : node.as<ir::TransposeAttributes>().permutation)
    m.copy.from_strides.push_back(m.in_strides[static_cast<std::size_t>(axis)]);
  m.emit();
}

void slice(Lowering& lowering, const Node& node) {
  Move m(lowering, node, node.operands[0]);
  const auto& a = node.as<ir::SliceAttributes>();
  m.copy.lengths = m.out.dims();
  m.copy.to_strides = m.out_strides;
  for (std::size_t i = 0; i < a.start.size(); ++i) {
    m.copy.from_offset += a.start[i] * m.in_strides[i];
    m.copy.from_strides.push_back(a.stride[i] * m.in_strides[i]);
  }
  m.emit();
}

void reverse(Lowering& lowering, const Node& node) {
  Move m(lowering, node, node.operands[0]);
  m.copy.lengths = m.out.dims();
  m.copy.to_strides = m.out_strides;
  m.copy.from_strides = m.in_strides;
  for (const int axis : node.as<ir::AxesAttributes>().axes) {
    const auto i = static_cast<std::size_t>(axis);
    m.copy.from_offset += (m.in[axis] - 1) * m.in_strides[i];
    m.copy.from_strides[i] = -m.in_strides[i];
  }
  m.emit();
}

void pad(Lowering& lowering, const Node& node) {
  {  // everything is padding first
    Move fill(lowering, node, node.operands[1]);
    fill.copy.lengths = {fill.out.size()};
    fill.copy.from_strides = {0};
    fill.copy.to_strides = {1};
    fill.emit();
  }
  Move m(lowering, node, node.operands[0]);
  const auto& a = node.as<ir::PadAttributes>();
  for (std::size_t i = 0; i < a.low.size(); ++i) {
    const int axis = static_cast<int>(i);
    const std::int64_t step = a.interior[i] + 1;
    // Elements first .. last of the operand land inside of the result; the others are cropped.
    const std::int64_t first = a.low[i] < 0 ? (-a.low[i] + step - 1) / step : 0;
    const std::int64_t room = m.out[axis] - 1 - a.low[i];
    const std::int64_t last = room < 0 ? -1 : std::min(m.in[axis] - 1, room / step);
    m.copy.lengths.push_back(std::max<std::int64_t>(0, last - first + 1));
    m.copy.from_strides.push_back(m.in_strides[i]);
    m.copy.to_strides.push_back(step * m.out_strides[i]);
    m.copy.from_offset += first * m.in_strides[i];
    m.copy.to_offset += (a.low[i] + first * step) * m.out_strides[i];
  }
  m.emit();
}

void concatenate(Lowering& lowering, const Node& node) {
  const auto axis = static_cast<std::size_t>(node.as<ir::AxisAttributes>().axis);
  std::int64_t at = 0;
  for (const ir::ValueId operand : node.operands) {
    Move m(lowering, node, operand);
    m.copy.lengths = m.in.dims();
    m.copy.from_strides = m.in_strides;
    m.copy.to_strides = m.out_strides;
    m.copy.to_offset = at * m.out_strides[axis];
    at += m.in[static_cast<int>(axis)];
    m.emit();
  }
}

}  // namespace

void lower_shape(Lowering& lowering, const Node& node) {
  switch (node.op) {
    case Op::kBroadcastInDim: return broadcast(lowering, node);
    case Op::kTranspose: return transpose(lowering, node);
    case Op::kSlice: return slice(lowering, node);
    case Op::kReverse: return reverse(lowering, node);
    case Op::kPad: return pad(lowering, node);
    case Op::kConcatenate: return concatenate(lowering, node);
    default: throw InternalError(cat(name_of(node.op), " moves no elements"));
  }
}

}  // namespace cornu::cpu
