#include <algorithm>
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
      case Family::kCollective:
        return node.op == Op::kReplicaId ? e_.let("stablehlo.replica_id : tensor<ui32>", type)
                                         : print_all_reduce(e_, in[0]);
      case Family::kRegion: break;
    }
    throw InternalError(cat("[stablehlo] ", name_of(node.op), " is no operation with one result"));
  }

  Emitter& e_;
};

// Arguments and body of @main.
class Main {
 public:
  // `donated`: the output that takes the argument's memory; -1: none.
  Ref argument(const ir::Type& type, int donated) {
    const Ref out{cat("%a", count_), type};
    arguments_ += cat(count_++ ? ", " : "", out.name, ": ", text_of(type),
                      donated < 0 ? "" : cat(" {tf.aliasing_output = ", donated, " : i32}"));
    return out;
  }
  std::string text(const std::vector<Ref>& outputs, const std::string& body) const {
    std::string types;
    for (const Ref& out : outputs) types += cat(types.empty() ? "" : ", ", text_of(out.type));
    return cat("module @cornu {\n  func.func public @main(", arguments_, ") -> (", types, ") {\n", body, "    return",
               outputs.empty() ? "" : cat(" ", names_of(outputs), " : ", types), "\n  }\n}\n");
  }
  static std::string names_of(const std::vector<Ref>& refs) {
    std::string out;
    for (const Ref& r : refs) out += cat(out.empty() ? "" : ", ", r.name);
    return out;
  }

 private:
  std::string arguments_;
  int count_ = 0;
};

// The parameter that the output updates; -1: none.
int parameter_of(const ir::Graph& graph, std::size_t output) {
  for (const auto& [own, updated] : graph.aliases())
    if (static_cast<std::size_t>(own) == output) return updated;
  return -1;
}

// The output that updates the parameter; -1: none.
int output_of(const ir::Graph& graph, std::size_t parameter) {
  for (const auto& [output, updated] : graph.aliases())
    if (static_cast<std::size_t>(updated) == parameter) return output;
  return -1;
}

}  // namespace

std::string print_module(const ir::Graph& graph, const Options& options) {
  Emitter emitter(options);
  Main main;
  std::vector<Ref> parameters;
  for (std::size_t i = 0; i < graph.parameters().size(); ++i)
    parameters.push_back(main.argument(graph.type(graph.parameters()[i]), output_of(graph, i)));
  const std::vector<Ref> outputs = ModulePrinter(emitter).body(graph, parameters);
  return main.text(outputs, emitter.take_lines());
}

std::string print_loop(const ir::Graph& graph, const std::vector<std::size_t>& by_line, std::int64_t lines,
                       const Options& options) {
  Emitter e(options);
  Main main;
  std::vector<Ref> parameters;
  for (std::size_t i = 0; i < graph.parameters().size(); ++i) {
    ir::Type type = graph.type(graph.parameters()[i]);
    if (std::find(by_line.begin(), by_line.end(), i) != by_line.end()) type.shape = type.shape.with_batch(lines);
    parameters.push_back(main.argument(type, output_of(graph, i)));
  }
  const ir::Type number{DType::kInt32, {}};
  const Ref begin = main.argument(number, -1), end = main.argument(number, -1);
  const Ref one = e.number(1, number), zero = e.number(0, number);
  // What goes round: the number of the line, and for each output the parameter that it updates, or its lines so far.
  std::vector<Ref> round{{"%line", number}}, results;
  std::string start = cat("%line = ", begin.name), types = text_of(number);
  const std::vector<Ref> given = parameters;
  for (std::size_t o = 0; o < graph.outputs().size(); ++o) {
    const int parameter = parameter_of(graph, o);
    Ref from;
    if (parameter >= 0) {
      Ref& inside = parameters[static_cast<std::size_t>(parameter)];
      from = inside;
      inside.name = cat("%w", o);
    } else {
      ir::Type all = graph.type(graph.outputs()[o]);
      all.shape = all.shape.with_batch(lines);
      from = e.broadcast(e.number(0, {all.dtype, {}}), all.shape, {});
    }
    round.push_back({cat("%w", o), from.type});
    results.push_back({cat("%loop#", o + 1), from.type});
    start += cat(", %w", o, " = ", from.name);
    types += cat(", ", text_of(from.type));
  }
  e.line(cat("%loop:", round.size(), " = stablehlo.while(", start, ") : ", types, " cond {"));
  const Ref more = e.compare(ir::Comparison::kLess, round[0], end);
  e.line(cat("stablehlo.return ", more.name, " : ", text_of(more.type)));
  e.line("} do {");
  for (const std::size_t line : by_line) parameters[line] = e.line_of(given[line], round[0], zero);
  std::vector<Ref> next{e.same("add", {round[0], one})};
  const std::vector<Ref> outputs = ModulePrinter(e).body(graph, parameters);
  for (std::size_t o = 0; o < outputs.size(); ++o)
    next.push_back(parameter_of(graph, o) >= 0 ? outputs[o] : e.with_line(round[o + 1], outputs[o], round[0], zero));
  e.line(cat("stablehlo.return ", Main::names_of(next), " : ", types));
  e.line("}");
  return main.text(results, e.take_lines());
}

}  // namespace cornu::stablehlo
