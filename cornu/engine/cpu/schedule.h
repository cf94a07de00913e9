// The order of a program's steps, and what must come before what.
#pragma once

#include "cornu/engine/cpu/program.h"

namespace cornu::cpu {

// Dependencies between steps that a memory planner adds to the natural ones: a step that overwrites a parameter has to
// wait for the steps that read its old value.
class Schedule {
 public:
  explicit Schedule(const Program& program);

  // Makes every step of `before` come ahead of `step`, unless one of them depends on it: then nothing changes, and the
  // answer is false.
  bool add(const std::vector<int>& before, int step);
  // Positions of the steps in an order that keeps every dependency and else the order there was.
  std::vector<int> order() const;

  const std::vector<int>& readers(Slot root) const { return readers_[static_cast<std::size_t>(root)]; }
  const std::vector<int>& writers(Slot root) const { return writers_[static_cast<std::size_t>(root)]; }

 private:
  std::vector<bool> reachable_from(int step) const;

  std::vector<std::vector<int>> after_;              // of each step: the steps that wait for it
  std::vector<std::vector<int>> readers_, writers_;  // of each root slot
};

}  // namespace cornu::cpu
