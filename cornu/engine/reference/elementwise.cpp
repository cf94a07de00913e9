// Elementwise ops: one scalar function an op, a loop around it.
#include "cornu/core/error.h"
#include "cornu/engine/reference/kernels.h"
#include "cornu/engine/reference/numbers.h"

namespace cornu::reference {
namespace {

using ir::Op;

[[noreturn]] void unknown(Op op, DType dtype) {
  throw InternalError(
      cat("the reference engine has no ", name_of(op), " of ", name_of(dtype)));  // infer_types lets none through
}

template <class T>
T sign(T x) {
  if (is_nan(x) || x == 0) return x;
  return x < 0 ? T(-1) : T(1);
}

double unary(Op op, double x) {
  switch (op) {
    case Op::kAbs: return std::fabs(x);
    case Op::kCeil: return std::ceil(x);
    case Op::kCosine: return std::cos(x);
    case Op::kErf: return std::erf(x);
    case Op::kExponential: return std::exp(x);
    case Op::kExponentialMinusOne: return std::expm1(x);
    case Op::kFloor: return std::floor(x);
    case Op::kLog: return std::log(x);
    case Op::kLogPlusOne: return std::log1p(x);
    case Op::kLogistic: return 1.0 / (1.0 + std::exp(-x));
    case Op::kNegate: return -x;
    case Op::kRoundNearestEven: return std::nearbyint(x);
    case Op::kRsqrt: return 1.0 / std::sqrt(x);
    case Op::kSign: return sign(x);
    case Op::kSine: return std::sin(x);
    case Op::kSqrt: return std::sqrt(x);
    case Op::kStopGradient: return x;
    case Op::kTanh: return std::tanh(x);
    default: unknown(op, float64);
  }
}

bool unary(Op op, bool x) {
  switch (op) {
    case Op::kNot: return !x;
    case Op::kStopGradient: return x;
    default: unknown(op, bool_);
  }
}

template <class T>
T unary(Op op, T x) {
  switch (op) {
    case Op::kAbs: return x < 0 ? wrapping_subtract(T(0), x) : x;
    case Op::kNegate: return wrapping_subtract(T(0), x);
    case Op::kNot: return static_cast<T>(~x);
    case Op::kSign: return sign(x);
    case Op::kStopGradient: return x;
    default: unknown(op, dtype_of<T>);
  }
}

double binary(Op op, double a, double b) {
  switch (op) {
    case Op::kAdd: return a + b;
    case Op::kDivide: return a / b;
    case Op::kMaximum: return larger(a, b);
    case Op::kMinimum: return smaller(a, b);
    case Op::kMultiply: return a * b;
    case Op::kPower: return std::pow(a, b);
    case Op::kRemainder: return std::fmod(a, b);
    case Op::kSubtract: return a - b;
    default: unknown(op, float64);
  }
}

// x / 0 has all bits set, and the one quotient that does not fit (the smallest number by -1) wraps around.
template <class T>
T divide(T a, T b) {
  if (b == 0) return static_cast<T>(-1);
  if (std::is_signed_v<T> && b == static_cast<T>(-1)) return wrapping_subtract(T(0), a);
  return static_cast<T>(a / b);
}

template <class T>
T remainder(T a, T b) {
  if (b == 0) return a;
  if (std::is_signed_v<T> && b == static_cast<T>(-1)) return 0;
  return static_cast<T>(a % b);
}

// By squaring; a negative exponent leaves an integer only for 1 and -1.
template <class T>
T power(T base, T exponent) {
  if (exponent < 0) {
    if (base == T(1)) return 1;
    if (base == static_cast<T>(-1)) return exponent % 2 == 0 ? T(1) : static_cast<T>(-1);
    return 0;
  }
  T result = 1;
  for (; exponent > 0; exponent = static_cast<T>(exponent / 2)) {
    if (exponent % 2 == 1) result = wrapping_multiply(result, base);
    base = wrapping_multiply(base, base);
  }
  return result;
}

bool binary(Op op, bool a, bool b) {
  switch (op) {
    case Op::kAnd: return a && b;
    case Op::kOr: return a || b;
    case Op::kXor: return a != b;
    default: unknown(op, bool_);
  }
}

template <class T>
T binary(Op op, T a, T b) {
  switch (op) {
    case Op::kAdd: return wrapping_add(a, b);
    case Op::kAnd: return static_cast<T>(a & b);
    case Op::kDivide: return divide(a, b);
    case Op::kMaximum: return larger(a, b);
    case Op::kMinimum: return smaller(a, b);
    case Op::kMultiply: return wrapping_multiply(a, b);
    case Op::kOr: return static_cast<T>(a | b);
    case Op::kPower: return power(a, b);
    case Op::kRemainder: return remainder(a, b);
    case Op::kSubtract: return wrapping_subtract(a, b);
    case Op::kXor: return static_cast<T>(a ^ b);
    default: unknown(op, dtype_of<T>);
  }
}

template <class W>
bool compare(ir::Comparison direction, W a, W b) {
  switch (direction) {
    case ir::Comparison::kEqual: return a == b;
    case ir::Comparison::kNotEqual: return a != b;
    case ir::Comparison::kLess: return a < b;
    case ir::Comparison::kLessEqual: return a <= b;
    case ir::Comparison::kGreater: return a > b;
    case ir::Comparison::kGreaterEqual: return a >= b;
  }
  return false;
}

// T is the operands' type (for a selection: the type of what is selected).
template <class T>
void run(const ir::Node& node, const Inputs& in, Output out) {
  for (Index i = 0; i < out.size(); ++i) {
    const auto value = [&](std::size_t operand) { return widen(in[operand].as<T>()[i]); };
    if (node.op == Op::kSelect)
      out.as<T>()[i] = in[in[0].as<bool>()[i] ? 1 : 2].as<T>()[i];
    else if (node.op == Op::kCompare)
      out.as<bool>()[i] = compare(node.as<ir::CompareAttributes>().direction, value(0), value(1));
    else if (node.op == Op::kIsFinite)
      out.as<bool>()[i] = std::isfinite(static_cast<double>(value(0)));
    else if (in.size() == 1)
      out.as<T>()[i] = narrow<T>(unary(node.op, value(0)));
    else
      out.as<T>()[i] = narrow<T>(binary(node.op, value(0), value(1)));
  }
}

}  // namespace

void run_elementwise(const ir::Node& node, const Inputs& in, Output out) {
  if (node.op == Op::kConvert) return run_convert(in[0], out);
  dispatch(in.back().type.dtype, [&](auto zero) { run<decltype(zero)>(node, in, out); });
}

}  // namespace cornu::reference
