// Gradients of reductions and scans.
#include <algorithm>

#include "cornu/core/error.h"
#include "cornu/grad/rules.h"
#include "cornu/ir/ops.h"

namespace cornu::grad {

Value spread(Value reduced, const Shape& full, const ir::Axes& axes) {
  ir::Axes dims;
  for (int i = 0; i < full.rank(); ++i)
    if (std::find(axes.begin(), axes.end(), i) == axes.end()) dims.push_back(i);
  if (axes.empty()) return reduced;
  return reduced.builder().add_typed(ir::Op::kBroadcastInDim, {reduced}, ir::BroadcastAttributes{dims},
                                     {reduced.dtype(), full});
}

namespace {

using ir::Op;
using ir::Reduction;

Value reduce_sum(Value x, const ir::Axes& axes) {
  return x.builder().add(Op::kReduce, {x}, ir::ReduceAttributes{Reduction::kSum, axes});
}

// Elements that tie for the extremum share its gradient equally, as in TensorFlow and JAX.
Value extremum(const Step& s, const ir::Axes& axes) {
  const Value x = s.in[0];
  const Value chosen = ops::cast(ops::equal(x, spread(s.out, x.shape(), axes)), x.dtype());
  return chosen * spread(s.dy / reduce_sum(chosen, axes), x.shape(), axes);
}

// The product of the others. Dividing the whole product by x would fail where x is 0: so zeros are counted, and the
// product is taken without them. With one zero only that element has a slope, with more none has.
Value product(const Step& s, const ir::Axes& axes) {
  const Value x = s.in[0];
  const Value is_zero = ops::equal(x, 0.0);
  const Value rest = ops::where(is_zero, 1.0, x);
  const Value rest_product = x.builder().add(Op::kReduce, {rest}, ir::ReduceAttributes{Reduction::kProduct, axes});
  const Value zeros = spread(reduce_sum(ops::cast(is_zero, x.dtype()), axes), x.shape(), axes);
  const Value others = spread(rest_product, x.shape(), axes) / rest;
  const Value mine = ops::cast(is_zero, x.dtype());  // how many of the zeros are this element
  return spread(s.dy, x.shape(), axes) * ops::where(ops::equal(zeros, mine), others, 0.0);
}

Value reduce(const Step& s) {
  const auto& a = s.node.as<ir::ReduceAttributes>();
  switch (a.kind) {
    case Reduction::kSum: return spread(s.dy, s.in[0].shape(), a.axes);
    case Reduction::kProduct: return product(s, a.axes);
    case Reduction::kMaximum:
    case Reduction::kMinimum: return extremum(s, a.axes);
    case Reduction::kAnd:
    case Reduction::kOr: break;  // of bools: never on the way
  }
  return {};
}

}  // namespace

std::vector<Value> reduce_gradients(const Step& s) {
  if (s.node.op == Op::kReduce) return {reduce(s)};
  // Element i of the input is in sums i, i + 1, ...: a cumulative sum from the other end.
  const int axis = s.node.as<ir::AxisAttributes>().axis;
  return {ops::flip(ops::cumsum(ops::flip(s.dy, {axis}), axis), {axis})};
}

}  // namespace cornu::grad
