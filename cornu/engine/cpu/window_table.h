// WindowTable: where a window's elements lie in memory, for every place that it has. Made when a graph is compiled.
#pragma once

#include <cstdint>
#include <vector>

#include "cornu/ir/graph.h"

namespace cornu::cpu {

class WindowTable {
 public:
  // One entry an axis that the window goes along: lengths of the operand's axes and their distances in memory.
  WindowTable(const ir::Window& window, const ir::Dims& lengths, const ir::Dims& strides);

  // Places and taps are counted in row-major order.
  std::int64_t places() const { return places_; }
  std::int64_t taps() const { return taps_; }
  // Where the elements below taps [begin, end) of the window at this place lie; -1: hole or padding.
  void offsets(std::int64_t place, std::int64_t begin, std::int64_t end, std::int64_t* out) const;

 private:
  struct Axis {
    std::int64_t places, taps;
    std::vector<std::int64_t> offsets;  // of (place, tap)
  };
  std::vector<Axis> axes_;
  std::int64_t places_ = 1, taps_ = 1;
};

}  // namespace cornu::cpu
