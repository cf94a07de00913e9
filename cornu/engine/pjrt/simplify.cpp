#include "cornu/engine/pjrt/simplify.h"

#include <algorithm>
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

// What a product of two tensors multiplies and adds.
double operations(const ir::Graph& graph, const ir::Node& node) {
  const auto size = [&](ir::ValueId v) { return static_cast<double>(graph.shape(v).size()); };
  if (node.op == ir::Op::kDotGeneral) {
    double folded = 1;
    for (const int axis : node.as<ir::DotAttributes>().lhs_contract)
      folded *= static_cast<double>(graph.shape(node.operands[0])[axis]);
    return 2 * folded * size(node.result());
  }
  if (node.op != ir::Op::kConvolution) return 0;
  // Each number of the result is made of as many as the kernel has for one feature of it.
  const auto& a = node.as<ir::ConvolutionAttributes>();
  const Shape& kernel = graph.shape(node.operands[1]);
  return 2 * size(node.result()) * size(node.operands[1]) / static_cast<double>(kernel[a.kernel.output]);
}

// Measured on two cores, training steps of MLPs and small convnets: up to 13 million a thread alone is faster, from 26
// million on two are (bench/compare_device.py has the smallest of them).
bool is_small(const ir::Graph& graph) {
  constexpr double kManyOperations = 16e6;
  constexpr std::int64_t kManyElements = 1'000'000;
  return std::all_of(graph.nodes().begin(), graph.nodes().end(), [&](const ir::Node& node) {
    return node.op == ir::Op::kParameter ||
           (operations(graph, node) < kManyOperations && graph.shape(node.result()).size() < kManyElements);
  });
}

stablehlo::Options print_options(const std::string& platform, int replicas) {
  stablehlo::Options out;
  out.replicas = replicas;
  out.plain_convolutions = platform == "cpu";
  const char* const word = std::getenv("CORNU_PJRT_PRECISION");
  const std::string precision = word == nullptr || *word == '\0' ? "highest" : word;
  if (precision != "highest" && precision != "default")
    throw EngineError(cat("[pjrt] received: \"", precision, "\" from the environment variable CORNU_PJRT_PRECISION",
                          "\n  expected: highest (float32) or default (what the device prefers)"));
  if (precision == "default") out.precision = "DEFAULT";
  return out;
}

}  // namespace cornu::pjrt
