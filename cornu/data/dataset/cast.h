// Step: x in another dtype.
#pragma once

#include "cornu/data/dataset/step.h"

namespace cornu::data {

// As Tensor::astype: floats become integers by cutting off, bool means non-zero.
Step cast(DType dtype);

}  // namespace cornu::data
