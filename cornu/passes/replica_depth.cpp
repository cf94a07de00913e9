#include "cornu/passes/replica_depth.h"

#include <algorithm>

namespace cornu::passes {

std::vector<int> replica_depth(const ir::Graph& graph) {
  std::vector<int> depth(graph.nodes().size(), 0);
  for (std::size_t i = 0; i < depth.size(); ++i)
    for (const ir::ValueId v : graph.nodes()[i].operands) {
      const int before = graph.producer_index(v);
      const bool sum = graph.nodes()[static_cast<std::size_t>(before)].op == ir::Op::kAllReduce;
      depth[i] = std::max(depth[i], depth[static_cast<std::size_t>(before)] + (sum ? 1 : 0));
    }
  return depth;
}

}  // namespace cornu::passes
