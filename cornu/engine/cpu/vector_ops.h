// Elementwise ops of every dtype as plain loops over contiguous elements. The fast float32 kernels are in kernels/;
// what they do not have, these do.
#pragma once

#include <cstdint>

#include "cornu/ir/graph.h"

namespace cornu::cpu {

// out[i] = f(a[i], b[i], c[i]) for 0 <= i < n; an op of fewer operands ignores the rest. `out` may be one of them.
using VectorFunction = void (*)(const void* a, const void* b, const void* c, void* out, std::int64_t n);

// The function of an elementwise op, given the dtypes of its first operand and of its result. nullptr for other ops.
VectorFunction vector_function(const ir::Node& node, DType in, DType out);
VectorFunction unary_function(ir::Op op, DType dtype);
VectorFunction binary_function(ir::Op op, DType dtype);
VectorFunction compare_function(ir::Comparison direction, DType dtype);
VectorFunction is_finite_function(DType dtype);
VectorFunction convert_function(DType from, DType to);
// out = a ? b : c, elements of `bytes` bytes.
VectorFunction select_function(std::size_t bytes);

}  // namespace cornu::cpu
