// StridedCopy: moves elements between two arrays with any strides. Broadcasts, transpositions, slices, paddings, and
// concatenations are all one of these.
#pragma once

#include <cstdint>
#include <vector>

#include "cornu/engine/cpu/step.h"

namespace cornu::cpu {

struct StridedCopy {
  Slot from = -1, to = -1;
  std::size_t element_bytes = 4;
  // In elements; outermost axis first. A source stride of 0 repeats.
  std::vector<std::int64_t> lengths, from_strides, to_strides;
  std::int64_t from_offset = 0, to_offset = 0;
};

// The step, with axes merged and ordered for speed.
Step strided_copy_step(StridedCopy copy, int threads, std::string label);

}  // namespace cornu::cpu
