// Where activations lie: arrays whose lives do not meet share their place.
#pragma once

#include <cstdint>
#include <vector>

namespace cornu::c99 {

struct Buffer {
  std::int64_t elements = 0;
  int first = 0, last = 0;  // the steps between which it is alive, both included
  std::int64_t offset = 0;  // the answer
};

// Gives each buffer its offset, the largest first, each at the lowest place that is free during its life. The return
// value is the elements that are needed in all.
std::int64_t place_buffers(std::vector<Buffer>& buffers);

}  // namespace cornu::c99
