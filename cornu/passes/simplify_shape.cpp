// Moves of elements that move nothing, undo each other, or are one move.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "cornu/passes/match.h"
#include "cornu/passes/simplify.h"

namespace cornu::passes {
namespace {

using ir::Node;
using ir::Op;
using ir::ValueId;

ValueId reshape(const Candidate& c) {
  if (c.shape(0) == c.type.shape) return c.in[0];
  const Node& inner = c.graph.producer(c.in[0]);
  if (inner.op == Op::kReshape) {
    const ValueId x = inner.operands[0];
    return add_reshape(c.graph, x, c.type.shape);
  }
  if (inner.op == Op::kBroadcastInDim && c.graph.shape(inner.operands[0]).size() == 1) {
    const ValueId x = inner.operands[0];
    return spread(c.graph, x, c.type.shape);
  }
  // Rows that are taken, then reshaped, each as a whole: reshaped first, which moves nothing, then taken.
  if (inner.op == Op::kGather && inner.as<ir::AxisAttributes>().axis == 0 && c.type.shape.rank() > 0 &&
      c.graph.shape(inner.operands[1]) == Shape{c.type.shape[0]}) {
    const ValueId rows = inner.operands[0], indices = inner.operands[1];
    Shape all = c.type.shape;
    all[0] = c.graph.shape(rows)[0];
    const ValueId reshaped = add_reshape(c.graph, rows, all);
    return c.graph.add(Op::kGather, {reshaped, indices}, ir::AxisAttributes{0}).result();
  }
  if (inner.op == Op::kConstant)  // a constant's bytes stay as they are
    return c.graph
        .add(Op::kConstant, {}, ir::ConstantAttributes{inner.as<ir::ConstantAttributes>().value.reshape(c.type.shape)})
        .result();
  return kNoRule;
}

ValueId broadcast(const Candidate& c) {
  if (c.shape(0) == c.type.shape) return c.in[0];
  if (c.shape(0).size() == c.type.shape.size()) return add_reshape(c.graph, c.in[0], c.type.shape);
  const Node& inner = c.graph.producer(c.in[0]);
  const ir::Axes& dims = c.as<ir::BroadcastAttributes>().dims;
  if (inner.op == Op::kBroadcastInDim) {
    const ValueId x = inner.operands[0];
    ir::Axes both;
    for (const int d : inner.as<ir::BroadcastAttributes>().dims) both.push_back(dims[static_cast<std::size_t>(d)]);
    return add_broadcast(c.graph, x, c.type.shape, both);
  }
  // A number is broadcast from shape (): the one form that rules and fusions look for.
  if (c.shape(0).size() == 1 && !c.shape(0).empty()) return spread(c.graph, c.in[0], c.type.shape);
  return kNoRule;
}

ValueId transpose(const Candidate& c) {
  ir::Axes permutation = c.as<ir::TransposeAttributes>().permutation;
  const Node& inner = c.graph.producer(c.in[0]);
  if (inner.op == Op::kTranspose) {
    const ir::Axes& first = inner.as<ir::TransposeAttributes>().permutation;
    const ValueId x = inner.operands[0];
    for (int& axis : permutation) axis = first[static_cast<std::size_t>(axis)];
    return c.graph.add(Op::kTranspose, {x}, ir::TransposeAttributes{permutation}).result();
  }
  if (const ValueId scalar = spread_scalar(c.graph, c.in[0]); scalar >= 0) return spread(c.graph, scalar, c.type.shape);
  // Elements stay in their order when only axes of length 1 move.
  ir::Axes significant;
  for (const int axis : permutation)
    if (c.shape(0)[axis] != 1) significant.push_back(axis);
  return std::is_sorted(significant.begin(), significant.end()) ? add_reshape(c.graph, c.in[0], c.type.shape) : kNoRule;
}

ValueId slice(const Candidate& c) {
  if (c.shape(0) == c.type.shape) return c.in[0];  // a stride of 1 over all, or axes of length 0 or 1
  if (const ValueId scalar = spread_scalar(c.graph, c.in[0]); scalar >= 0) return spread(c.graph, scalar, c.type.shape);
  return kNoRule;
}

ValueId reverse(const Candidate& c) {
  for (const int axis : c.as<ir::AxesAttributes>().axes)
    if (c.shape(0)[axis] > 1) return kNoRule;
  return c.in[0];
}

ValueId pad(const Candidate& c) {
  const auto& a = c.as<ir::PadAttributes>();
  const auto zero = [](std::int64_t n) { return n == 0; };
  if (c.shape(0) == c.type.shape && std::all_of(a.low.begin(), a.low.end(), zero) &&
      std::all_of(a.high.begin(), a.high.end(), zero))
    return c.in[0];
  return kNoRule;
}

ValueId concatenate(const Candidate& c) {
  const int axis = c.as<ir::AxisAttributes>().axis;
  std::vector<ValueId> parts;
  for (const ValueId v : c.in)
    if (c.graph.shape(v)[axis] != 0) parts.push_back(v);
  if (parts.size() == 1) return parts[0];
  if (parts.empty() || parts.size() == c.in.size()) return kNoRule;
  return c.graph.add(Op::kConcatenate, parts, c.attributes).result();
}

}  // namespace

ValueId simplify_shape(const Candidate& c) {
  switch (c.op) {
    case Op::kReshape: return reshape(c);
    case Op::kBroadcastInDim: return broadcast(c);
    case Op::kTranspose: return transpose(c);
    case Op::kSlice: return slice(c);
    case Op::kReverse: return reverse(c);
    case Op::kPad: return pad(c);
    case Op::kConcatenate: return concatenate(c);
    default: return kNoRule;
  }
}

ValueId simplify_reduce(const Candidate& c) {
  if (c.op != Op::kReduce) return kNoRule;
  if (c.shape(0).size() == c.type.shape.size()) return add_reshape(c.graph, c.in[0], c.type.shape);
  const auto& a = c.as<ir::ReduceAttributes>();
  const ValueId scalar = spread_scalar(c.graph, c.in[0]);
  if (scalar < 0 || c.shape(0).size() == 0) return kNoRule;
  // The largest of equal numbers is one of them; a sum of equal constants is known when it is exact.
  if (a.kind != ir::Reduction::kSum && a.kind != ir::Reduction::kProduct) return spread(c.graph, scalar, c.type.shape);
  const auto number = constant_number(c.graph, scalar);
  if (!number || a.kind != ir::Reduction::kSum) return kNoRule;
  const double count = static_cast<double>(c.shape(0).size() / std::max<std::int64_t>(1, c.type.shape.size()));
  const bool exact = std::abs(*number) < 256.0 && *number == std::floor(*number) && std::abs(*number * count) < 256.0;
  if (!exact && !(*number == 0.0)) return kNoRule;
  return add_constant(c.graph, c.type.shape, *number * count, c.type.dtype);
}

namespace {

ir::Axes free_axes(int rank, const ir::Axes& batch, const ir::Axes& contract) {
  ir::Axes out;
  for (int i = 0; i < rank; ++i)
    if (std::find(batch.begin(), batch.end(), i) == batch.end() &&
        std::find(contract.begin(), contract.end(), i) == contract.end())
      out.push_back(i);
  return out;
}

// The operand in front of a transposition, when the order of its free axes stays; the axes then name other positions.
bool absorb(const Candidate& c, std::size_t side, std::vector<ValueId>& in, ir::Axes& batch, ir::Axes& contract) {
  const Node* node = producer_of(c.graph, in[side], Op::kTranspose);
  if (!node) return false;
  const ir::Axes& permutation = node->as<ir::TransposeAttributes>().permutation;
  const auto before = [&permutation](ir::Axes axes) {
    for (int& axis : axes) axis = permutation[static_cast<std::size_t>(axis)];
    return axes;
  };
  const ir::Axes free = before(free_axes(static_cast<int>(permutation.size()), batch, contract));
  if (!std::is_sorted(free.begin(), free.end())) return false;
  batch = before(batch);
  contract = before(contract);
  in[side] = node->operands[0];
  return true;
}

}  // namespace

ValueId simplify_dot(const Candidate& c) {
  ir::DotAttributes a = c.as<ir::DotAttributes>();
  std::vector<ValueId> in = c.in;
  const bool left = absorb(c, 0, in, a.lhs_batch, a.lhs_contract);
  const bool right = absorb(c, 1, in, a.rhs_batch, a.rhs_contract);
  if (!left && !right) return kNoRule;
  return c.graph.add(Op::kDotGeneral, in, a).result();
}

}  // namespace cornu::passes
