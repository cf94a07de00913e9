// Step: x of every sample in another shape.
#pragma once

#include "cornu/data/dataset/step.h"

namespace cornu::data {

// `shape` is that of one sample, without the batch axis; one dimension may be -1. Moves no data.
// Throws ValueError, when it runs, if the number of elements does not fit.
Step reshape(Shape shape);

}  // namespace cornu::data
