// The compile configuration as Keras 3 writes it into a file, and back.
#pragma once

#include "cornu/core/json.h"
#include "cornu/trainers/arguments.h"

namespace cornu {

// {"optimizer": {...}, "loss": ..., "loss_weights": null, "metrics": [...], "weighted_metrics": ..., ...}
Json compile_config(const CompileArguments& arguments);

// Throws ValueError / NotSupportedError naming the part that cannot be used.
CompileArguments compile_arguments(const Json& config);

}  // namespace cornu
