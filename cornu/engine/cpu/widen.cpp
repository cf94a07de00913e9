#include "cornu/engine/cpu/widen.h"

#include <algorithm>

namespace cornu::cpu {
namespace {

using ir::Node;
using ir::Op;

bool is_narrow(DType dtype) { return is_floating(dtype) && size_of(dtype) == 2; }

bool has_fast_loops(Op op) {
  return op == Op::kDotGeneral || op == Op::kConvolution || op == Op::kReduce || op == Op::kReduceWindow ||
         op == Op::kSelectAndScatter;
}

}  // namespace

ir::Graph widen(const ir::Graph& graph) {
  const auto narrow = [&](const Node& node) {
    return has_fast_loops(node.op) && is_narrow(graph.type(node.result()).dtype);
  };
  if (std::none_of(graph.nodes().begin(), graph.nodes().end(), narrow)) return graph;
  return ir::rewrite(graph, [&](ir::Rewriter& r, const Node& node) {
    if (!narrow(node)) return false;
    std::vector<ir::ValueId> operands;
    for (const ir::ValueId v : node.operands)
      operands.push_back(r.target().add_typed(Op::kConvert, {r[v]}, {}, {float32, graph.shape(v)}).result());
    const ir::ValueId wide = r.target().add(node.op, std::move(operands), node.attributes).result();
    r.replace(node.result(), r.target().add_typed(Op::kConvert, {wide}, {}, graph.type(node.result())).result());
    return true;
  });
}

}  // namespace cornu::cpu
