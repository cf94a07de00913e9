// Rows that a gather takes need not be copied when products alone read them: a pointer to each will do, and the product
// reads the rows where they lie. So a step that trains on a shuffled batch fetches its rows from memory while it
// multiplies.
#pragma once

#include "cornu/ir/graph.h"

namespace cornu::cpu {

// Whether every use of what this gather makes is as the left side of a product of matrices in float32, and its rows are
// long enough to be worth a pointer.
bool points_to_rows(const ir::Graph& graph, const ir::Node& gather);

}  // namespace cornu::cpu
