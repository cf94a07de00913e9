#include <map>

#include "cornu/core/error.h"
#include "cornu/core/text.h"
#include "cornu/stablehlo/emitter.h"

namespace cornu::stablehlo {
namespace {

using ir::Family;
using ir::Node;
using ir::Op;
using ir::ValueId;

class ModulePrinter {
 public:
  explicit ModulePrinter(Emitter& emitter) : e_(emitter) {}

  // The values of the graph's outputs, given those of its parameters.
  std::vector<Ref> body(const ir::Graph& graph, const std::vector<Ref>& parameters) {
    std::map<ValueId, Ref> values;
    for (std::size_t i = 0; i < parameters.size(); ++i) values.emplace(graph.parameters()[i], parameters[i]);
    for (const Node& node : graph.nodes()) {
      if (node.op == Op::kParameter) continue;
      std::vector<Ref> in;
      for (const ValueId v : node.operands) in.push_back(values.at(v));
      if (node.op == Op::kFusion) {
        const std::vector<Ref> out = body(*node.as<ir::FusionAttributes>().body, in);
        for (std::size_t i = 0; i < out.size(); ++i) values.emplace(node.results[i], out[i]);
      } else {
        values.emplace(node.result(), value(node, graph.type(node.result()), in));
      }
    }
    std::vector<Ref> out;
    for (const ValueId v : graph.outputs()) out.push_back(values.at(v));
    return out;
  }

 private:
  Ref value(const Node& node, const ir::Type& type, const std::vector<Ref>& in) {
    switch (ir::family_of(node.op)) {
      case Family::kSource: return print_source(e_, node, type, in);
      case Family::kElementwise: return print_elementwise(e_, node, type, in);
      case Family::kShape: return print_shape(e_, node, type, in);
      case Family::kReduce: return print_reduce(e_, node, type, in);
      case Family::kContract: return print_contract(e_, node, type, in);
      case Family::kWindow: return print_window(e_, node, type, in);
      case Family::kIndex: return print_index(e_, node, type, in);
      case Family::kRegion: break;
    }
    throw InternalError(cat("[stablehlo] ", name_of(node.op), " is no operation with one result"));
  }

  Emitter& e_;
};

}  // namespace

std::string print_module(const ir::Graph& graph, const Options& options) {
  Emitter emitter(options);
  std::string arguments, results, returned;
  std::vector<Ref> parameters;
  for (std::size_t i = 0; i < graph.parameters().size(); ++i) {
    parameters.push_back({cat("%a", i), graph.type(graph.parameters()[i])});
    std::string donated;
    for (const auto& [output, parameter] : graph.aliases())
      if (static_cast<std::size_t>(parameter) == i) donated = cat(" {tf.aliasing_output = ", output, " : i32}");
    arguments += cat(i ? ", " : "", parameters[i].name, ": ", text_of(parameters[i].type), donated);
  }
  const std::vector<Ref> outputs = ModulePrinter(emitter).body(graph, parameters);
  for (const Ref& out : outputs) {
    results += cat(results.empty() ? "" : ", ", text_of(out.type));
    returned += cat(returned.empty() ? "" : ", ", out.name);
  }
  return cat("module @cornu {\n  func.func public @main(", arguments, ") -> (", results, ") {\n", emitter.take_lines(),
             "    return", returned.empty() ? "" : " ", returned, returned.empty() ? "" : " : ", results, "\n  }\n}\n");
}

}  // namespace cornu::stablehlo
