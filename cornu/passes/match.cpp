#include "cornu/passes/match.h"

namespace cornu::passes {

using ir::Node;
using ir::Op;
using ir::ValueId;

const Node* producer_of(const ir::Graph& graph, ValueId value, Op op) {
  const Node& node = graph.producer(value);
  return node.op == op ? &node : nullptr;
}

std::optional<double> constant_number(const ir::Graph& graph, ValueId value) {
  const ValueId scalar = spread_scalar(graph, value);
  if (scalar < 0) return std::nullopt;
  const Node& node = graph.producer(scalar);
  if (node.op != Op::kConstant) return std::nullopt;
  return node.as<ir::ConstantAttributes>().value.at(0);
}

ValueId spread_scalar(const ir::Graph& graph, ValueId value) {
  while (true) {
    const Node& node = graph.producer(value);
    if (node.op != Op::kBroadcastInDim && node.op != Op::kReshape) break;
    value = node.operands[0];
  }
  return graph.shape(value).size() == 1 ? value : -1;
}

namespace {

// The one axis that is not of length 1; -1: there are more, or none.
int only_axis(const Shape& shape) {
  int out = -1;
  for (int i = 0; i < shape.rank(); ++i) {
    if (shape[i] == 1) continue;
    if (out >= 0) return -1;
    out = i;
  }
  return out;
}

}  // namespace

ValueId spread_vector(const ir::Graph& graph, ValueId value) {
  const Shape& whole = graph.shape(value);
  if (whole.empty() || whole.back() == 1) return -1;
  int axis = whole.rank() - 1;  // of the value reached so far, which becomes the last one of the whole
  while (true) {
    const Shape& shape = graph.shape(value);
    if (shape.size() == whole.back() && shape.size() == shape[axis]) return value;
    const Node& node = graph.producer(value);
    const Shape& from = node.operands.empty() ? shape : graph.shape(node.operands[0]);
    const int next = only_axis(from);
    if (next < 0 || from[next] != whole.back()) return -1;
    if (node.op != Op::kBroadcastInDim ||
        node.as<ir::BroadcastAttributes>().dims[static_cast<std::size_t>(next)] != axis)
      return -1;
    value = node.operands[0];
    axis = next;
  }
}

std::vector<bool> fixed_values(const ir::Graph& graph) {
  std::vector<bool> out(static_cast<std::size_t>(graph.value_count()), false);
  for (const Node& node : graph.nodes()) {
    bool fixed = node.op != Op::kParameter || node.as<ir::ParameterAttributes>().fixed;
    for (const ValueId v : node.operands) fixed = fixed && out[static_cast<std::size_t>(v)];
    for (const ValueId v : node.results) out[static_cast<std::size_t>(v)] = fixed;
  }
  return out;
}

ValueId add_constant(ir::Graph& graph, const Shape& shape, double value, DType dtype) {
  const ValueId scalar =
      graph.add(Op::kConstant, {}, ir::ConstantAttributes{Tensor::full(Shape{}, value, dtype)}).result();
  return spread(graph, scalar, shape);
}

ValueId add_broadcast(ir::Graph& graph, ValueId value, const Shape& shape, ir::Axes dims) {
  return graph
      .add_typed(Op::kBroadcastInDim, {value}, ir::BroadcastAttributes{std::move(dims)},
                 {graph.type(value).dtype, shape})
      .result();
}

ValueId spread(ir::Graph& graph, ValueId scalar, const Shape& shape) {
  if (graph.shape(scalar) == shape) return scalar;
  return add_broadcast(graph, add_reshape(graph, scalar, Shape{}), shape, {});
}

ValueId add_reshape(ir::Graph& graph, ValueId value, const Shape& shape) {
  if (graph.shape(value) == shape) return value;
  return graph.add_typed(Op::kReshape, {value}, {}, {graph.type(value).dtype, shape}).result();
}

const Node& copy_node(ir::Graph& to, const ir::Graph& from, const Node& node, std::vector<ValueId> operands) {
  switch (node.op) {
    case Op::kIota:
    case Op::kRandomUniform:
    case Op::kConvert:
    case Op::kReshape:
    case Op::kBroadcastInDim:
      return to.add_typed(node.op, std::move(operands), node.attributes, from.type(node.result()));
    default: return to.add(node.op, std::move(operands), node.attributes);
  }
}

}  // namespace cornu::passes
