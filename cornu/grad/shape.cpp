// Gradients of ops that move elements: move the gradient back, add up where one element went to several places.
#include <algorithm>

#include "cornu/core/error.h"
#include "cornu/grad/rules.h"
#include "cornu/ir/ops.h"

namespace cornu::grad {
namespace {

using ir::Op;

Value zero_of(Value x) { return ops::constant(x.builder(), Tensor(Shape{}, x.dtype())); }

Value broadcast(const Step& s) {
  const Value x = s.in[0];
  const ir::Axes& dims = s.node.as<ir::BroadcastAttributes>().dims;
  ir::Axes added;
  for (int i = 0; i < s.out.rank(); ++i) {
    const auto at = std::find(dims.begin(), dims.end(), i);
    const bool repeated = at == dims.end() || x.shape()[static_cast<int>(at - dims.begin())] != s.out.shape()[i];
    if (repeated) added.push_back(i);
  }
  // An empty list would mean all axes to ops::sum; here it means a mere change of rank.
  return ops::reshape(added.empty() ? s.dy : ops::sum(s.dy, added), x.shape());
}

std::vector<Value> concatenate(const Step& s) {
  const int axis = s.node.as<ir::AxisAttributes>().axis;
  std::vector<Value> out;
  std::int64_t begin = 0;
  for (std::size_t i = 0; i < s.in.size(); ++i) {
    const std::int64_t length = s.in[i].dim(axis);
    out.push_back(s.wants(i) ? ops::slice_axis(s.dy, axis, begin, begin + length) : Value());
    begin += length;
  }
  return out;
}

// Undo the edges (what was added is cut, what was cut comes back as zeros), then step over what was put in between.
Value unpad(Value dy, Value x, const ir::PadAttributes& a) {
  ir::PadAttributes edges{a.low, a.high, ir::Dims(a.low.size(), 0)};
  ir::Dims start(a.low.size(), 0), stride(a.low.size());
  for (std::size_t i = 0; i < a.low.size(); ++i) {
    edges.low[i] = -a.low[i];
    edges.high[i] = -a.high[i];
    stride[i] = a.interior[i] + 1;
  }
  const Value uncut = x.builder().add(Op::kPad, {dy, zero_of(dy)}, edges);
  return ops::slice(uncut, start, uncut.shape().dims(), stride);
}

std::vector<Value> pad(const Step& s) {
  const Value dx = unpad(s.dy, s.in[0], s.node.as<ir::PadAttributes>());
  // Every element of the result is one of x or the padding scalar.
  return {s.wants(0) ? dx : Value(), s.wants(1) ? ops::sum(s.dy) - ops::sum(dx) : Value()};
}

Value slice(const Step& s) {
  const auto& a = s.node.as<ir::SliceAttributes>();
  ir::PadAttributes back;
  for (int i = 0; i < s.out.rank(); ++i) {
    const auto k = static_cast<std::size_t>(i);
    const std::int64_t n = s.out.dim(i);
    const std::int64_t span = n == 0 ? 0 : (n - 1) * a.stride[k] + 1;
    back.low.push_back(a.start[k]);
    back.high.push_back(s.in[0].dim(i) - a.start[k] - span);
    back.interior.push_back(a.stride[k] - 1);
  }
  return s.in[0].builder().add(Op::kPad, {s.dy, zero_of(s.dy)}, back);
}

Value transpose(const Step& s) {
  const ir::Axes& permutation = s.node.as<ir::TransposeAttributes>().permutation;
  ir::Axes inverse(permutation.size());
  for (std::size_t i = 0; i < permutation.size(); ++i)
    inverse[static_cast<std::size_t>(permutation[i])] = static_cast<int>(i);
  return s.dy.builder().add(Op::kTranspose, {s.dy}, ir::TransposeAttributes{inverse});
}

}  // namespace

std::vector<Value> shape_gradients(const Step& s) {
  switch (s.node.op) {
    case Op::kBroadcastInDim: return {broadcast(s)};
    case Op::kConcatenate: return concatenate(s);
    case Op::kPad: return pad(s);
    case Op::kReshape: return {ops::reshape(s.dy, s.in[0].shape())};
    case Op::kReverse: return {s.dy.builder().add(Op::kReverse, {s.dy}, s.node.attributes)};
    case Op::kSlice: return {slice(s)};
    case Op::kTranspose: return {transpose(s)};
    default: break;  // operand_gradients chose what comes here
  }
  throw InternalError(cat("no shape gradient rule for ", name_of(s.node.op)));
}

}  // namespace cornu::grad
