// Conversions between any two dtypes.
#include <algorithm>

#include "cornu/engine/reference/kernels.h"
#include "cornu/engine/reference/numbers.h"

namespace cornu::reference {
namespace {

// Towards zero; numbers beyond the type become its end, NaN becomes 0, as XLA does it (in C++ both are undefined).
template <class To>
To to_integer(double x) {
  using Limits = std::numeric_limits<To>;
  if (std::isnan(x)) return 0;
  // The ends as doubles: max() may round up to 2^63 or 2^64, so the comparison includes equality.
  if (x >= static_cast<double>(Limits::max())) return Limits::max();
  if (x <= static_cast<double>(Limits::lowest())) return Limits::lowest();
  return static_cast<To>(x);
}

template <class To, class From>
To convert(From x) {
  constexpr bool from_integer = std::is_integral_v<From>;
  if constexpr (std::is_same_v<To, bool>)
    return widen(x) != 0;
  else if constexpr (from_integer && std::is_integral_v<To>)
    return static_cast<To>(x);  // keeps the low bits
  else if constexpr (from_integer && (std::is_same_v<To, float> || std::is_same_v<To, double>))
    return static_cast<To>(x);
  else if constexpr (from_integer)
    return To(static_cast<float>(x));
  else if constexpr (std::is_integral_v<To>)
    return to_integer<To>(widen(x));
  else
    return narrow<To>(widen(x));
}

}  // namespace

void run_convert(Input x, Output out) {
  dispatch(x.type.dtype, [&](auto from) {
    dispatch(out.type.dtype, [&](auto to) {
      using From = decltype(from);
      using To = decltype(to);
      for (Index i = 0; i < out.size(); ++i) out.as<To>()[i] = convert<To, From>(x.as<From>()[i]);
    });
  });
}

}  // namespace cornu::reference
