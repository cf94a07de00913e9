#include "cornu/data/dataset/reshape.h"

#include "cornu/core/error.h"

namespace cornu::data {
namespace {

// With no rows a -1 has nothing to be counted from, so it is solved on the shape of one sample.
Shape solve(const Shape& wanted, const Shape& sample) {
  std::int64_t known = 1;
  int free_axis = -1, free_axes = 0;
  for (int i = 0; i < wanted.rank(); ++i) {
    if (wanted[i] >= 0)
      known *= wanted[i];
    else
      free_axis = i, ++free_axes;
  }
  Shape out = wanted;
  if (free_axes == 1 && known > 0 && sample.size() % known == 0) out[free_axis] = sample.size() / known;
  if (!out.is_static() || out.size() != sample.size())
    throw ValueError(cat("[reshape] received: samples of shape ", sample, " (", sample.size(),
                         " elements)\n  expected: as many as in ", wanted,
                         "\n  the shape is that of one sample, without the batch axis"));
  return out;
}

}  // namespace

Step reshape(Shape shape) {
  return Step("reshape", [shape = std::move(shape)](Arrays arrays) {
    const Shape sample = solve(shape, arrays.x.shape().slice(1, arrays.x.rank()));
    arrays.x = std::move(arrays.x).reshape(sample.with_batch(arrays.size()));
    return arrays;
  });
}

}  // namespace cornu::data
