// Whether targets can be meant for these predictions, asked before a graph is built, so that the message can name the
// way out. Each throws ValueError. Types are as users gave them, before ranks are made to match.
#pragma once

#include "cornu/ir/value.h"

namespace cornu::losses {

void check_same_shape(const ir::Type& y_true, const ir::Type& y_pred);
// As many probabilities as targets; a hint for whoever has class numbers and several columns.
void check_binary_targets(const ir::Type& y_true, const ir::Type& y_pred);
// One column a class.
void check_one_hot_targets(const ir::Type& y_true, const ir::Type& y_pred);
// The shape of y_pred without its last axis, or with 1 there.
void check_class_number_targets(const ir::Type& y_true, const ir::Type& y_pred, int axis);

}  // namespace cornu::losses
