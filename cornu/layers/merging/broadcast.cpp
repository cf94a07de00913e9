#include "cornu/layers/merging/broadcast.h"

#include <algorithm>

#include "cornu/core/error.h"

namespace cornu::layers {

Shape broadcast_shape(const Shape& a, const Shape& b, const std::string& what) {
  Shape out;
  const int rank = std::max(a.rank(), b.rank());
  for (int i = 0; i < rank; ++i) {
    const std::int64_t x = i < rank - a.rank() ? 1 : a[i - (rank - a.rank())];
    const std::int64_t y = i < rank - b.rank() ? 1 : b[i - (rank - b.rank())];
    if (x > 1 && y > 1 && x != y)
      throw ValueError(cat("\"", what, "\" received: shapes ", a, " and ", b,
                           "\n  expected: dimensions that are equal, or 1 where they are not"));
    out.push_back(x == 1 ? y : y == 1 ? x : x < 0 || y < 0 ? Shape::kNone : x);
  }
  return out;
}

}  // namespace cornu::layers
