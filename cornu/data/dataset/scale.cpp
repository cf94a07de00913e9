#include "cornu/data/dataset/scale.h"

#include "cornu/core/error.h"

namespace cornu::data {

Step scale(ScaleOptions options) {
  if (options.divide == 0) throw ValueError("[scale] received: divide = 0\n  expected: another number");
  return Step("scale", [options](Arrays arrays) {
    // astype makes new memory only for integers, and then the old is freed by this assignment.
    Tensor x = std::move(arrays.x);
    if (!is_floating(x.dtype())) x = x.astype(float32);
    if (options.multiply != 1) x = std::move(x) * options.multiply;
    if (options.divide != 1) x = std::move(x) / options.divide;
    if (options.add != 0) x = std::move(x) + options.add;
    arrays.x = std::move(x);
    return arrays;
  });
}

}  // namespace cornu::data
