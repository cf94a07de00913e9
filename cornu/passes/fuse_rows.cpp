// Clusters of elementwise ops, broadcasts and last-axis reductions become fusions. The order of nodes changes: a fusion
// stands where everything that it needs has been made.
#include <set>

#include "cornu/passes/clusters.h"
#include "cornu/passes/match.h"
#include "cornu/passes/pass.h"

namespace cornu::passes {
namespace {

using ir::Node;
using ir::ValueId;

// Emits nodes on demand, operands first: from the outputs, then in the order of the source.
class Emitter {
 public:
  Emitter(const ir::Graph& graph, const Clusters& clusters)
      : graph_(graph), clusters_(clusters), map_(static_cast<std::size_t>(graph.value_count()), -1) {}

  ir::Graph run() {
    for (const ValueId p : graph_.parameters()) {
      const auto& a = graph_.producer(p).as<ir::ParameterAttributes>();
      map_[at(p)] = out_.add_parameter(a.name, graph_.type(p), a.fixed);
    }
    const std::vector<bool> live = ir::live_nodes(graph_);
    for (std::size_t i = 0; i < graph_.nodes().size(); ++i)
      if (live[i] && !clusters_.is_free(static_cast<int>(i))) emit(static_cast<int>(i));
    for (const ValueId v : operands(graph_.outputs())) out_.add_output(v);
    for (const auto& [output, parameter] : graph_.aliases()) out_.alias(output, parameter);
    return std::move(out_);
  }

 private:
  static std::size_t at(ValueId v) { return static_cast<std::size_t>(v); }

  std::vector<ValueId> operands(const std::vector<ValueId>& values) {
    std::vector<ValueId> out;
    for (const ValueId v : values) {
      if (map_[at(v)] < 0) emit(graph_.producer_index(v));
      out.push_back(map_[at(v)]);
    }
    return out;
  }

  void emit(int index) {
    const Node& node = graph_.nodes()[static_cast<std::size_t>(index)];
    if (map_[at(node.results[0])] >= 0 || done_.count(index) != 0) return;
    const int cluster = clusters_.cluster_of(index);
    if (cluster >= 0 && clusters_.is_fusion(cluster)) return emit_cluster(cluster);
    const std::vector<ValueId> in = operands(node.operands);
    const Node copy = copy_node(out_, graph_, node, in);
    for (std::size_t i = 0; i < node.results.size(); ++i) map_[at(node.results[i])] = copy.results[i];
  }

  void emit_cluster(int cluster) {
    for (const int m : clusters_.members(cluster)) done_.insert(m);
    const ClusterBody body = clusters_.body(clusters_.members(cluster));
    const std::vector<ValueId> in = operands(body.inputs);
    if (body.outputs.empty()) return;
    const Node fusion = out_.add(ir::Op::kFusion, in, ir::FusionAttributes{ir::FusionKind::kRows, body.graph});
    for (std::size_t i = 0; i < body.outputs.size(); ++i) map_[at(body.outputs[i])] = fusion.results[i];
  }

  const ir::Graph& graph_;
  const Clusters& clusters_;
  ir::Graph out_;
  std::vector<ValueId> map_;
  std::set<int> done_;
};

}  // namespace

ir::Graph fuse_rows(const ir::Graph& graph) {
  Clusters clusters(graph);
  clusters.merge_all();
  return Emitter(graph, clusters).run();
}

}  // namespace cornu::passes
