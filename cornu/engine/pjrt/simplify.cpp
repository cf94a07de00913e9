#include "cornu/engine/pjrt/simplify.h"

#include <cstdlib>

#include "cornu/core/error.h"
#include "cornu/passes/pass.h"
#include "cornu/stablehlo/stablehlo.h"

namespace cornu::pjrt {

// XLA fuses by itself.
ir::Graph simplified(ir::Graph graph, const CompileOptions& options) {
  passes::PipelineOptions pipeline{.disabled = options.disabled_passes};
  for (const char* fusion : {"fold_scale", "fuse_dot", "fuse_rows"}) pipeline.disabled.emplace_back(fusion);
  return passes::run_pipeline(std::move(graph), pipeline);
}

stablehlo::Options print_options(int replicas) {
  stablehlo::Options out;
  out.replicas = replicas;
  const char* const word = std::getenv("CORNU_PJRT_PRECISION");
  const std::string precision = word == nullptr || *word == '\0' ? "highest" : word;
  if (precision != "highest" && precision != "default")
    throw EngineError(cat("[pjrt] received: \"", precision, "\" from the environment variable CORNU_PJRT_PRECISION",
                          "\n  expected: highest (float32) or default (what the device prefers)"));
  if (precision == "default") out.precision = "DEFAULT";
  return out;
}

}  // namespace cornu::pjrt
