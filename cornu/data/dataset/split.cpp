#include "cornu/data/dataset/split.h"

#include <cmath>

#include "cornu/core/error.h"
#include "cornu/data/dataset/take.h"

namespace cornu::data {

Parts split(const Dataset& dataset, double left_size) {
  const auto total = static_cast<double>(dataset.size());
  // nearbyint rounds halves to even, as Python's round does.
  const double left = std::nearbyint(left_size < 1 ? left_size * total : left_size);
  if (!(left_size > 0) || !(left >= 1) || !(left < total))
    throw ValueError(
        cat("[split] received: left_size = ", left_size, " for ", dataset.size(),
            " samples\n  expected: a fraction between 0 and 1, or a number of samples, that leaves both parts some"));
  const auto middle = static_cast<std::int64_t>(left);
  return {take(dataset, 0, middle), take(dataset, middle, dataset.size())};
}

}  // namespace cornu::data
