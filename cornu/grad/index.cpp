// Gradients of what moves by indices: each is made of the other.
#include "cornu/grad/rules.h"
#include "cornu/ir/ops.h"

namespace cornu::grad {

std::vector<Value> index_gradients(const Step& s) {
  const int axis = s.node.as<ir::AxisAttributes>().axis;
  const Value indices = s.in[1];
  if (s.node.op == ir::Op::kScatter) {
    // What was left out has no slope: a slice of zeros stands behind the last one for it to be taken from.
    std::vector<Value> out{s.dy, {}, {}};
    if (!s.wants(2)) return out;
    const std::int64_t length = s.in[0].dim(axis);
    std::vector<std::pair<std::int64_t, std::int64_t>> widths(static_cast<std::size_t>(s.in[0].rank()), {0, 0});
    widths[static_cast<std::size_t>(axis)] = {0, 1};
    const Value at = ops::cast(indices, int64);
    const Value inside = ops::logical_and(ops::greater_equal(at, 0.0), ops::less(at, static_cast<double>(length)));
    out[2] = ops::take(ops::pad(s.dy, widths), ops::where(inside, at, static_cast<double>(length)), axis);
    return out;
  }
  // An index outside was taken for the nearest one inside, and so its gradient goes there.
  const Value nearest =
      ops::maximum(ops::minimum(ops::cast(indices, int64), static_cast<double>(s.in[0].dim(axis) - 1)), 0.0);
  return {ops::scatter_add(ops::zeros_like(s.in[0]), nearest, s.dy, axis), {}};
}

}  // namespace cornu::grad
