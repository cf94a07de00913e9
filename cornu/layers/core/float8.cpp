#include "cornu/layers/core/float8.h"

#include <cmath>

namespace cornu::layers {

Value through_float8(Value x, double scale) {
  constexpr double kLargest = 448;
  constexpr int kMantissa = 3, kSmallest = -6, kGreatest = 8;  // of the exponents
  const Value y = ops::maximum(ops::minimum(x / scale, kLargest), -kLargest);
  const Value size = ops::abs(y);
  // The distance to the next number doubles with each power of two; below the smallest one it stays.
  Value step = ops::zeros_like(y) + std::ldexp(1.0, kSmallest - kMantissa);
  for (int e = kSmallest + 1; e <= kGreatest; ++e)
    step = ops::where(ops::greater_equal(size, std::ldexp(1.0, e)), std::ldexp(1.0, e - kMantissa), step);
  return ops::round(y / step) * step * scale;
}

}  // namespace cornu::layers
