#include "cornu/data/dataset/one_hot.h"

#include "cornu/core/error.h"
#include "cornu/data/to_categorical.h"

namespace cornu::data {

Step one_hot(std::int64_t num_classes, DType dtype) {
  if (num_classes < 1)
    throw ValueError(cat("[one_hot] received: num_classes = ", num_classes, "\n  expected: at least 1"));
  return Step("one_hot", [num_classes, dtype](Arrays arrays) {
    if (arrays.has_y()) arrays.y = utils::to_categorical(arrays.y, num_classes, dtype);
    return arrays;
  });
}

}  // namespace cornu::data
