// Step: y from a class number to a row of zeros and a one.
#pragma once

#include "cornu/data/dataset/step.h"

namespace cornu::data {

// y of shape () or (1,) becomes (num_classes,), float32 (utils::to_categorical gives Keras's float64).
// A sample without a target stays without. Throws ValueError for num_classes < 1 and, when it runs, for a label
// outside.
Step one_hot(std::int64_t num_classes, DType dtype = float32);

}  // namespace cornu::data
