#include "cornu/core/error.h"
#include "cornu/ir/graph.h"

namespace cornu::ir {
namespace {

[[noreturn]] void broken(const Graph& graph, std::size_t node, std::string_view after, const std::string& why) {
  throw InternalError(cat("the graph is broken after \"", after, "\": node ", node, " (", name_of(graph.nodes()[node].op), ") ",
                          why, "\n", print(graph)));
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
    case Op::kIota: return node.as<IotaAttributes>().axis >= 0 && node.as<IotaAttributes>().axis < out.shape.rank();
    case Op::kRandomUniform:
      return out.dtype == float32 && graph.type(node.operands.at(0)) == Type{uint32, Shape{2}};
    case Op::kConvert: return graph.shape(node.operands.at(0)) == out.shape;
    case Op::kReshape:
      return graph.type(node.operands.at(0)).dtype == out.dtype && graph.shape(node.operands.at(0)).size() == out.shape.size();
    case Op::kBroadcastInDim:
      return broadcast_fits(graph.type(node.operands.at(0)), out, node.as<BroadcastAttributes>().dims);
    default: given = false; return true;
  }
}

}  // namespace

void verify(const Graph& graph, std::string_view after) {
  std::vector<bool> defined(static_cast<std::size_t>(graph.value_count()), false);
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    for (const ValueId v : node.operands)
      if (v < 0 || v >= graph.value_count() || !defined[static_cast<std::size_t>(v)])
        broken(graph, i, after, cat("uses value %", v, " before it is made"));
    for (const ValueId v : node.results) {
      if (!graph.shape(v).is_static()) broken(graph, i, after, "has a result of unknown shape");
      defined[static_cast<std::size_t>(v)] = true;
    }
    bool given = false;
    if (!given_type_fits(graph, node, given)) broken(graph, i, after, "has a result of a type that does not fit its operands");
    if (!given) {
      const std::vector<Type> types = infer_types(graph, node.op, node.operands, node.attributes);
      for (std::size_t k = 0; k < types.size(); ++k)
        if (graph.type(node.results.at(k)) != types[k])
          broken(graph, i, after, cat("should give ", print(types[k])));
    }
    if (node.op == Op::kFusion) verify(*node.as<FusionAttributes>().body, after);
  }
  for (const auto& [output, parameter] : graph.aliases())
    if (graph.type(graph.outputs().at(static_cast<std::size_t>(output))) !=
        graph.type(graph.parameters().at(static_cast<std::size_t>(parameter))))
      throw InternalError(cat("the graph is broken after \"", after, "\": output ", output, " cannot update parameter ", parameter));
}

}  // namespace cornu::ir
