// IDX, the format of MNIST (train-images-idx3-ubyte), plain or gzipped.
#pragma once

#include <string>

#include "cornu/core/tensor.h"

namespace cornu::data {

// True when these bytes can begin an IDX file: two zeros, a known element code, a rank.
bool is_idx(const Tensor& blob);

// Reads an IDX file: unsigned and signed bytes, int16, int32, float32, float64, any rank up to 255; big-endian as the
// format demands. Element codes give uint8, int8, ... tensors of the shape that the header states.
// Throws FileError when the file is missing, foreign, or its length does not fit its header.
Tensor load_idx(const std::string& path);

// The same for contents that are in memory already, gzipped or not. The tensor shares the memory where it can.
Tensor idx_from_blob(const Tensor& blob, const std::string& name);

}  // namespace cornu::data
