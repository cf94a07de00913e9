// Class numbers to one row of zeros and a one each: keras.utils.to_categorical.
#pragma once

#include <cstdint>
#include <optional>

#include "cornu/core/tensor.h"

namespace cornu::utils {

// `x`: class numbers 0 .. num_classes - 1 of any shape (...); a last dimension of 1 is dropped, and fractions are cut
// off, as in Keras. Result: shape (..., num_classes). `num_classes` not given or 0: the largest number in x, plus one.
// `dtype`: Keras 3 always gives float64; float32 halves it where a trainer converts anyway.
// Throws ValueError for a number below 0 or not below num_classes (Keras counts negative ones from the end: a trap).
Tensor to_categorical(const Tensor& x, std::optional<std::int64_t> num_classes = std::nullopt, DType dtype = float64);

}  // namespace cornu::utils
