// Which ops a case covers, and for which dtype.
#pragma once

#include <set>
#include <utility>

#include "cornu/ir/graph.h"

namespace cornu::op_cases {

// The dtype that decides what a node computes with: its last operand's, or its result's when it has none.
DType dtype_of_node(const ir::Graph& graph, const ir::Node& node);
std::set<std::pair<ir::Op, DType>> covered_by(const ir::Graph& graph);
// The dtypes for which the op is defined.
std::vector<DType> dtypes_of(ir::Op op);

}  // namespace cornu::op_cases
