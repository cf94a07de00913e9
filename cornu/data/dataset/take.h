// The first samples of a dataset, or a stretch of them. Shares the memory.
#pragma once

#include "cornu/data/dataset/dataset.h"

namespace cornu::data {

// The first n samples, or all when there are fewer. Throws ValueError for n < 0.
Dataset take(Dataset dataset, std::int64_t n);
// Samples [begin, end). Throws ValueError when these are not inside.
Dataset take(Dataset dataset, std::int64_t begin, std::int64_t end);

}  // namespace cornu::data
