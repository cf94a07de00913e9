// Adam's update as it stands in a graph, found again so that one hand-written kernel can do it: an interpreter needs
// twice the time, since it stores what that kernel keeps in registers.
#pragma once

#include <optional>
#include <vector>

#include "cornu/ir/graph.h"

namespace cornu::cpu {

struct AdamMatch {
  ir::ValueId w, g, m, v;                               // operands
  ir::ValueId rate, mean_share, square_share, epsilon;  // spread numbers
  ir::ValueId new_w, new_m, new_v;                      // results
  std::vector<ir::ValueId> inside;                      // everything on the way, new_m and new_v among it
};

// w - rate * m' / (sqrt(v') + epsilon), m' = m + (g - m) * mean_share, v' = v + (g * g - v) * square_share, with this
// node as the last subtraction. Nothing but outputs may use m' and v' besides.
std::optional<AdamMatch> match_adam(const ir::Graph& body, const std::vector<int>& uses, const ir::Node& node);

}  // namespace cornu::cpu
