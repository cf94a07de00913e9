// Numbers of 8 bits with a point: 4 bits of exponent, 3 of mantissa (E4M3FN of "FP8 formats for deep learning").
#pragma once

#include "cornu/ir/ops.h"

namespace cornu::layers {

// x / scale, rounded to the nearest number of that format (ties to even, at most 448), times scale: what comes back
// from 8 bits. Keras: quantizers.quantize_and_dequantize.
Value through_float8(Value x, double scale);

}  // namespace cornu::layers
