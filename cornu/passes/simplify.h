// Private to simplify: the rules, one function a family. Each looks at a node whose operands have been simplified and
// gives the value that takes its place, -1 when no rule fits. Rules may add nodes to the graph.
#pragma once

#include "cornu/ir/graph.h"

namespace cornu::passes {

inline constexpr ir::ValueId kNoRule = -1;

struct Candidate {
  ir::Graph& graph;  // where the operands are
  ir::Op op;
  const ir::Attributes& attributes;
  ir::Type type;  // of the result
  std::vector<ir::ValueId> in;

  template <class A>
  const A& as() const {
    return std::get<A>(attributes);
  }
  const Shape& shape(std::size_t i) const { return graph.shape(in[i]); }
};

ir::ValueId simplify_arithmetic(const Candidate& c);
// Constants are computed, and ops on broadcasts happen before them.
ir::ValueId simplify_spread(const Candidate& c);
ir::ValueId simplify_shape(const Candidate& c);
ir::ValueId simplify_reduce(const Candidate& c);
ir::ValueId simplify_dot(const Candidate& c);
// Of selects and sums that follow windows.
ir::ValueId simplify_window(const Candidate& c);

}  // namespace cornu::passes
