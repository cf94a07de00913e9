// The prologue of a program: the steps that depend on fixed parameters and constants alone. They run once and leave
// their results in memory of their own; a judge that runs a thousand times folds and packs its weights once.
#pragma once

#include "cornu/engine/cpu/program.h"

namespace cornu::cpu {

// Moves those steps from `steps` to `prologue` and gives what they make a place: behind each other, first what later
// steps read (prepared_bytes), then what only the prologue itself needs (preparing_bytes more). Comes before
// plan_memory().
void split_prologue(Program& program);

}  // namespace cornu::cpu
