// What rows programs do to whole rows, for every dtype, in plain loops.
#pragma once

#include "cornu/engine/cpu/rows_program.h"

namespace cornu::cpu {

using RowsFunction = RowsInstruction::RowsFunction;

// out[r] = the row folded, from left to right.
RowsFunction row_reduce_function(ir::Reduction kind, DType dtype);
// out[r] = the position of the first of the largest (int32); a NaN is larger than every number.
RowsFunction row_argmax_function(DType dtype);
// Upright: out[j] = the position of the first of the largest of in[i, j] over i, for float32.
void column_argmax(const void* in, void* out, std::int64_t rows, std::int64_t columns);
// out[r, c] = in[r]; elements of `bytes` bytes.
RowsFunction spread_rows_function(std::size_t bytes);
// out[r, c] = in[c].
RowsFunction spread_columns_function(std::size_t bytes);
// out[i] = a[0].
VectorFunction splat_function(std::size_t bytes);
VectorFunction copy_function(std::size_t bytes);

}  // namespace cornu::cpu
