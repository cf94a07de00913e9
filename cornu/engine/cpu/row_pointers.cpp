#include "cornu/engine/cpu/row_pointers.h"

#include <algorithm>

#include "cornu/core/judge_only.h"

namespace cornu::cpu {
namespace {

using ir::Node;
using ir::Op;
using ir::ValueId;

constexpr std::int64_t kShortestRow = 64;  // floats: four cache lines

bool is_matrix_product(const ir::Graph& graph, const Node& node) {
  return node.op == Op::kDotGeneral && graph.shape(node.operands[0]).rank() == 2 &&
         graph.shape(node.operands[1]).rank() == 2 && node.as<ir::DotAttributes>().lhs_batch.empty() &&
         node.as<ir::DotAttributes>().lhs_contract.size() == 1 && graph.shape(node.result()).size() > 0;
}

// The node reads `value` as the left side of a product, and in no other way.
bool multiplies(const ir::Graph& graph, const Node& node, ValueId value) {
  if (is_matrix_product(graph, node)) return node.operands[0] == value && node.operands[1] != value;
  if (node.op != Op::kFusion || node.as<ir::FusionAttributes>().kind != ir::FusionKind::kDot) return false;
  const ir::Graph& body = *node.as<ir::FusionAttributes>().body;
  for (std::size_t i = 0; i < node.operands.size(); ++i) {
    if (node.operands[i] != value) continue;
    const ValueId inside = body.parameters()[i];
    for (const Node& n : body.nodes()) {
      const bool uses = std::find(n.operands.begin(), n.operands.end(), inside) != n.operands.end();
      if (uses && !multiplies(body, n, inside)) return false;
    }
    const auto& outputs = body.outputs();
    if (std::find(outputs.begin(), outputs.end(), inside) != outputs.end()) return false;
  }
  return true;
}

}  // namespace

bool points_to_rows(const ir::Graph& graph, const Node& gather) {
  if (kJudgeOnly) return false;  // a batch is shuffled for training only
  const ValueId rows = gather.result();
  const ir::Type& type = graph.type(rows);
  if (gather.op != Op::kGather || type.dtype != float32 || gather.as<ir::AxisAttributes>().axis != 0) return false;
  if (type.shape.rank() != 2 || type.shape[0] < 2 || type.shape[1] < kShortestRow) return false;
  const auto& outputs = graph.outputs();
  if (std::find(outputs.begin(), outputs.end(), rows) != outputs.end()) return false;
  bool used = false;
  for (const Node& node : graph.nodes()) {
    if (std::find(node.operands.begin(), node.operands.end(), rows) == node.operands.end()) continue;
    if (!multiplies(graph, node, rows)) return false;
    used = true;
  }
  return used;
}

}  // namespace cornu::cpu
