#include "cornu/grad/gradients.h"

#include "cornu/core/error.h"
#include "cornu/grad/rules.h"
#include "cornu/ir/ops.h"

namespace cornu {
namespace {

using ir::Op;
using ir::ValueId;

// Values that some x reaches. Only floats carry gradients, so integers and comparisons end a way by themselves.
std::vector<bool> reached_from(const ir::Graph& graph, const std::vector<Value>& xs) {
  std::vector<bool> reached(static_cast<std::size_t>(graph.value_count()), false);
  for (const Value& x : xs) reached[static_cast<std::size_t>(x.id())] = true;
  for (const ir::Node& node : graph.nodes()) {
    if (node.op == Op::kStopGradient) continue;
    bool any = false;
    for (const ValueId v : node.operands) any = any || reached[static_cast<std::size_t>(v)];
    if (!any) continue;
    for (const ValueId v : node.results)
      if (is_floating(graph.type(v).dtype)) reached[static_cast<std::size_t>(v)] = true;
  }
  return reached;
}

// One call's bookkeeping: dy per value, filled from y backwards.
class Backward {
 public:
  Backward(Value y, const std::vector<Value>& xs)
      : builder_(y.builder()), reached_(reached_from(builder_.graph(), xs)), dys_(reached_.size()) {
    if (reached_[static_cast<std::size_t>(y.id())]) dy(y.id()) = ops::ones_like(y);
  }

  void step(int index) {
    const ir::Node node = builder_.graph().nodes()[static_cast<std::size_t>(index)];
    grad::Step step{node, {}, {}, {}, {}};
    for (const ValueId v : node.results)
      if (dy(v)) {
        step.out = {&builder_, v};
        step.dy = dy(v);
      }
    if (!step.dy) return;
    bool any = false;
    for (const ValueId v : node.operands) {
      step.in.push_back({&builder_, v});
      step.wanted.push_back(reached_[static_cast<std::size_t>(v)]);
      any = any || step.wanted.back();
    }
    // An x may be made by ops itself; nothing in front of it is asked for unless another x stands there.
    if (!any || node.op == Op::kStopGradient) return;
    const std::vector<Value> dxs = grad::operand_gradients(step);
    for (std::size_t i = 0; i < dxs.size(); ++i)
      if (dxs[i]) accumulate(node.operands[i], dxs[i]);
  }

  Value result(Value x) const {
    const Value dx = dys_[static_cast<std::size_t>(x.id())];
    return dx ? dx : ops::zeros_like(x);
  }

 private:
  Value& dy(ValueId v) { return dys_[static_cast<std::size_t>(v)]; }
  void accumulate(ValueId v, Value dx) { dy(v) = dy(v) ? dy(v) + dx : dx; }

  Builder& builder_;
  std::vector<bool> reached_;
  std::vector<Value> dys_;
};

void check(Value y, const std::vector<Value>& xs) {
  if (y.rank() != 0 || !is_floating(y.dtype()))
    throw ValueError(cat("[gradients] received: ", ir::print(y.type()),
                         "\n  expected: a scalar of floats, such as a loss\n  reduce it first: ops::sum or ops::mean"));
  for (const Value& x : xs) {
    if (!is_floating(x.dtype()))
      throw ValueError(cat("[gradients] received: x of type ", ir::print(x.type()),
                           "\n  expected: floats; integers and bools have no gradient\n  cast them first: ops::cast"));
    if (&x.builder() != &y.builder()) throw ValueError("[gradients] expects y and every x in one builder's graph");
  }
}

}  // namespace

std::vector<Value> gradients(Value y, const std::vector<Value>& xs) {
  check(y, xs);
  Backward backward(y, xs);
  for (int i = y.builder().graph().producer_index(y.id()); i >= 0; --i) backward.step(i);
  std::vector<Value> out;
  out.reserve(xs.size());
  for (const Value& x : xs) out.push_back(backward.result(x));
  return out;
}

}  // namespace cornu
