#include "cornu/ir/ops.h"

#include <algorithm>
#include <cmath>

#include "cornu/core/error.h"

namespace cornu {
namespace {

using ir::Op;

Value unary(Op op, Value x) { return x.builder().add(op, {x}); }

Value scalar_like(Value x, double value) { return ops::constant(x.builder(), Tensor::full(Shape{}, value, x.dtype())); }

// Bools become what they meet, integers become floats, the smaller becomes the larger (the left one of equals).
DType common_dtype(DType a, DType b) {
  if (a == b) return a;
  if (a == bool_ || b == bool_) return a == bool_ ? b : a;
  if (is_floating(a) != is_floating(b)) return is_floating(a) ? a : b;
  if (is_floating(a) && size_of(a) == 2 && size_of(b) == 2) return float32;  // float16 and bfloat16 hold not each other
  return size_of(a) >= size_of(b) ? a : b;
}

// x as it meets a number: an integer cannot take a fraction, a bool no number at all. As in Keras these become float32.
Value ready_for(double number, Value x) {
  const bool whole = is_integer(x.dtype()) && number == std::floor(number);
  return is_floating(x.dtype()) || whole ? x : ops::cast(x, float32);
}

Value floating(Value x) { return is_floating(x.dtype()) ? x : ops::cast(x, float32); }

Value binary(Op op, Value a, Value b, ir::Attributes attributes = {}) {
  const DType dtype = common_dtype(a.dtype(), b.dtype());
  const Shape shape = broadcast_shapes(a.shape(), b.shape());
  return a.builder().add(op,
                         {ops::broadcast_to(ops::cast(a, dtype), shape), ops::broadcast_to(ops::cast(b, dtype), shape)},
                         std::move(attributes));
}

Value with_number(Op op, Value x, double number, bool number_first, ir::Attributes attributes = {}) {
  x = ready_for(number, x);
  const Value constant = scalar_like(x, number);
  return number_first ? binary(op, constant, x, std::move(attributes)) : binary(op, x, constant, std::move(attributes));
}

Value compare(Value a, Value b, ir::Comparison direction) {
  return binary(Op::kCompare, a, b, ir::CompareAttributes{direction});
}

std::vector<int> canonical_axes(const std::vector<int>& axes, int rank, std::string_view what) {
  std::vector<int> out;
  if (axes.empty())
    for (int i = 0; i < rank; ++i) out.push_back(i);
  for (const int a : axes) out.push_back(ops::canonical_axis(a, rank, what));
  std::sort(out.begin(), out.end());
  return out;
}

Shape kept_shape(const Shape& shape, const std::vector<int>& axes) {
  Shape out = shape;
  for (const int a : axes) out[a] = 1;
  return out;
}

Value reduce(Value x, const std::vector<int>& axes, bool keepdims, ir::Reduction kind, std::string_view what) {
  const std::vector<int> reduced = canonical_axes(axes, x.rank(), what);
  const Value out = x.builder().add(Op::kReduce, {x}, ir::ReduceAttributes{kind, reduced});
  return keepdims ? ops::reshape(out, kept_shape(x.shape(), reduced)) : out;
}

}  // namespace

// x + number never needs the number's own broadcast to be written out by a layer.
#define CORNU_BINARY(symbol, op)                                                    \
  Value operator symbol(Value a, Value b) { return binary(op, a, b); }              \
  Value operator symbol(Value a, double b) { return with_number(op, a, b, false); } \
  Value operator symbol(double a, Value b) { return with_number(op, b, a, true); }
CORNU_BINARY(+, Op::kAdd)
CORNU_BINARY(-, Op::kSubtract)
CORNU_BINARY(*, Op::kMultiply)
#undef CORNU_BINARY
// True division, as Python's: 1 / 2 is 0.5 for integers too.
Value operator/(Value a, Value b) {
  if (is_floating(a.dtype()) || is_floating(b.dtype())) return binary(Op::kDivide, a, b);
  return binary(Op::kDivide, floating(a), floating(b));
}
Value operator/(Value a, double b) { return with_number(Op::kDivide, floating(a), b, false); }
Value operator/(double a, Value b) { return with_number(Op::kDivide, floating(b), a, true); }
Value operator-(Value a) { return unary(Op::kNegate, a); }

namespace ops {

int canonical_axis(int axis, int rank, std::string_view what) {
  const int a = axis < 0 ? axis + rank : axis;
  if (a < 0 || a >= rank)
    throw ValueError(cat("[", what, "] received: axis ", axis, " for a tensor of rank ", rank,
                         "\n  expected: an axis from ", -rank, " to ", rank - 1));
  return a;
}

Value constant(Builder& builder, const Tensor& value) {
  return builder.add(Op::kConstant, {}, ir::ConstantAttributes{value});
}

Value full(Builder& builder, const Shape& shape, double value, DType dtype) {
  return broadcast_to(constant(builder, Tensor::full(Shape{}, value, dtype)), shape);
}

Value zeros_like(Value x) { return full(x.builder(), x.shape(), 0.0, x.dtype()); }
Value ones_like(Value x) { return full(x.builder(), x.shape(), 1.0, x.dtype()); }

Value iota(Builder& builder, const Shape& shape, int axis, DType dtype) {
  return builder.add_typed(Op::kIota, {}, ir::IotaAttributes{canonical_axis(axis, shape.rank(), "iota")},
                           {dtype, shape});
}

Value random_uniform(Value state, const Shape& shape) {
  return state.builder().add_typed(Op::kRandomUniform, {state}, {}, {float32, shape});
}

Value random_normal(Value state, const Shape& shape) {
  Shape twice = shape;
  twice.insert(0, 2);
  const Value u = random_uniform(state, twice);
  const Value radius = sqrt(-2.0 * log(1.0 - reshape(slice_axis(u, 0, 0, 1), shape)));
  return radius * cos(reshape(slice_axis(u, 0, 1, 2), shape) * 6.283185307179586);
}

Value abs(Value x) { return unary(Op::kAbs, x); }
Value ceil(Value x) { return unary(Op::kCeil, x); }
Value cast(Value x, DType dtype) {
  if (x.dtype() == dtype) return x;
  return x.builder().add_typed(Op::kConvert, {x}, {}, {dtype, x.shape()});
}
Value cos(Value x) { return unary(Op::kCosine, x); }
Value erf(Value x) { return unary(Op::kErf, x); }
Value exp(Value x) { return unary(Op::kExponential, x); }
Value expm1(Value x) { return unary(Op::kExponentialMinusOne, x); }
Value floor(Value x) { return unary(Op::kFloor, x); }
Value isfinite(Value x) { return unary(Op::kIsFinite, x); }
Value log(Value x) { return unary(Op::kLog, x); }
Value log1p(Value x) { return unary(Op::kLogPlusOne, x); }
Value sigmoid(Value x) { return unary(Op::kLogistic, x); }
Value logical_not(Value x) { return unary(Op::kNot, x); }
Value round(Value x) { return unary(Op::kRoundNearestEven, x); }
Value rsqrt(Value x) { return unary(Op::kRsqrt, x); }
Value sign(Value x) { return unary(Op::kSign, x); }
Value sin(Value x) { return unary(Op::kSine, x); }
Value sqrt(Value x) { return unary(Op::kSqrt, x); }
Value square(Value x) { return x * x; }
Value tanh(Value x) { return unary(Op::kTanh, x); }
Value stop_gradient(Value x) { return unary(Op::kStopGradient, x); }

Value maximum(Value a, Value b) { return binary(Op::kMaximum, a, b); }
Value maximum(Value a, double b) { return with_number(Op::kMaximum, a, b, false); }
Value minimum(Value a, Value b) { return binary(Op::kMinimum, a, b); }
Value minimum(Value a, double b) { return with_number(Op::kMinimum, a, b, false); }
Value power(Value a, Value b) { return binary(Op::kPower, a, b); }
Value power(Value a, double b) { return with_number(Op::kPower, a, b, false); }
// The remainder has the sign of a; Python's and Keras's has the sign of b.
Value mod(Value a, Value b) {
  const Value r = binary(Op::kRemainder, a, b);
  const Value divisor = broadcast_to(cast(b, r.dtype()), r.shape());
  if (is_unsigned_integer(r.dtype())) return r;
  return where(logical_and(not_equal(r, 0.0), not_equal(less(r, 0.0), less(divisor, 0.0))), r + divisor, r);
}
Value clip(Value x, double low, double high) { return minimum(maximum(x, low), high); }

#define CORNU_COMPARE(name, direction)                                                               \
  Value name(Value a, Value b) { return compare(a, b, ir::Comparison::direction); }                  \
  Value name(Value a, double b) {                                                                    \
    return with_number(Op::kCompare, a, b, false, ir::CompareAttributes{ir::Comparison::direction}); \
  }
CORNU_COMPARE(equal, kEqual)
CORNU_COMPARE(not_equal, kNotEqual)
CORNU_COMPARE(less, kLess)
CORNU_COMPARE(less_equal, kLessEqual)
CORNU_COMPARE(greater, kGreater)
CORNU_COMPARE(greater_equal, kGreaterEqual)
#undef CORNU_COMPARE

Value logical_and(Value a, Value b) { return binary(Op::kAnd, a, b); }
Value logical_or(Value a, Value b) { return binary(Op::kOr, a, b); }
Value logical_xor(Value a, Value b) { return binary(Op::kXor, a, b); }

Value where(Value condition, Value a, Value b) {
  const DType dtype = common_dtype(a.dtype(), b.dtype());
  const Shape shape = broadcast_shapes(condition.shape(), broadcast_shapes(a.shape(), b.shape()));
  return a.builder().add(Op::kSelect, {broadcast_to(condition, shape), broadcast_to(cast(a, dtype), shape),
                                       broadcast_to(cast(b, dtype), shape)});
}
Value where(Value condition, Value a, double b) { return where(condition, a, scalar_like(a, b)); }
Value where(Value condition, double a, Value b) { return where(condition, scalar_like(b, a), b); }

Value reshape(Value x, const Shape& shape) {
  Shape out = shape;
  std::int64_t known = 1;
  int free_axis = -1;
  for (int i = 0; i < out.rank(); ++i) {
    if (out[i] >= 0)
      known *= out[i];
    else if (free_axis >= 0)
      throw ValueError(cat("[reshape] only one dimension may be -1\n  received: ", shape));
    else
      free_axis = i;
  }
  if (free_axis >= 0 && known > 0 && x.shape().size() % known == 0) out[free_axis] = x.shape().size() / known;
  if (out == x.shape()) return x;
  if (!out.is_static() || out.size() != x.shape().size())
    throw ValueError(cat("[reshape] cannot reshape ", x.shape(), " (", x.shape().size(), " elements) into ", shape));
  return x.builder().add_typed(Op::kReshape, {x}, {}, {x.dtype(), out});
}

Value broadcast_to(Value x, const Shape& shape) {
  if (x.shape() == shape) return x;
  if (broadcast_shapes(x.shape(), shape) != shape)
    throw ValueError(cat("[broadcast_to] cannot broadcast ", x.shape(), " to ", shape));
  ir::Axes dims;
  for (int i = 0; i < x.rank(); ++i) dims.push_back(i + shape.rank() - x.rank());
  return x.builder().add_typed(Op::kBroadcastInDim, {x}, ir::BroadcastAttributes{dims}, {x.dtype(), shape});
}

Value transpose(Value x, std::vector<int> axes) {
  if (axes.empty())
    for (int i = x.rank() - 1; i >= 0; --i) axes.push_back(i);
  return x.builder().add(Op::kTranspose, {x}, ir::TransposeAttributes{axes});
}

Value expand_dims(Value x, int axis) {
  Shape shape = x.shape();
  shape.insert(canonical_axis(axis, x.rank() + 1, "expand_dims"), 1);
  return reshape(x, shape);
}

Value squeeze(Value x, int axis) {
  Shape shape = x.shape();
  const int a = canonical_axis(axis, x.rank(), "squeeze");
  if (shape[a] != 1)
    throw ValueError(cat("[squeeze] received: axis ", axis, " of shape ", shape, "\n  expected: a dimension of 1"));
  shape.erase(a);
  return reshape(x, shape);
}

Value concatenate(const std::vector<Value>& xs, int axis) {
  if (xs.empty()) throw ValueError("[concatenate] expects at least one tensor");
  return xs[0].builder().add(Op::kConcatenate, xs,
                             ir::AxisAttributes{canonical_axis(axis, xs[0].rank(), "concatenate")});
}

Value slice(Value x, const std::vector<std::int64_t>& start, const std::vector<std::int64_t>& limit,
            std::vector<std::int64_t> stride) {
  if (stride.empty()) stride.assign(start.size(), 1);
  return x.builder().add(Op::kSlice, {x}, ir::SliceAttributes{start, limit, stride});
}

Value slice_axis(Value x, int axis, std::int64_t begin, std::int64_t end) {
  std::vector<std::int64_t> start(static_cast<std::size_t>(x.rank()), 0), limit = x.shape().dims();
  const auto a = static_cast<std::size_t>(canonical_axis(axis, x.rank(), "slice"));
  start[a] = begin;
  limit[a] = end;
  return slice(x, start, limit);
}

Value flip(Value x, const std::vector<int>& axes) {
  return x.builder().add(Op::kReverse, {x}, ir::AxesAttributes{canonical_axes(axes, x.rank(), "flip")});
}

Value pad(Value x, const std::vector<std::pair<std::int64_t, std::int64_t>>& widths, double value) {
  ir::PadAttributes a;
  for (const auto& [low, high] : widths) {
    a.low.push_back(low);
    a.high.push_back(high);
    a.interior.push_back(0);
  }
  return x.builder().add(Op::kPad, {x, scalar_like(x, value)}, a);
}

// Bools are counted, as in Keras.
Value sum(Value x, std::vector<int> axes, bool keepdims) {
  return reduce(x.dtype() == bool_ ? cast(x, int32) : x, axes, keepdims, ir::Reduction::kSum, "sum");
}
Value prod(Value x, std::vector<int> axes, bool keepdims) {
  return reduce(x.dtype() == bool_ ? cast(x, int32) : x, axes, keepdims, ir::Reduction::kProduct, "prod");
}
Value max(Value x, std::vector<int> axes, bool keepdims) {
  return reduce(x, axes, keepdims, ir::Reduction::kMaximum, "max");
}
Value min(Value x, std::vector<int> axes, bool keepdims) {
  return reduce(x, axes, keepdims, ir::Reduction::kMinimum, "min");
}
Value all(Value x, std::vector<int> axes, bool keepdims) {
  return reduce(x, axes, keepdims, ir::Reduction::kAnd, "all");
}
Value any(Value x, std::vector<int> axes, bool keepdims) {
  return reduce(x, axes, keepdims, ir::Reduction::kOr, "any");
}

Value mean(Value x, std::vector<int> axes, bool keepdims) {
  std::int64_t count = 1;
  for (const int a : canonical_axes(axes, x.rank(), "mean")) count *= x.shape()[a];
  return sum(floating(x), axes, keepdims) / static_cast<double>(count);
}

Value var(Value x, std::vector<int> axes, bool keepdims) {
  x = floating(x);
  return mean(square(x - mean(x, axes, true)), axes, keepdims);
}

Value argmax(Value x, int axis) {
  return x.builder().add(Op::kArgmax, {x}, ir::AxisAttributes{canonical_axis(axis, x.rank(), "argmax")});
}

Value cumsum(Value x, int axis) {
  return x.builder().add(Op::kCumulativeSum, {x}, ir::AxisAttributes{canonical_axis(axis, x.rank(), "cumsum")});
}

Value take(Value x, Value indices, int axis) {
  return x.builder().add(Op::kGather, {x, indices}, ir::AxisAttributes{canonical_axis(axis, x.rank(), "take")});
}

Value scatter_add(Value x, Value indices, Value updates, int axis) {
  return x.builder().add(Op::kScatter, {x, indices, updates},
                         ir::AxisAttributes{canonical_axis(axis, x.rank(), "scatter_add")});
}

Value logsumexp(Value x, int axis, bool keepdims) {
  const Value largest = stop_gradient(max(x, {axis}, true));
  // Infinities stay out of the differences: -inf everywhere gives -inf, not NaN.
  const Value shift = where(isfinite(largest), largest, 0.0);
  const Value out = shift + log(sum(exp(x - shift), {axis}, true));
  return keepdims ? out : squeeze(out, axis);
}

Value matmul(Value a, Value b) {
  if (a.rank() < 1 || b.rank() < 1)
    throw ValueError(
        cat("[matmul] received: shapes ", a.shape(), " and ", b.shape(), "\n  expected: both of rank >= 1"));
  const std::int64_t rows = b.dim(b.rank() == 1 ? -1 : -2);
  if (a.dim(-1) != rows)
    throw ValueError(cat("[matmul] received: shapes ", a.shape(), " and ", b.shape(), "\n  expected: ", a.dim(-1),
                         " rows in the second, as the first has columns, not ", rows));
  const DType dtype = common_dtype(a.dtype(), b.dtype());
  a = cast(a, dtype);
  b = cast(b, dtype);
  ir::DotAttributes d{{}, {}, {a.rank() - 1}, {b.rank() == 1 ? 0 : b.rank() - 2}};
  if (b.rank() <= 2) return dot_general(a, b, d);
  if (a.rank() == 1) return squeeze(matmul(expand_dims(a, 0), b), -2);
  const Shape batch = broadcast_shapes(a.shape().slice(0, a.rank() - 2), b.shape().slice(0, b.rank() - 2));
  const auto spread = [&batch](Value x) {
    Shape shape = batch;
    shape.push_back(x.dim(-2));
    shape.push_back(x.dim(-1));
    return broadcast_to(x, shape);
  };
  for (int i = 0; i < batch.rank(); ++i) {
    d.lhs_batch.push_back(i);
    d.rhs_batch.push_back(i);
  }
  d.lhs_contract = {batch.rank() + 1};
  d.rhs_contract = {batch.rank()};
  return dot_general(spread(a), spread(b), d);
}

Value dot_general(Value a, Value b, const ir::DotAttributes& axes) {
  return a.builder().add(Op::kDotGeneral, {a, b}, axes);
}

Value all_reduce(Value x) {
  const auto& nodes = x.builder().graph().nodes();
  const auto place = std::count_if(nodes.begin(), nodes.end(), [](const auto& n) { return n.op == Op::kAllReduce; });
  return x.builder().add(Op::kAllReduce, {x}, ir::AllReduceAttributes{static_cast<int>(place)});
}

Value replica_id(Builder& builder) { return builder.add(Op::kReplicaId, {}); }

// Zero comes first: at a tie the first operand takes the gradient, and relu'(0) is 0.
Value relu(Value x) { return maximum(scalar_like(x, 0.0), x); }

Value softmax(Value x, std::vector<int> axes) {
  const Value e = exp(x - stop_gradient(max(x, axes, true)));
  const Value out = e / sum(e, axes, true);
  // Cross-entropies work along the last axis: only a softmax over it can hand them its logits.
  if (axes.size() == 1 && canonical_axis(axes[0], x.rank(), "softmax") == x.rank() - 1)
    x.builder().set_origin(out, {Builder::Origin::kSoftmax, x});
  return out;
}

Value log_softmax(Value x, int axis) {
  const Value shifted = x - stop_gradient(max(x, {axis}, true));
  return shifted - log(sum(exp(shifted), {axis}, true));
}

// minimum(x, -x) is -|x| whose gradient at 0 is 1, not 0: with relu's 0 the whole has its true slope there, 1/2.
Value softplus(Value x) { return relu(x) + log1p(exp(minimum(x, -x))); }

Value one_hot(Value x, std::int64_t num_classes, DType dtype) {
  Shape shape = x.shape();
  shape.push_back(num_classes);
  const Value index = iota(x.builder(), shape, -1);  // int32: a uint8 label would wrap at 256 classes
  return cast(equal(expand_dims(x, -1), index), dtype);
}

}  // namespace ops
}  // namespace cornu
