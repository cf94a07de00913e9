// all_reduce on this engine: several sums travel together, and travel while the steps behind them still compute.
#pragma once

#include <vector>

#include "cornu/engine/cpu/program.h"
#include "cornu/ir/graph.h"

namespace cornu::cpu {

// Which all_reduce ops share one message. Decided on the graph as it was built, whose structure is that of every
// replica; what passes make of it may differ with the number of rows.
class Buckets {
 public:
  explicit Buckets(const ir::Graph& graph);
  int count() const { return count_; }
  // Of the op with this place.
  int of(int place) const { return of_place_.at(static_cast<std::size_t>(place)); }
  // How many ops there are in the bucket.
  int members(int bucket) const { return members_.at(static_cast<std::size_t>(bucket)); }

 private:
  std::vector<int> of_place_;  // -1: nothing uses this one's sum
  std::vector<int> members_;
  int count_ = 0;
};

// A step that adds up one value over the replicas and waits for it; what lowering makes of an all_reduce.
Step reduction_step(const Program& program, int place, DType dtype, Slot from, Slot to);

// Replaces those steps: each bucket's values are made side by side, its sum begins when the last of them is there and
// is waited for by the first step that needs one; steps that no other sum waits for come last. Between them stand steps
// that let the network move on.
void start_reductions_early(Program& program, const Buckets& buckets);

}  // namespace cornu::cpu
