// Plans where every slot of a program lies: outputs and parameters in the caller's memory, intermediates in one arena.
//
// Greedy by size over live ranges: simple enough to explain, and close to the largest set of values alive at once.
#pragma once

#include "cornu/engine/cpu/program.h"

namespace cornu::cpu {

// Orders the steps so that updates of aliased parameters come after the last use of the old value, assigns a place to
// every slot, adds copies where an output cannot be computed in place, and returns the size of the arena.
std::size_t plan_memory(Program& program);

// Where the slots of a planned program lie, views and aliased outputs resolved: which memory, and which bytes of it.
struct Extent {
  int memory;
  std::size_t begin, end;
};
std::vector<Extent> extents(const Program& program);
inline bool overlap(const Extent& a, const Extent& b) {
  return a.memory == b.memory && a.begin < b.end && b.begin < a.end;
}

}  // namespace cornu::cpu
