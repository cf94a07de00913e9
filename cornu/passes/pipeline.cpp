#include <algorithm>
#include <chrono>

#include "cornu/passes/pass.h"

namespace cornu::passes {

const std::vector<Pass>& pipeline() {
  static const std::vector<Pass> kPipeline = {
      {"simplify", simplify},     {"cse", cse},           {"fold_pad", fold_pad},
      {"fold_scale", fold_scale}, {"fuse_dot", fuse_dot}, {"fuse_rows", fuse_rows},
  };
  return kPipeline;
}

ir::Graph run_pipeline(ir::Graph graph, const PipelineOptions& options, std::vector<PassTime>* times) {
  const auto disabled = [&options](std::string_view name) {
    return std::any_of(options.disabled.begin(), options.disabled.end(),
                       [name](const std::string& d) { return d == name || d == "all"; });
  };
  for (const Pass& pass : pipeline()) {
    if (disabled(pass.name)) continue;
    const auto start = std::chrono::steady_clock::now();
    graph = pass.run(graph);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    if (times) times->push_back({pass.name, elapsed.count(), static_cast<int>(graph.nodes().size())});
    if (options.verify) ir::verify(graph, pass.name);
  }
  return graph;
}

}  // namespace cornu::passes
