// What cannot be exported is said before anything is written, all of it at once.
#include <algorithm>

#include "cornu/core/error.h"
#include "cornu/export/c99/c99.h"
#include "cornu/export/judge_ops.h"

namespace cornu::c99 {

std::vector<std::string> refusals(const ir::Graph& graph) {
  std::vector<std::string> out;
  const auto refuse = [&out](const std::string& text) {
    if (std::find(out.begin(), out.end(), text) == out.end()) out.push_back(text);
  };
  for (const ir::Node& node : graph.nodes()) {
    const std::string reason = exporting::not_for_a_judge(node);
    if (!reason.empty()) refuse(cat(name_of(node.op), ": ", reason));
    for (const ir::ValueId v : node.results) {
      const DType dtype = graph.type(v).dtype;
      if (dtype == float16 || dtype == bfloat16)
        refuse(cat(
            name_of(dtype), ": C99 has no such type\n  way out: make the model under the policy float32 and let it ",
            "load_weights this file, whose weights are in float32 when it was trained in mixed_", name_of(dtype)));
    }
  }
  return out;
}

}  // namespace cornu::c99
