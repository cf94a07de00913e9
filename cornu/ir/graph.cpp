#include "cornu/ir/graph.h"

#include "cornu/core/error.h"

namespace cornu::ir {

std::string_view name_of(Comparison direction) {
  constexpr std::string_view kNames[] = {"EQ", "NE", "LT", "LE", "GT", "GE"};
  return kNames[static_cast<int>(direction)];
}

std::string_view name_of(Reduction kind) {
  constexpr std::string_view kNames[] = {"add", "multiply", "maximum", "minimum", "and", "or"};
  return kNames[static_cast<int>(kind)];
}

std::string_view name_of(FusionKind kind) { return kind == FusionKind::kRows ? "rows" : "dot"; }

const Node& Graph::append(Op op, std::vector<ValueId> operands, Attributes attributes, std::vector<Type> types) {
  Node node{op, std::move(operands), {}, std::move(attributes)};
  for (Type& type : types) {
    node.results.push_back(static_cast<ValueId>(values_.size()));
    values_.push_back({std::move(type), static_cast<int>(nodes_.size())});
  }
  nodes_.push_back(std::move(node));
  return nodes_.back();
}

const Node& Graph::add(Op op, std::vector<ValueId> operands, Attributes attributes) {
  std::vector<Type> types = infer_types(*this, op, operands, attributes);
  return append(op, std::move(operands), std::move(attributes), std::move(types));
}

const Node& Graph::add_typed(Op op, std::vector<ValueId> operands, Attributes attributes, Type type) {
  return append(op, std::move(operands), std::move(attributes), {std::move(type)});
}

ValueId Graph::add_parameter(std::string name, Type type, bool fixed) {
  const ValueId value =
      append(Op::kParameter, {}, ParameterAttributes{std::move(name), fixed}, {std::move(type)}).result();
  parameters_.push_back(value);
  return value;
}

void Graph::fix(ValueId parameter) {
  std::get<ParameterAttributes>(nodes_[static_cast<std::size_t>(producer_index(parameter))].attributes).fixed = true;
}

const std::string& Graph::parameter_name(int i) const {
  return producer(parameters_[static_cast<std::size_t>(i)]).as<ParameterAttributes>().name;
}

std::vector<int> Graph::use_counts() const {
  std::vector<int> counts(values_.size(), 0);
  for (const Node& node : nodes_)
    for (const ValueId v : node.operands) ++counts[static_cast<std::size_t>(v)];
  for (const ValueId v : outputs_) ++counts[static_cast<std::size_t>(v)];
  return counts;
}

std::vector<bool> live_nodes(const Graph& graph) {
  std::vector<bool> live(graph.nodes().size(), false);
  for (const ValueId v : graph.parameters()) live[static_cast<std::size_t>(graph.producer_index(v))] = true;
  for (const ValueId v : graph.outputs()) live[static_cast<std::size_t>(graph.producer_index(v))] = true;
  for (std::size_t i = live.size(); i-- > 0;)
    if (live[i])
      for (const ValueId v : graph.nodes()[i].operands) live[static_cast<std::size_t>(graph.producer_index(v))] = true;
  return live;
}

std::vector<ValueId> Rewriter::map(const std::vector<ValueId>& old) const {
  std::vector<ValueId> out;
  out.reserve(old.size());
  for (const ValueId v : old) out.push_back((*this)[v]);
  return out;
}

void Rewriter::keep(const Node& node) {
  if (node.op == Op::kParameter) {
    const auto& a = node.as<ParameterAttributes>();
    replace(node.result(), target_.add_parameter(a.name, source_.type(node.result()), a.fixed));
    return;
  }
  const bool typed = node.op == Op::kIota || node.op == Op::kRandomUniform || node.op == Op::kConvert ||
                     node.op == Op::kReshape || node.op == Op::kBroadcastInDim;
  const Node& copy = typed
                         ? target_.add_typed(node.op, map(node.operands), node.attributes, source_.type(node.result()))
                         : target_.add(node.op, map(node.operands), node.attributes);
  for (std::size_t i = 0; i < node.results.size(); ++i) replace(node.results[i], copy.results[i]);
}

Graph Rewriter::finish() && {
  for (const ValueId v : source_.outputs()) target_.add_output((*this)[v]);
  for (const auto& [output, parameter] : source_.aliases()) target_.alias(output, parameter);
  return std::move(target_);
}

}  // namespace cornu::ir
