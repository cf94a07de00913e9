// Reverse mode: the gradient of a graph is more graph.
#pragma once

#include <vector>

#include "cornu/ir/value.h"

namespace cornu {

// d y / d x for each x, of x's shape; y is a scalar float. A value that y does not depend on gets zeros.
// Throws ValueError when y is no scalar, NotSupportedError when an op on the way has no gradient.
std::vector<Value> gradients(Value y, const std::vector<Value>& xs);

}  // namespace cornu
