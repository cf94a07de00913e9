// Broadcasting of shapes with unknown dimensions.
#pragma once

#include "cornu/core/shape.h"

namespace cornu::layers {

// As numpy broadcasts, with -1 for what is not known. Throws ValueError naming `what`, both shapes included.
Shape broadcast_shape(const Shape& a, const Shape& b, const std::string& what);

}  // namespace cornu::layers
