// Small questions about graphs that passes ask again and again.
#pragma once

#include <optional>

#include "cornu/ir/graph.h"

namespace cornu::passes {

// The node that makes `value`, when it is this op.
const ir::Node* producer_of(const ir::Graph& graph, ir::ValueId value, ir::Op op);
// The number that every element of the value has, when the graph says so: a constant of one element, also spread.
std::optional<double> constant_number(const ir::Graph& graph, ir::ValueId value);
inline bool is_number(const ir::Graph& graph, ir::ValueId value, double number) {
  return constant_number(graph, value) == number;
}
// The value of one element that `value` is a broadcast or reshape of (itself, when it has one element); -1: none.
ir::ValueId spread_scalar(const ir::Graph& graph, ir::ValueId value);
// The value that holds one number for each place of the last axis, of which `value` is a broadcast along all others;
// -1: it is none. Its shape has one axis of that length among ones.
ir::ValueId spread_vector(const ir::Graph& graph, ir::ValueId value);
// Which values depend on fixed parameters and constants alone.
std::vector<bool> fixed_values(const ir::Graph& graph);

ir::ValueId add_constant(ir::Graph& graph, const Shape& shape, double value, DType dtype);
ir::ValueId add_broadcast(ir::Graph& graph, ir::ValueId value, const Shape& shape, ir::Axes dims);
// A value of one element, as `shape`.
ir::ValueId spread(ir::Graph& graph, ir::ValueId scalar, const Shape& shape);
ir::ValueId add_reshape(ir::Graph& graph, ir::ValueId value, const Shape& shape);
// A copy of a node with other operands, in any graph.
const ir::Node& copy_node(ir::Graph& to, const ir::Graph& from, const ir::Node& node,
                          std::vector<ir::ValueId> operands);

}  // namespace cornu::passes
