// Tables that the cases print about engines, and the configurations under which engines are tested.
#pragma once

#include <string>
#include <vector>

#include "cornu/engine/engine.h"

namespace cornu::op_cases {

struct Configuration {
  std::string label;
  CompileOptions options;
};
// As it is, every pass off, each pass off alone, one thread, two threads.
const std::vector<Configuration>& configurations();
// Those that are worth their time on this engine: one where compiling takes long.
std::vector<Configuration> configurations(std::string_view engine);

// --support: ops x engines, the dtypes for which every case of the op compiles. Markdown, for the documentation.
int print_support();
// --worst: the largest error of each case on each engine in ulps, beside what it is allowed.
int print_worst();

}  // namespace cornu::op_cases
