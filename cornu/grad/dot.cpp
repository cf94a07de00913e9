// Gradients of dot_general. The result's axes are: batch, the left side's free axes, the right side's free axes.
#include <algorithm>
#include <numeric>

#include "cornu/grad/rules.h"
#include "cornu/ir/ops.h"

namespace cornu::grad {
namespace {

using ir::Axes;

Axes free_axes(int rank, const Axes& batch, const Axes& contract) {
  Axes out;
  const auto has = [](const Axes& axes, int i) { return std::find(axes.begin(), axes.end(), i) != axes.end(); };
  for (int i = 0; i < rank; ++i)
    if (!has(batch, i) && !has(contract, i)) out.push_back(i);
  return out;
}

Axes range(int begin, std::size_t count) {
  Axes out(count);
  std::iota(out.begin(), out.end(), begin);
  return out;
}

// The contracted axis of this side that meets axis `other` of the other side.
int partner(int other, const Axes& other_contract, const Axes& contract) {
  return contract[static_cast<std::size_t>(std::find(other_contract.begin(), other_contract.end(), other) -
                                           other_contract.begin())];
}

// `made[i]` is the axis of the operand that axis i of x stands for: brings them into the operand's order.
Value arrange(Value x, const Axes& made) {
  Axes permutation(made.size());
  for (std::size_t i = 0; i < made.size(); ++i) permutation[static_cast<std::size_t>(made[i])] = static_cast<int>(i);
  if (std::is_sorted(permutation.begin(), permutation.end())) return x;
  return x.builder().add(ir::Op::kTranspose, {x}, ir::TransposeAttributes{permutation});
}

}  // namespace

std::vector<Value> dot_gradients(const Step& s) {
  const auto& a = s.node.as<ir::DotAttributes>();
  const Axes left_free = free_axes(s.in[0].rank(), a.lhs_batch, a.lhs_contract);
  const Axes right_free = free_axes(s.in[1].rank(), a.rhs_batch, a.rhs_contract);
  const int batches = static_cast<int>(a.lhs_batch.size());
  const Axes dy_batch = range(0, a.lhs_batch.size());
  const Axes dy_left = range(batches, left_free.size());
  const Axes dy_right = range(batches + static_cast<int>(left_free.size()), right_free.size());

  std::vector<Value> out(2);
  if (s.wants(0)) {  // (batch, left free, contracted in the right side's order)
    Axes made = a.lhs_batch;
    made.insert(made.end(), left_free.begin(), left_free.end());
    Axes contracted = a.rhs_contract;
    std::sort(contracted.begin(), contracted.end());
    for (const int axis : contracted) made.push_back(partner(axis, a.rhs_contract, a.lhs_contract));
    out[0] = arrange(ops::dot_general(s.dy, s.in[1], {dy_batch, a.rhs_batch, dy_right, right_free}), made);
  }
  if (s.wants(1)) {  // (batch, contracted in the left side's order, right free)
    Axes made = a.rhs_batch;
    Axes contracted = a.lhs_contract;
    std::sort(contracted.begin(), contracted.end());
    for (const int axis : contracted) made.push_back(partner(axis, a.lhs_contract, a.rhs_contract));
    made.insert(made.end(), right_free.begin(), right_free.end());
    out[1] = arrange(ops::dot_general(s.in[0], s.dy, {a.lhs_batch, dy_batch, left_free, dy_left}), made);
  }
  return out;
}

}  // namespace cornu::grad
