// Gradients of elementwise ops. `y` is the node's result, `dy` the gradient that arrives at it.
#include <optional>

#include "cornu/core/error.h"
#include "cornu/grad/rules.h"
#include "cornu/ir/ops.h"

namespace cornu::grad {
namespace {

using ir::Op;

// The number that every element of x has, when the graph says so.
std::optional<double> constant_number(Value x) {
  const ir::Graph& graph = x.builder().graph();
  const ir::Node* node = &graph.producer(x.id());
  while (node->op == Op::kBroadcastInDim || node->op == Op::kReshape || node->op == Op::kConvert)
    node = &graph.producer(node->operands[0]);
  if (node->op != Op::kConstant) return std::nullopt;
  const Tensor& value = node->as<ir::ConstantAttributes>().value;
  if (value.size() != 1) return std::nullopt;
  return value.at(0);
}

Value unary(const Step& s) {
  const Value x = s.in[0], y = s.out, dy = s.dy;
  switch (s.node.op) {
    case Op::kAbs: return dy * ops::sign(x);  // 0 at 0
    case Op::kConvert: return ops::cast(dy, x.dtype());
    case Op::kCosine: return -(dy * ops::sin(x));
    case Op::kErf: return dy * (1.1283791670955126 * ops::exp(-(x * x)));  // 2 / sqrt(pi)
    case Op::kExponential: return dy * y;
    case Op::kExponentialMinusOne: return dy * (y + 1.0);
    case Op::kLog: return dy / x;
    case Op::kLogPlusOne: return dy / (x + 1.0);
    case Op::kLogistic: return dy * (y * (1.0 - y));
    case Op::kNegate: return -dy;
    case Op::kRsqrt: return dy * (-0.5 * (y * (y * y)));
    case Op::kSine: return dy * ops::cos(x);
    case Op::kSqrt: return dy * 0.5 / y;
    case Op::kTanh: return dy * (1.0 - y * y);
    default: break;  // operand_gradients chose what comes here
  }
  throw InternalError(cat("no unary gradient rule for ", name_of(s.node.op)));
}

// At a tie the gradient goes to the first operand, as TensorFlow's (x >= y, x <= y) does it. ops::relu therefore puts
// its zero first, so that relu'(0) = 0; clip and the hinge losses keep the slope 1 at their corner, as in Keras.
std::vector<Value> extremum(const Step& s) {
  const Value a = s.in[0], b = s.in[1];
  const Value first = s.node.op == Op::kMaximum ? ops::greater_equal(a, b) : ops::less_equal(a, b);
  return {s.wants(0) ? ops::where(first, s.dy, 0.0) : Value(), s.wants(1) ? ops::where(first, 0.0, s.dy) : Value()};
}

// d a^b / d a = b a^(b-1), which is 0 for b = 0 even where a^(b-1) is not finite.
Value power_base(const Step& s) {
  const Value a = s.in[0], b = s.in[1];
  if (const std::optional<double> n = constant_number(b)) {
    if (*n == 0.0) return {};
    if (*n == 1.0) return s.dy;
    if (*n == 2.0) return s.dy * (2.0 * a);
    return s.dy * (*n * ops::power(a, *n - 1.0));
  }
  const Value is_zero = ops::equal(b, 0.0);
  return s.dy * (b * ops::power(a, ops::where(is_zero, 1.0, b - 1.0)));
}

// d a^b / d b = a^b log a; where a is not positive the slope is taken as 0, as TensorFlow takes it.
Value power_exponent(const Step& s) {
  const Value positive = ops::greater(s.in[0], 0.0);
  return s.dy * ops::where(positive, s.out * ops::log(ops::where(positive, s.in[0], 1.0)), 0.0);
}

// a = b * trunc(a / b) + remainder
std::vector<Value> remainder(const Step& s) {
  if (!s.wants(1)) return {s.dy, {}};
  const Value quotient = s.in[0] / s.in[1];
  const Value truncated = ops::sign(quotient) * ops::floor(ops::abs(quotient));
  return {s.wants(0) ? s.dy : Value(), -(s.dy * truncated)};
}

std::vector<Value> multiply(const Step& s) {
  if (s.in[0].id() == s.in[1].id()) return {s.dy * (2.0 * s.in[0]), {}};  // a square
  return {s.wants(0) ? s.dy * s.in[1] : Value(), s.wants(1) ? s.dy * s.in[0] : Value()};
}

std::vector<Value> divide(const Step& s) {
  const Value quotient = s.dy / s.in[1];
  return {s.wants(0) ? quotient : Value(), s.wants(1) ? -(quotient * s.out) : Value()};
}

}  // namespace

std::vector<Value> elementwise_gradients(const Step& s) {
  switch (s.node.op) {
    case Op::kAdd: return {s.wants(0) ? s.dy : Value(), s.wants(1) ? s.dy : Value()};
    case Op::kSubtract: return {s.wants(0) ? s.dy : Value(), s.wants(1) ? -s.dy : Value()};
    case Op::kMultiply: return multiply(s);
    case Op::kDivide: return divide(s);
    case Op::kMaximum:
    case Op::kMinimum: return extremum(s);
    case Op::kPower: return {s.wants(0) ? power_base(s) : Value(), s.wants(1) ? power_exponent(s) : Value()};
    case Op::kRemainder: return remainder(s);
    case Op::kSelect:
      return {Value(), s.wants(1) ? ops::where(s.in[0], s.dy, 0.0) : Value(),
              s.wants(2) ? ops::where(s.in[0], 0.0, s.dy) : Value()};
    default: return {unary(s)};
  }
}

}  // namespace cornu::grad
