// The CPU engine: passes, lowering, a plan of steps on one arena, and threads that walk it together.
#pragma once

#include "cornu/engine/engine.h"

namespace cornu {

const Engine& cpu_engine();

}  // namespace cornu
