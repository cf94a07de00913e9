#include "cornu/engine/number_replica.h"

#include <algorithm>

namespace cornu {

ir::Graph number_replica(ir::Graph graph, const Communicator* communicator) {
  const auto asks = [](const ir::Node& node) { return node.op == ir::Op::kReplicaId; };
  if (std::none_of(graph.nodes().begin(), graph.nodes().end(), asks)) return graph;
  const auto number = static_cast<std::uint32_t>(communicator ? communicator->rank() : 0);
  return ir::rewrite(graph, [&](ir::Rewriter& r, const ir::Node& node) {
    if (!asks(node)) return false;
    const ir::ConstantAttributes value{Tensor::scalar<std::uint32_t>(number)};
    r.replace(node.result(), r.target().add(ir::Op::kConstant, {}, value).result());
    return true;
  });
}

}  // namespace cornu
