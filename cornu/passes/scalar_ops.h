// One number at a time: what each elementwise op does to elements of each dtype. The constant folder and the CPU
// engine's plain loops share it. Integers wrap around, x / 0 is -1 and x % 0 is x; 16-bit floats compute in float.
#pragma once

#include <cmath>
#include <limits>
#include <type_traits>

#include "cornu/core/dtype.h"
#include "cornu/ir/graph.h"

namespace cornu::scalar {

using ir::Comparison;
using ir::Op;

template <class T>
inline constexpr bool is_half = std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>;
// What arithmetic on T happens in. Bools compute as ints and become bools again by "is not zero": sums are ors.
template <class T>
using Compute = std::conditional_t<is_half<T>, float, std::conditional_t<std::is_same_v<T, bool>, int, T>>;
template <class>
inline constexpr bool never = false;

template <class T>
Compute<T> load(T x) {
  return static_cast<Compute<T>>(x);
}
template <class T, class C>
T store(C x) {
  if constexpr (is_half<T>)
    return T(static_cast<float>(x));
  else if constexpr (std::is_same_v<T, bool>)
    return x != 0;
  else
    return static_cast<T>(x);
}

// A NaN on either side is the result.
template <class C>
C larger(C a, C b) {
  if constexpr (std::is_floating_point_v<C>)
    return a != a || a > b ? a : b;
  else
    return a > b ? a : b;
}
template <class C>
C smaller(C a, C b) {
  if constexpr (std::is_floating_point_v<C>)
    return a != a || a < b ? a : b;
  else
    return a < b ? a : b;
}

template <Op kOp, class C>
C real_unary(C x) {  // C is float or double
  if constexpr (kOp == Op::kCeil)
    return std::ceil(x);
  else if constexpr (kOp == Op::kCosine)
    return std::cos(x);
  else if constexpr (kOp == Op::kErf)
    return std::erf(x);
  else if constexpr (kOp == Op::kExponential)
    return std::exp(x);
  else if constexpr (kOp == Op::kExponentialMinusOne)
    return std::expm1(x);
  else if constexpr (kOp == Op::kFloor)
    return std::floor(x);
  else if constexpr (kOp == Op::kLog)
    return std::log(x);
  else if constexpr (kOp == Op::kLogPlusOne)
    return std::log1p(x);
  else if constexpr (kOp == Op::kLogistic)
    return C(1) / (C(1) + std::exp(-x));
  else if constexpr (kOp == Op::kRoundNearestEven)
    return std::nearbyint(x);
  else if constexpr (kOp == Op::kRsqrt)
    return C(1) / std::sqrt(x);
  else if constexpr (kOp == Op::kSine)
    return std::sin(x);
  else if constexpr (kOp == Op::kSqrt)
    return std::sqrt(x);
  else if constexpr (kOp == Op::kTanh)
    return std::tanh(x);
  else
    static_assert(never<C>, "an elementwise op of one operand that says not what it does to a number");
}

// T in, T out. IsFinite and Convert change the type and stand apart.
template <Op kOp, class T>
T unary(T value) {
  using C = Compute<T>;
  const C x = load(value);
  if constexpr (kOp == Op::kStopGradient)
    return value;
  else if constexpr (kOp == Op::kNot) {
    if constexpr (std::is_same_v<T, bool>)
      return !value;
    else if constexpr (std::is_integral_v<T>)
      return static_cast<T>(~value);
    else
      return store<T>(C(x == C(0)));
  } else if constexpr (kOp == Op::kNegate) {
    if constexpr (std::is_integral_v<C>)
      return store<T>(static_cast<C>(std::uint64_t{0} - static_cast<std::uint64_t>(x)));
    else
      return store<T>(-x);
  } else if constexpr (kOp == Op::kAbs) {
    if constexpr (std::is_unsigned_v<C>)
      return value;
    else if constexpr (std::is_integral_v<C>)
      return store<T>(x < 0 ? static_cast<C>(std::uint64_t{0} - static_cast<std::uint64_t>(x)) : x);
    else
      return store<T>(std::fabs(x));
  } else if constexpr (kOp == Op::kSign) {
    if constexpr (std::is_unsigned_v<C>)
      return store<T>(C(x != 0));
    else if constexpr (std::is_integral_v<C>)
      return store<T>(static_cast<C>((x > 0) - (x < 0)));
    else
      return store<T>(x > 0 ? C(1) : x < 0 ? C(-1) : x);  // keeps -0 and NaN
  } else if constexpr (std::is_integral_v<C>) {
    return store<T>(real_unary<kOp>(static_cast<double>(x)));  // StableHLO has no such op on integers
  } else {
    return store<T>(real_unary<kOp>(x));
  }
}

template <class T>
T integer_power(T base, T exponent) {
  if constexpr (std::is_signed_v<T>)
    if (exponent < 0) return base == 1 ? T(1) : base == -1 ? (exponent & 1 ? T(-1) : T(1)) : T(0);
  std::uint64_t result = 1, factor = static_cast<std::uint64_t>(base);
  for (auto e = static_cast<std::uint64_t>(exponent); e; e >>= 1, factor *= factor)
    if (e & 1) result *= factor;
  return static_cast<T>(result);
}

template <Op kOp, class C>
C integer_binary(C x, C y) {
  const auto a = static_cast<std::uint64_t>(x), b = static_cast<std::uint64_t>(y);
  if constexpr (kOp == Op::kAdd)
    return static_cast<C>(a + b);
  else if constexpr (kOp == Op::kSubtract)
    return static_cast<C>(a - b);
  else if constexpr (kOp == Op::kMultiply)
    return static_cast<C>(a * b);
  else if constexpr (kOp == Op::kAnd)
    return static_cast<C>(x & y);
  else if constexpr (kOp == Op::kOr)
    return static_cast<C>(x | y);
  else if constexpr (kOp == Op::kXor)
    return static_cast<C>(x ^ y);
  else if constexpr (kOp == Op::kPower)
    return integer_power(x, y);
  else if constexpr (kOp == Op::kDivide) {
    if (y == 0) return static_cast<C>(-1);
    if (std::is_signed_v<C> && y == static_cast<C>(-1)) return static_cast<C>(std::uint64_t{0} - a);
    return static_cast<C>(x / y);
  } else if constexpr (kOp == Op::kRemainder) {
    if (y == 0) return x;
    if (std::is_signed_v<C> && y == static_cast<C>(-1)) return 0;
    return static_cast<C>(x % y);
  } else
    static_assert(never<C>, "an elementwise op of two operands that says not what it does to integers");
}

template <Op kOp, class C>
C real_binary(C x, C y) {
  if constexpr (kOp == Op::kAdd)
    return x + y;
  else if constexpr (kOp == Op::kSubtract)
    return x - y;
  else if constexpr (kOp == Op::kMultiply)
    return x * y;
  else if constexpr (kOp == Op::kDivide)
    return x / y;
  else if constexpr (kOp == Op::kPower)
    return std::pow(x, y);
  else if constexpr (kOp == Op::kRemainder)
    return std::fmod(x, y);
  else if constexpr (kOp == Op::kAnd)
    return C(x != 0 && y != 0);
  else if constexpr (kOp == Op::kOr)
    return C(x != 0 || y != 0);
  else if constexpr (kOp == Op::kXor)
    return C((x != 0) != (y != 0));
  else
    static_assert(never<C>, "an elementwise op of two operands that says not what it does to floats");
}

// T, T in, T out. Compare stands apart.
template <Op kOp, class T>
T binary(T a, T b) {
  using C = Compute<T>;
  const C x = load(a), y = load(b);
  if constexpr (kOp == Op::kMaximum)
    return store<T>(larger(x, y));
  else if constexpr (kOp == Op::kMinimum)
    return store<T>(smaller(x, y));
  else if constexpr (std::is_integral_v<C>)
    return store<T>(integer_binary<kOp>(x, y));
  else
    return store<T>(real_binary<kOp>(x, y));
}

template <Comparison kDirection, class T>
bool compare(T a, T b) {
  const Compute<T> x = load(a), y = load(b);
  if constexpr (kDirection == Comparison::kEqual)
    return x == y;
  else if constexpr (kDirection == Comparison::kNotEqual)
    return x != y;
  else if constexpr (kDirection == Comparison::kLess)
    return x < y;
  else if constexpr (kDirection == Comparison::kLessEqual)
    return x <= y;
  else if constexpr (kDirection == Comparison::kGreater)
    return x > y;
  else
    return x >= y;
}

template <class T>
bool is_finite(T x) {
  if constexpr (std::is_integral_v<T>)
    return true;
  else
    return std::isfinite(load(x));
}

// Floats to integers: towards zero, the type's end beyond its range, 0 for NaN, as XLA.
template <class To>
To to_integer(double x) {
  using Limits = std::numeric_limits<To>;
  if (x != x) return 0;
  if (x >= static_cast<double>(Limits::max())) return Limits::max();
  if (x <= static_cast<double>(Limits::lowest())) return Limits::lowest();
  return static_cast<To>(x);
}

template <class To, class From>
To convert(From value) {
  const Compute<From> x = load(value);
  if constexpr (std::is_same_v<To, bool>)
    return x != 0;
  else if constexpr (std::is_integral_v<To> && std::is_floating_point_v<Compute<From>>)
    return to_integer<To>(x);
  else if constexpr (is_half<To>)
    return To(static_cast<float>(x));
  else
    return static_cast<To>(x);
}

// Identity and step of a reduction over values kept as C.
template <class C>
C reduction_identity(ir::Reduction kind) {
  using Limits = std::numeric_limits<C>;
  switch (kind) {
    case ir::Reduction::kSum:
    case ir::Reduction::kOr: return C(0);
    case ir::Reduction::kProduct:
    case ir::Reduction::kAnd: return C(1);
    case ir::Reduction::kMaximum: return Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
    case ir::Reduction::kMinimum: return Limits::has_infinity ? Limits::infinity() : Limits::max();
  }
  return C(0);
}
template <ir::Reduction kKind, class C>
C fold(C so_far, C x) {
  using ir::Reduction;
  if constexpr (kKind == Reduction::kMaximum)
    return larger(so_far, x);
  else if constexpr (kKind == Reduction::kMinimum)
    return smaller(so_far, x);
  else if constexpr (kKind == Reduction::kAnd)
    return C(so_far != 0 && x != 0);
  else if constexpr (kKind == Reduction::kOr)
    return C(so_far != 0 || x != 0);
  else if constexpr (std::is_integral_v<C>)
    return integer_binary < kKind == Reduction::kSum ? Op::kAdd : Op::kMultiply > (so_far, x);
  else
    return kKind == Reduction::kSum ? so_far + x : so_far * x;
}

}  // namespace cornu::scalar
