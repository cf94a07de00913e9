// How sums over replicas order a graph.
#pragma once

#include <vector>

#include "cornu/ir/graph.h"

namespace cornu::passes {

// For each node: how many all_reduce ops lie before it on the way with the most of them. What is needed for a sum must
// never wait for one that comes no earlier: so nodes of different depths do not become one, although nothing else
// speaks against it. (A step that makes one gradient and uses the sum of another would make both sums wait for each
// other.)
std::vector<int> replica_depth(const ir::Graph& graph);

}  // namespace cornu::passes
