// How the reference engine counts: integers wrap around, floats are computed in double and rounded once.
#pragma once

#include <cmath>
#include <limits>
#include <type_traits>

#include "cornu/core/dtype.h"

namespace cornu::reference {

// What a sum or a product of T is kept in.
template <class T>
using Wide = std::conditional_t<std::is_integral_v<T>, T, double>;

template <class T>
Wide<T> widen(T x) {
  if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>)
    return static_cast<double>(static_cast<float>(x));
  else
    return static_cast<Wide<T>>(x);
}

template <class T>
T narrow(Wide<T> x) {
  if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>)
    return T(static_cast<float>(x));
  else
    return static_cast<T>(x);
}

// Signed overflow is undefined in C++ and defined in StableHLO. 64 bits hold what the small types wrap to.
template <class T>
T wrapping_add(T a, T b) {
  if constexpr (std::is_integral_v<T>)
    return static_cast<T>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
  else
    return a + b;
}
template <class T>
T wrapping_subtract(T a, T b) {
  if constexpr (std::is_integral_v<T>)
    return static_cast<T>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
  else
    return a - b;
}
template <class T>
T wrapping_multiply(T a, T b) {
  if constexpr (std::is_integral_v<T>)
    return static_cast<T>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
  else
    return a * b;
}

template <class T>
bool is_nan(T x) {
  if constexpr (std::is_integral_v<T>)
    return false;
  else
    return std::isnan(x);
}

// A NaN on either side is the result.
template <class T>
T larger(T a, T b) {
  return is_nan(a) || a > b ? a : b;
}
template <class T>
T smaller(T a, T b) {
  return is_nan(a) || a < b ? a : b;
}

}  // namespace cornu::reference
