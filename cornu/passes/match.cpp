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
