#include "cornu/passes/simplify.h"

#include "cornu/passes/match.h"
#include "cornu/passes/pass.h"

namespace cornu::passes {
namespace {

using ir::Family;
using ir::Node;
using ir::Op;
using ir::ValueId;

ValueId iota_of_one_axis(const Candidate& c) {
  if (c.type.shape.rank() < 2) return kNoRule;
  const int axis = c.as<ir::IotaAttributes>().axis;
  const ValueId line =
      c.graph.add_typed(Op::kIota, {}, ir::IotaAttributes{0}, {c.type.dtype, {c.type.shape[axis]}}).result();
  return add_broadcast(c.graph, line, c.type.shape, {axis});
}

// The first rule that fits.
ValueId first_of(const Candidate& c, std::initializer_list<ValueId (*)(const Candidate&)> rules) {
  for (const auto rule : rules)
    if (const ValueId v = rule(c); v != kNoRule) return v;
  return kNoRule;
}

ValueId rule(const Candidate& c) {
  switch (ir::family_of(c.op)) {
    case Family::kSource: return c.op == Op::kIota ? iota_of_one_axis(c) : kNoRule;
    case Family::kElementwise: return first_of(c, {simplify_arithmetic, simplify_spread, simplify_window});
    case Family::kShape: return simplify_shape(c);
    case Family::kReduce: return first_of(c, {simplify_reduce, simplify_window});
    case Family::kContract: return simplify_dot(c);
    case Family::kWindow:
    case Family::kIndex:
    case Family::kCollective:
    case Family::kRegion: return kNoRule;
  }
  return kNoRule;
}

// Where y = max(x, 0) is known, x <= 0 and x > 0 are asked of y, which says the same: then nothing needs x itself, and
// a product can end in its relu.
class ReluComparisons {
 public:
  explicit ReluComparisons(const ir::Graph& graph) : relu_of_(static_cast<std::size_t>(graph.value_count()), -1) {
    for (const Node& node : graph.nodes())
      if (node.op == Op::kMaximum && is_number(graph, node.operands[1], 0.0))
        relu_of_[static_cast<std::size_t>(node.operands[0])] = node.result();
  }
  // The value to compare instead of the first operand; -1: none.
  ValueId instead(const ir::Graph& graph, const Node& node) const {
    if (node.op != Op::kCompare || !is_number(graph, node.operands[1], 0.0)) return -1;
    const ir::Comparison d = node.as<ir::CompareAttributes>().direction;
    if (d != ir::Comparison::kLessEqual && d != ir::Comparison::kGreater) return -1;
    return relu_of_[static_cast<std::size_t>(node.operands[0])];
  }

 private:
  std::vector<ValueId> relu_of_;
};

ir::Graph simplify_once(const ir::Graph& graph, bool& changed) {
  const ReluComparisons relus(graph);
  return ir::rewrite(graph, [&](ir::Rewriter& r, const Node& node) {
    if (node.op == Op::kParameter || node.op == Op::kConstant || node.results.size() != 1) return false;
    if (const ValueId relu = relus.instead(graph, node); relu >= 0 && r[relu] >= 0) {
      changed = true;
      r.replace(node.result(), r.target().add(Op::kCompare, {r[relu], r[node.operands[1]]}, node.attributes).result());
      return true;
    }
    const ValueId v = rule({r.target(), node.op, node.attributes, graph.type(node.result()), r.map(node.operands)});
    if (v == kNoRule) return false;
    changed = true;
    r.replace(node.result(), v);
    return true;
  });
}

}  // namespace

ir::Graph simplify(const ir::Graph& graph) {
  // Each round works upwards, so that rules see simplified operands; a few rounds let rules meet what others left.
  constexpr int kMostRounds = 8;
  ir::Graph out = graph;
  bool changed = true;
  for (int round = 0; round < kMostRounds && changed; ++round) {
    changed = false;
    out = simplify_once(out, changed);
  }
  return out;
}

}  // namespace cornu::passes
