// Which hand-written float32 kernel does what an op of the graph does.
#pragma once

#include <optional>

#include "cornu/engine/cpu/kernels/elementwise.h"
#include "cornu/ir/graph.h"

namespace cornu::cpu {

std::optional<UnaryOp> unary_kernel(ir::Op op);
// Comparisons give truth values, 1.0f and 0.0f.
std::optional<BinaryOp> binary_kernel(const ir::Node& node);

}  // namespace cornu::cpu
