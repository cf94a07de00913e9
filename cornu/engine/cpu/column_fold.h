// Folds over axes in the middle or in front: x of shape (outer, folded, inner) to (outer, inner), whole rows at a time.
#pragma once

#include "cornu/engine/cpu/lowering.h"

namespace cornu::cpu {

// Emits the step when the folded axes follow each other and are not the last ones; false otherwise.
bool lower_column_fold(Lowering& lowering, const ir::Node& node);

}  // namespace cornu::cpu
