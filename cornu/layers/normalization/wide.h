// Keras's normalizations leave the narrow dtypes: means and variances of them overflow, or lose the digits that count.
#pragma once

#include "cornu/ir/ops.h"

namespace cornu::layers {

// In float32, or in float64 where x already is.
inline Value wide(Value x) { return x.dtype() == float64 ? x : ops::cast(x, float32); }

}  // namespace cornu::layers
