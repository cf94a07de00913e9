#include "cornu/models/graph_map.h"

#include <algorithm>
#include <map>
#include <set>

#include "cornu/layers/core/input_layer.h"

namespace cornu {
namespace {

bool holds(const std::vector<KerasTensor>& list, const KerasTensor& tensor) {
  return std::any_of(list.begin(), list.end(), [&](const KerasTensor& t) { return t.is(tensor); });
}

// Depth first from the outputs, as Keras does: the order decides about the order of layers.
class Walk {
 public:
  Walk(const std::vector<KerasTensor>& inputs, const std::vector<KerasTensor>& outputs) : inputs_(inputs) {
    for (const KerasTensor& output : outputs) visit(output);
  }

  std::vector<NodePtr> nodes;
  std::map<const LayerImpl*, int> positions;  // of layers, as they are met

 private:
  // Without recursion: models have thousands of layers in a row.
  void visit(const KerasTensor& output) {
    struct Frame {
      NodePtr node;
      std::size_t next;
    };
    std::vector<Frame> stack;
    const auto enter = [&](const KerasTensor& tensor) {
      const NodePtr& node = tensor.node();
      if (finished_.contains(node.get())) return;
      if (!node->is_input() && holds(inputs_, tensor)) {
        finished_.insert(node.get());
        return;
      }
      positions.emplace(&node->layer.impl(), static_cast<int>(positions.size()));
      stack.push_back({node, 0});
    };
    enter(output);
    while (!stack.empty()) {
      const NodePtr node = stack.back().node;
      if (stack.back().next < node->inputs.size()) {
        enter(node->inputs[stack.back().next++]);
        continue;
      }
      if (finished_.insert(node.get()).second) nodes.push_back(node);
      stack.pop_back();
    }
  }

  const std::vector<KerasTensor>& inputs_;
  std::set<const Node*> finished_;
};

void check_connected(const std::vector<NodePtr>& nodes, const std::vector<KerasTensor>& inputs,
                     const std::string& model) {
  for (const NodePtr& node : nodes)
    if (node->is_input() && !holds(inputs, {node, 0}))
      throw ValueError(cat("model \"", model, "\": its outputs depend on input \"", node->layer.name(),
                           "\", which is not among its inputs\n  expected: all Inputs that lead to the outputs"));
}

void check_names(const std::vector<Layer>& operations, const std::string& model) {
  std::map<std::string, const LayerImpl*> seen;
  for (const Layer& layer : operations)
    if (!seen.emplace(layer.name(), &layer.impl()).second)
      throw ValueError(cat("model \"", model, "\" received: two layers named \"", layer.name(),
                           "\"\n  expected: unique names (the .name of a layer's options)"));
}

}  // namespace

GraphMap map_graph(const std::vector<KerasTensor>& inputs, const std::vector<KerasTensor>& outputs,
                   const std::string& model) {
  Walk walk(inputs, outputs);
  check_connected(walk.nodes, inputs, model);
  const std::set<NodePtr> inside(walk.nodes.begin(), walk.nodes.end());
  std::map<const Node*, int> node_depths;
  std::map<const LayerImpl*, int> layer_depths;
  std::vector<NodePtr> met;  // in the order in which depths are first known
  const auto depth_of = [&](const NodePtr& node) -> int& {
    const auto [at, fresh] = node_depths.emplace(node.get(), 0);
    if (fresh) met.push_back(node);
    return at->second;
  };
  for (auto at = walk.nodes.rbegin(); at != walk.nodes.rend(); ++at) {
    int& layer_depth = layer_depths[&(*at)->layer.impl()];
    // A shared layer stands where its earliest call stands.
    const int depth = std::max(depth_of(*at), layer_depth);
    depth_of(*at) = layer_depth = depth;
    for (const KerasTensor& input : (*at)->inputs)
      if (inside.contains(input.node())) depth_of(input.node()) = std::max(depth_of(input.node()), depth + 1);
  }
  GraphMap out;
  // Inputs that no output needs belong to the model all the same.
  for (const KerasTensor& input : inputs)
    if (input.node()->is_input() && layer_depths.emplace(&input.layer().impl(), 0).second) {
      walk.positions[&input.layer().impl()] = -1;
      depth_of(input.node());
    }
  std::map<int, std::vector<NodePtr>, std::greater<>> by_depth;
  for (const NodePtr& node : met) by_depth[node_depths[node.get()]].push_back(node);
  for (const auto& [depth, nodes] : by_depth) {
    out.by_depth.push_back(nodes);
    out.nodes.insert(out.nodes.end(), nodes.begin(), nodes.end());
  }
  std::set<const LayerImpl*> listed;
  for (const NodePtr& node : out.nodes)
    if (listed.insert(&node->layer.impl()).second) out.operations.push_back(node->layer);
  std::stable_sort(out.operations.begin(), out.operations.end(), [&](const Layer& a, const Layer& b) {
    const int da = layer_depths[&a.impl()], db = layer_depths[&b.impl()];
    return da != db ? da > db : walk.positions[&a.impl()] < walk.positions[&b.impl()];
  });
  check_names(out.operations, model);
  return out;
}

void cut_free(std::vector<KerasTensor>& inputs, std::vector<KerasTensor>& outputs) {
  const auto is_input = [](const KerasTensor& t) { return t.node()->is_input(); };
  if (std::all_of(inputs.begin(), inputs.end(), is_input)) return;
  const Walk walk(inputs, outputs);
  std::map<KerasTensor, KerasTensor> copies;
  for (KerasTensor& input : inputs) {
    if (is_input(input)) continue;
    const Shape& shape = input.shape();
    const std::optional<std::int64_t> batch = shape[0] < 0 ? std::nullopt : std::optional(shape[0]);
    const KerasTensor fresh = layers::Input(
        shape.slice(1, shape.rank()),
        {.batch_size = batch, .dtype = std::string(name_of(input.dtype())), .name = input.name() + "CLONE"});
    copies[input] = fresh;
    input = fresh;
  }
  const auto swap = [&](KerasTensor& tensor) {
    if (const auto at = copies.find(tensor); at != copies.end()) tensor = at->second;
  };
  for (const NodePtr& node : walk.nodes) {
    if (node->is_input()) continue;
    Node call;
    call.layer = node->layer;
    call.inputs = node->inputs;
    call.args = node->args;
    call.kwargs = node->kwargs;
    for (KerasTensor& input : call.inputs) swap(input);
    const std::vector<KerasTensor> made = make_call(std::move(call));
    for (std::size_t i = 0; i < made.size(); ++i) copies.emplace(KerasTensor(node, static_cast<int>(i)), made[i]);
  }
  for (KerasTensor& output : outputs) swap(output);
}

}  // namespace cornu
