// Constant folding: elementwise ops on small constants, computed while compiling with the arithmetic of scalar_ops.h.
#pragma once

#include <optional>

#include "cornu/ir/graph.h"

namespace cornu::passes {

// The result of an elementwise node on constants of its operands' types; nothing for other ops.
std::optional<Tensor> fold(const ir::Node& node, const ir::Type& type, const std::vector<Tensor>& operands);

}  // namespace cornu::passes
