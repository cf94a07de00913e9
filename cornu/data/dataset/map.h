// Step: any function of one sample.
#pragma once

#include <functional>

#include "cornu/data/dataset/step.h"

namespace cornu::data {

// Calls `function` for each sample and lays the results side by side; they must all have one shape and dtype.
Step map(std::function<Sample(Sample)> function);

}  // namespace cornu::data
