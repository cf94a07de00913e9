// What XLA gets: which passes a graph has been through, and how it is written.
#pragma once

#include "cornu/engine/engine.h"

namespace cornu::stablehlo {
struct Options;
}

namespace cornu::pjrt {

// Only CompileOptions::disabled_passes counts.
ir::Graph simplified(ir::Graph graph, const CompileOptions& options = {});

// Whether threads would not help: nothing that it computes is large enough.
bool is_small(const ir::Graph& graph);

// Products in float32 are that, unless CORNU_PJRT_PRECISION is "default": then the device chooses, and NVIDIA's cards
// round the factors to TF32. Throws EngineError for another word.
stablehlo::Options print_options(const std::string& platform, int replicas = 1);

}  // namespace cornu::pjrt
