#include "cornu/data/dataset/cast.h"

namespace cornu::data {

Step cast(DType dtype) {
  return Step("cast", [dtype](Arrays arrays) {
    arrays.x = arrays.x.astype(dtype);
    return arrays;
  });
}

}  // namespace cornu::data
