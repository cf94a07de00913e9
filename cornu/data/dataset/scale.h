// Step: x * multiply / divide + add.
#pragma once

#include "cornu/data/dataset/step.h"

namespace cornu::data {

struct ScaleOptions {
  double multiply = 1;
  double divide = 1;  // a division, not its reciprocal: x / 255 as numpy computes it, to the last bit
  double add = 0;
};

// Integers become float32, floats keep their dtype. {.divide = 255} brings bytes into 0..1; {.divide = 127.5, .add =
// -1} into -1..1. Throws ValueError for a division by 0.
Step scale(ScaleOptions options);

}  // namespace cornu::data
