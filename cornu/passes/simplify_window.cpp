// What follows the gradient of a pooling is done before it, where there are fewer elements.
#include <algorithm>

#include "cornu/passes/match.h"
#include "cornu/passes/simplify.h"

namespace cornu::passes {
namespace {

using ir::Node;
using ir::Op;
using ir::ValueId;

// x <= 0 ? 0 : select_and_scatter(x, source), a relu before a pooling: all that a window scatters goes to its maximum,
// so the maximum is asked, which the forward pass has computed already.
ValueId mask_before_scatter(const Candidate& c) {
  const Node* compare = producer_of(c.graph, c.in[0], Op::kCompare);
  const Node* scatter = producer_of(c.graph, c.in[2], Op::kSelectAndScatter);
  if (!compare || !scatter || !is_number(c.graph, c.in[1], 0.0)) return kNoRule;
  const ir::SelectAndScatterAttributes a = scatter->as<ir::SelectAndScatterAttributes>();
  const ValueId x = scatter->operands[0], source = scatter->operands[1];
  if (a.kind != ir::Reduction::kMaximum || compare->operands[0] != x ||
      !is_number(c.graph, compare->operands[1], 0.0) ||
      compare->as<ir::CompareAttributes>().direction != ir::Comparison::kLessEqual)
    return kNoRule;
  const ir::Type type = c.graph.type(source);
  const ValueId zero = add_constant(c.graph, type.shape, 0.0, type.dtype);
  const ValueId most = c.graph.add(Op::kReduceWindow, {x}, ir::ReduceWindowAttributes{a.kind, a.window}).result();
  const ValueId off =
      c.graph.add(Op::kCompare, {most, zero}, ir::CompareAttributes{ir::Comparison::kLessEqual}).result();
  const ValueId masked = c.graph.add(Op::kSelect, {off, zero, source}).result();
  return c.graph.add(Op::kSelectAndScatter, {x, masked}, a).result();
}

// Whether each place of the window has an element of the axis below it, so that nothing of a source is lost.
bool meets_elements(const ir::WindowAxis& w, std::int64_t length) {
  const std::int64_t last = (w.positions(length) - 1) * w.stride - w.low;
  return w.dilation == 1 && w.base_dilation == 1 && w.low < w.size && last < length;
}

// The sum of what has been scattered is the sum of its source.
ValueId sum_before_scatter(const Candidate& c) {
  const auto& reduce = c.as<ir::ReduceAttributes>();
  const Node* scatter = producer_of(c.graph, c.in[0], Op::kSelectAndScatter);
  if (!scatter || reduce.kind != ir::Reduction::kSum) return kNoRule;
  const ir::Window& window = scatter->as<ir::SelectAndScatterAttributes>().window;
  for (std::size_t i = 0; i < window.size(); ++i) {
    const int axis = static_cast<int>(i);
    if (window[i].trivial()) continue;
    if (std::find(reduce.axes.begin(), reduce.axes.end(), axis) == reduce.axes.end() ||
        !meets_elements(window[i], c.shape(0)[axis]))
      return kNoRule;
  }
  return c.graph.add(Op::kReduce, {scatter->operands[1]}, reduce).result();
}

}  // namespace

ValueId simplify_window(const Candidate& c) {
  if (c.op == Op::kSelect) return mask_before_scatter(c);
  return c.op == Op::kReduce ? sum_before_scatter(c) : kNoRule;
}

}  // namespace cornu::passes
