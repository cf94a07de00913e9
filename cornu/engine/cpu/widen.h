// The fast loops are those of float32. What sums up many products or numbers of 16 bits is handed to them, and rounded
// once at the end, which is how the plain loops for these types compute it, too.
#pragma once

#include "cornu/ir/graph.h"

namespace cornu::cpu {

ir::Graph widen(const ir::Graph& graph);

}  // namespace cornu::cpu
