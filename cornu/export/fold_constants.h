// What depends on constants alone is computed while exporting, not on the chip.
#pragma once

#include "cornu/export/inference_graph.h"

namespace cornu::exporting {

// Elementwise ops on constants and on broadcast constants, and moves of constants. A result that would be longer than
// the longest constant it is made of is left to be computed: flash is scarcer than time.
InferenceGraph fold_constants(InferenceGraph in);

}  // namespace cornu::exporting
