// The reference engine: the definition of every op, run node by node in plain loops. It is the oracle of the tests and
// the slowest engine there is; nobody optimizes this folder.
//
// How exact it is, so that a test can say how far another engine may be from it:
//   integers and bools   exact; arithmetic wraps around, x / 0 is -1 (all bits set) and x % 0 is x, as XLA has it
//   floats               each element is computed in double from its operands and rounded once to its type
//   sums and products    accumulate in double in row-major order and round once, for every float type
// Unlike other engines it allocates while it runs (tables of positions), and it takes no notice of CompileOptions.
#pragma once

#include "cornu/engine/engine.h"

namespace cornu {

const Engine& reference_engine();

}  // namespace cornu
