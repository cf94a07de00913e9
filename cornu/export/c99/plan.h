// Which values of a graph get memory, and which are expressions inside of the loops that need them.
#pragma once

#include <vector>

#include "cornu/ir/graph.h"

namespace cornu::c99 {

// The convolution that a max pooling can be computed together with, so that its full result never exists: between the
// two stand only ops that keep the order of numbers, and few places are pooled. Null: there is none.
const ir::Node* pooled_convolution(const ir::Graph& graph, const ir::Node& pool);
// The value in whose flat order `v` lies: what reshapes were made of.
ir::ValueId under_reshapes(const ir::Graph& graph, ir::ValueId v);

class Plan {
 public:
  explicit Plan(const ir::Graph& graph);
  // Whether the value is an array of its own: an output, something that is costly and read more than once, or
  // something that has no form as an expression.
  bool stored(ir::ValueId v) const { return stored_[static_cast<std::size_t>(v)]; }
  // Whether a reshape only adds and drops axes of length 1, so that it is a change of words.
  static bool trivial_reshape(const Shape& from, const Shape& to);

 private:
  void ask(const ir::Graph& graph, const ir::Node& node);

  std::vector<bool> stored_;
  std::vector<int> reads_;  // how often each element is asked for; 2 stands for many
};

}  // namespace cornu::c99
