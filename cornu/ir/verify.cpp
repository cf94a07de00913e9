#include <set>

#include "cornu/core/error.h"
#include "cornu/ir/graph.h"

namespace cornu::ir {
namespace {

[[noreturn]] void broken(const Graph& graph, std::size_t node, std::string_view after, const std::string& why) {
  throw InternalError(cat("the graph is broken after \"", after, "\": node ", node, " (",
                          name_of(graph.nodes()[node].op), ") ", why, "\n", print(graph)));
}

bool broadcast_fits(const Type& x, const Type& y, const Axes& dims) {
  if (x.dtype != y.dtype || static_cast<int>(dims.size()) != x.shape.rank()) return false;
  int last = -1;
  for (int i = 0; i < x.shape.rank(); ++i) {
    const int d = dims[static_cast<std::size_t>(i)];
    if (d <= last || d >= y.shape.rank() || (x.shape[i] != 1 && x.shape[i] != y.shape[d])) return false;
    last = d;
  }
  return true;
}

// The ops whose result type is given, not inferred.
bool given_type_fits(const Graph& graph, const Node& node, bool& given) {
  const Type& out = graph.type(node.result());
  given = true;
  switch (node.op) {
    case Op::kParameter: return node.operands.empty();
    case Op::kIota:
      return out.dtype != bool_ && node.as<IotaAttributes>().axis >= 0 &&
             node.as<IotaAttributes>().axis < out.shape.rank();
    case Op::kRandomUniform: return out.dtype == float32 && graph.type(node.operands.at(0)) == Type{uint32, Shape{2}};
    case Op::kConvert: return graph.shape(node.operands.at(0)) == out.shape;
    case Op::kReshape:
      return graph.type(node.operands.at(0)).dtype == out.dtype &&
             graph.shape(node.operands.at(0)).size() == out.shape.size();
    case Op::kBroadcastInDim:
      return broadcast_fits(graph.type(node.operands.at(0)), out, node.as<BroadcastAttributes>().dims);
    default: given = false; return true;
  }
}

void check_node(const Graph& graph, std::size_t i, std::string_view after) {
  const Node& node = graph.nodes()[i];
  if (operand_count(node.op) >= 0 && operand_count(node.op) != static_cast<int>(node.operands.size()))
    broken(graph, i, after, cat("should have ", operand_count(node.op), " operands"));
  if (node.results.empty()) broken(graph, i, after, "has no result");
  bool given = false;
  if (!given_type_fits(graph, node, given))
    broken(graph, i, after, "has a result of a type that does not fit its operands");
  if (given) return;
  const std::vector<Type> types = infer_types(graph, node.op, node.operands, node.attributes);
  if (types.size() != node.results.size()) broken(graph, i, after, cat("should give ", types.size(), " results"));
  for (std::size_t k = 0; k < types.size(); ++k)
    if (graph.type(node.results[k]) != types[k]) broken(graph, i, after, cat("should give ", print(types[k])));
}

void check_outputs(const Graph& graph, const std::vector<bool>& defined, std::string_view after) {
  const auto fail = [&](const std::string& why) {
    throw InternalError(cat("the graph is broken after \"", after, "\": ", why, "\n", print(graph)));
  };
  const auto outputs = static_cast<int>(graph.outputs().size()),
             parameters = static_cast<int>(graph.parameters().size());
  for (int i = 0; i < outputs; ++i) {
    const ValueId v = graph.outputs()[static_cast<std::size_t>(i)];
    if (v < 0 || v >= graph.value_count() || !defined[static_cast<std::size_t>(v)])
      fail(cat("output ", i, " is never made"));
  }
  std::set<int> updated, updating;
  for (const auto& [output, parameter] : graph.aliases()) {
    if (output < 0 || output >= outputs || parameter < 0 || parameter >= parameters)
      fail(cat("output ", output, " updates parameter ", parameter, ", and one of them is not there"));
    if (!updating.insert(output).second || !updated.insert(parameter).second)
      fail(cat("output ", output, " and parameter ", parameter, " are updated twice"));
    if (graph.type(graph.outputs()[static_cast<std::size_t>(output)]) !=
        graph.type(graph.parameters()[static_cast<std::size_t>(parameter)]))
      fail(cat("output ", output, " cannot update parameter ", parameter, ": their types differ"));
  }
}

}  // namespace

void verify(const Graph& graph, std::string_view after) {
  std::vector<bool> defined(static_cast<std::size_t>(graph.value_count()), false);
  std::set<int> places;
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    for (const ValueId v : node.operands)
      if (v < 0 || v >= graph.value_count() || !defined[static_cast<std::size_t>(v)])
        broken(graph, i, after, cat("uses value %", v, " before it is made"));
    for (const ValueId v : node.results) {
      if (!graph.shape(v).is_static()) broken(graph, i, after, "has a result of unknown shape");
      defined[static_cast<std::size_t>(v)] = true;
    }
    try {
      check_node(graph, i, after);
    } catch (const InternalError&) {
      throw;
    } catch (const std::exception& error) {  // a shape rule's refusal, or the attributes of another op
      broken(graph, i, after, cat("is refused: ", error.what()));
    }
    if (node.op == Op::kAllReduce && !places.insert(node.as<AllReduceAttributes>().place).second)
      broken(graph, i, after, "has the place of another one");
    if (node.op == Op::kFusion) verify(*node.as<FusionAttributes>().body, after);
  }
  check_outputs(graph, defined, after);
}

}  // namespace cornu::ir
