#include "cornu/export/c99/plan.h"

#include <algorithm>

namespace cornu::c99 {
namespace {

using ir::Op;

// Moves elements and computes nothing: repeating it costs little.
bool moves(Op op) {
  switch (op) {
    case Op::kBroadcastInDim:
    case Op::kReshape:
    case Op::kReverse:
    case Op::kSlice:
    case Op::kTranspose:
    case Op::kPad: return true;
    default: return false;
  }
}

// Those that write their result in an order of their own.
bool has_no_expression(Op op) { return op == Op::kConcatenate || op == Op::kCumulativeSum || op == Op::kScatter; }

bool is_leaf(Op op) { return op == Op::kParameter || op == Op::kConstant || op == Op::kIota; }

// Whether the node reads an element of its operand more than once, or has to find it by its flat place.
bool reads_often(const ir::Graph& g, const ir::Node& node) {
  switch (node.op) {
    case Op::kDotGeneral:
    case Op::kConvolution:
    case Op::kReduceWindow:
    case Op::kArgmax:
    case Op::kGather:
    case Op::kScatter:
    case Op::kPad: return true;  // what it reads stands behind a condition, where no loop can stand
    case Op::kBroadcastInDim: return g.shape(node.result()).size() > g.shape(node.operands[0]).size();
    case Op::kReshape: return !Plan::trivial_reshape(g.shape(node.operands[0]), g.shape(node.result()));
    default: return false;
  }
}

}  // namespace

bool Plan::trivial_reshape(const Shape& from, const Shape& to) {
  std::vector<std::int64_t> a, b;
  std::copy_if(from.begin(), from.end(), std::back_inserter(a), [](std::int64_t d) { return d != 1; });
  std::copy_if(to.begin(), to.end(), std::back_inserter(b), [](std::int64_t d) { return d != 1; });
  return a == b;
}

Plan::Plan(const ir::Graph& graph)
    : stored_(static_cast<std::size_t>(graph.value_count()), false), reads_(stored_.size(), 0) {
  for (const ir::ValueId v : graph.outputs()) stored_[static_cast<std::size_t>(v)] = true;
  // From the end: what reads a value stands behind it.
  for (auto node = graph.nodes().rbegin(); node != graph.nodes().rend(); ++node) ask(graph, *node);
}

void Plan::ask(const ir::Graph& graph, const ir::Node& node) {
  const auto v = static_cast<std::size_t>(node.result());
  if (is_leaf(node.op)) {
    if (node.op == Op::kParameter) stored_[v] = true;
  } else if (has_no_expression(node.op) || (!moves(node.op) && reads_[v] > 1)) {
    stored_[v] = true;
  }
  const ir::Node* pooled = pooled_convolution(graph, node);
  if (pooled) stored_[static_cast<std::size_t>(under_reshapes(graph, pooled->operands[0]))] = true;
  for (std::size_t i = 0; i < node.operands.size(); ++i) {
    const auto operand = static_cast<std::size_t>(node.operands[i]);
    const bool many = (reads_often(graph, node) && !pooled) || (moves(node.op) && !stored_[v] && reads_[v] > 1);
    reads_[operand] += many ? 2 : 1;
    // A flat place can be found in an array only.
    const bool flat = node.op == Op::kReshape && reads_often(graph, node);
    const Op op = graph.producer(node.operands[i]).op;
    if (flat && op != Op::kConstant && op != Op::kParameter) stored_[operand] = true;
  }
}

}  // namespace cornu::c99
