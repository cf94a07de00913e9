#include "cornu/passes/clusters.h"

#include <algorithm>
#include <map>

#include "cornu/passes/match.h"
#include "cornu/passes/replica_depth.h"

namespace cornu::passes {
namespace {

using ir::Family;
using ir::Node;
using ir::Op;
using ir::ValueId;

// More instructions than this in one loop find no registers in the cache.
constexpr std::size_t kMostMembers = 96;
// Rows that are reduced are held whole: longer ones are reduced alone.
constexpr std::int64_t kLongestRow = 16384;
// So little work is done by one thread, which may then also write single numbers.
constexpr std::int64_t kSmall = 2048;

bool can_fuse(const ir::Graph& graph, const Node& node) {
  if (node.results.size() != 1 || graph.shape(node.result()).size() == 0) return false;
  switch (ir::family_of(node.op)) {
    case Family::kElementwise: return true;
    case Family::kSource: return node.op == Op::kRandomUniform;
    case Family::kReduce: {
      if (node.op == Op::kCumulativeSum) return false;
      const ir::Axes axes =
          node.op == Op::kArgmax ? ir::Axes{node.as<ir::AxisAttributes>().axis} : node.as<ir::ReduceAttributes>().axes;
      const auto fold = trailing_fold(graph.shape(node.operands[0]), axes);
      return fold && *fold > 0;
    }
    case Family::kShape:
    case Family::kContract:
    case Family::kWindow:
    case Family::kIndex:
    case Family::kCollective:
    case Family::kRegion: return false;
  }
  return false;
}

// Broadcasts along axes in the middle are no part of a space of rows; they are done as they are.
bool is_free_op(const ir::Graph& graph, const Node& node) {
  if (node.op == Op::kReshape) return true;
  if (node.op == Op::kConstant) return graph.shape(node.result()).size() == 1;
  return node.op == Op::kBroadcastInDim && broadcast_kind(graph.shape(node.operands[0]), graph.shape(node.result()),
                                                          node.as<ir::BroadcastAttributes>().dims);
}

}  // namespace

Clusters::Clusters(const ir::Graph& graph) : graph_(graph), depth_(replica_depth(graph)) {
  const std::size_t n = graph.nodes().size();
  const std::vector<bool> live = ir::live_nodes(graph);
  free_.resize(n);
  cluster_of_.assign(n, -1);
  sources_.resize(n);
  users_.resize(n);
  is_output_.assign(n, false);
  for (std::size_t i = 0; i < n; ++i) {
    const Node& node = graph.nodes()[i];
    free_[i] = is_free_op(graph, node);
    if (!live[i] || is_free(static_cast<int>(i))) continue;
    for (const ValueId v : node.operands) {
      const int s = source(v);
      if (std::find(sources_[i].begin(), sources_[i].end(), s) != sources_[i].end()) continue;
      sources_[i].push_back(s);
      users_[static_cast<std::size_t>(s)].push_back(static_cast<int>(i));
    }
    if (!can_fuse(graph, node)) continue;
    cluster_of_[i] = static_cast<int>(members_.size());
    members_.push_back({static_cast<int>(i)});
  }
  for (const ValueId v : graph.outputs()) is_output_[static_cast<std::size_t>(source(v))] = true;
}

int Clusters::source(ValueId value) const {
  int node = graph_.producer_index(value);
  while (is_free(node) && !graph_.nodes()[static_cast<std::size_t>(node)].operands.empty())
    node = graph_.producer_index(graph_.nodes()[static_cast<std::size_t>(node)].operands[0]);
  return node;
}

ClusterBody Clusters::body(const std::vector<int>& members) const {
  ClusterBody out;
  out.graph = std::make_shared<ir::Graph>();
  std::map<ValueId, ValueId> inner;
  std::vector<bool> is_member(graph_.nodes().size(), false);
  for (const int m : members) is_member[static_cast<std::size_t>(m)] = true;

  const auto bring = [&](auto&& self, ValueId v) -> ValueId {
    if (const auto it = inner.find(v); it != inner.end()) return it->second;
    const Node& node = graph_.producer(v);
    ValueId made = -1;
    if (is_free(graph_.producer_index(v))) {
      std::vector<ValueId> operands;
      for (const ValueId o : node.operands) operands.push_back(self(self, o));
      made = copy_node(*out.graph, graph_, node, std::move(operands)).result();
    } else {
      made = out.graph->add_parameter("", graph_.type(v));
      out.inputs.push_back(v);
    }
    inner.emplace(v, made);
    return made;
  };
  for (const int m : members) {
    const Node& node = graph_.nodes()[static_cast<std::size_t>(m)];
    std::vector<ValueId> operands;
    for (const ValueId v : node.operands) operands.push_back(bring(bring, v));
    inner.emplace(node.result(), copy_node(*out.graph, graph_, node, std::move(operands)).result());
  }
  for (const int m : members) {
    const auto& users = users_[static_cast<std::size_t>(m)];
    const bool escapes = is_output_[static_cast<std::size_t>(m)] || std::any_of(users.begin(), users.end(), [&](int u) {
                           return !is_member[static_cast<std::size_t>(u)];
                         });
    if (!escapes) continue;
    const ValueId v = graph_.nodes()[static_cast<std::size_t>(m)].result();
    out.outputs.push_back(v);
    out.graph->add_output(inner.at(v));
  }
  return out;
}

bool Clusters::is_fusion(int cluster) const {
  if (members(cluster).size() > 1) return true;
  const Node& node = graph_.nodes()[static_cast<std::size_t>(members(cluster)[0])];
  const bool spreads = std::any_of(node.operands.begin(), node.operands.end(), [this](ValueId v) {
    return graph_.producer(v).op == Op::kBroadcastInDim && is_free(graph_.producer_index(v));
  });
  return spreads && may_join(members(cluster));
}

bool Clusters::may_join(const std::vector<int>& members) const {
  if (members.size() > kMostMembers) return false;
  const ClusterBody b = body(members);
  const auto space = row_space(*b.graph);
  if (!space) return false;
  if (space->has_reductions && space->columns > kLongestRow) return false;
  const bool small = space->rows * space->columns <= kSmall;
  for (const ValueId v : b.graph->outputs()) {
    const RowKind kind = space->kinds[static_cast<std::size_t>(v)];
    if (space->count(kind) != b.graph->shape(v).size()) return false;  // would have to be spread
    if (!small && (kind == RowKind::kScalar || kind == RowKind::kColumn)) return false;
  }
  return true;
}

// Whether something outside of the two clusters needs the first and is needed by the second.
bool Clusters::has_way_around(int from, int to) const {
  std::vector<bool> seen(graph_.nodes().size(), false);
  std::vector<int> stack;
  const auto visit_users = [&](int node) {
    for (const int u : users_[static_cast<std::size_t>(node)])
      if (!seen[static_cast<std::size_t>(u)]) {
        seen[static_cast<std::size_t>(u)] = true;
        stack.push_back(u);
      }
  };
  for (const int m : members(from)) seen[static_cast<std::size_t>(m)] = true;
  for (const int m : members(from)) {
    for (const int u : users_[static_cast<std::size_t>(m)])
      if (cluster_of(u) != to && !seen[static_cast<std::size_t>(u)]) {
        seen[static_cast<std::size_t>(u)] = true;
        stack.push_back(u);
      }
  }
  while (!stack.empty()) {
    const int node = stack.back();
    stack.pop_back();
    if (cluster_of(node) == to) return true;
    visit_users(node);
    if (cluster_of(node) < 0) continue;
    // A cluster is computed at once: whoever enters it leaves it everywhere.
    for (const int m : members(cluster_of(node)))
      if (!seen[static_cast<std::size_t>(m)]) {
        seen[static_cast<std::size_t>(m)] = true;
        visit_users(m);
      }
  }
  return false;
}

bool Clusters::try_merge(int a, int b) {
  if (a == b || a < 0 || b < 0) return false;
  const auto depth = [this](int cluster) { return depth_[static_cast<std::size_t>(members(cluster)[0])]; };
  if (depth(a) != depth(b)) return false;
  std::vector<int> both;
  std::merge(members(a).begin(), members(a).end(), members(b).begin(), members(b).end(), std::back_inserter(both));
  if (!may_join(both) || has_way_around(a, b) || has_way_around(b, a)) return false;
  for (const int m : members(b)) cluster_of_[static_cast<std::size_t>(m)] = a;
  members_[static_cast<std::size_t>(a)] = std::move(both);
  members_[static_cast<std::size_t>(b)].clear();
  return true;
}

void Clusters::merge_vertically() {
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    if (cluster_of(static_cast<int>(i)) < 0) continue;
    for (const int s : sources_[i]) try_merge(cluster_of(s), cluster_of(static_cast<int>(i)));
  }
}

// What is left of single numbers, counters and the like becomes one step.
void Clusters::merge_small() {
  std::vector<int> numbers;
  for (int c = 0; c < count(); ++c) {
    if (members(c).empty()) continue;
    const bool small = std::all_of(members(c).begin(), members(c).end(), [this](int m) {
      const Node& node = graph_.nodes()[static_cast<std::size_t>(m)];
      return ir::family_of(node.op) == Family::kElementwise && graph_.shape(node.result()).size() == 1;
    });
    if (!small) continue;
    const bool merged = std::any_of(numbers.begin(), numbers.end(), [&](int other) { return try_merge(other, c); });
    if (!merged) numbers.push_back(c);
  }
}

void Clusters::merge_all() {
  // A second time, since a merge may have taken a way around away.
  merge_vertically();
  merge_vertically();
  merge_small();
}

}  // namespace cornu::passes
