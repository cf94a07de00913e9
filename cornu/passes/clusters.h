// Clusters: which nodes of a graph are to be computed together, by merging the clusters of producers and consumers.
//
// Broadcasts, reshapes and numbers are free: they belong to no cluster, each cluster gets its own copy of those it
// needs.
#pragma once

#include <memory>
#include <vector>

#include "cornu/passes/row_space.h"

namespace cornu::passes {

// A cluster as a graph of its own.
struct ClusterBody {
  std::shared_ptr<ir::Graph> graph;
  std::vector<ir::ValueId> inputs;   // of the outer graph, in the order of the body's parameters
  std::vector<ir::ValueId> outputs;  // of the outer graph, in the order of the body's outputs
};

class Clusters {
 public:
  explicit Clusters(const ir::Graph& graph);

  // Merges as far as bodies stay of the form of rows, and no cluster waits for itself.
  void merge_all();
  // Of the cluster with this node; -1: in none.
  int cluster_of(int node) const { return cluster_of_[static_cast<std::size_t>(node)]; }
  // Nodes in their order.
  const std::vector<int>& members(int cluster) const { return members_[static_cast<std::size_t>(cluster)]; }
  int count() const { return static_cast<int>(members_.size()); }
  ClusterBody body(const std::vector<int>& members) const;
  bool is_free(int node) const { return free_[static_cast<std::size_t>(node)]; }
  // Whether the cluster is worth a fusion: more than one op, or one that saves writing a broadcast out.
  bool is_fusion(int cluster) const;

 private:
  // The node that makes what the value is a free copy of.
  int source(ir::ValueId value) const;
  bool may_join(const std::vector<int>& members) const;
  bool has_way_around(int from, int to) const;
  bool try_merge(int a, int b);
  void merge_vertically();
  void merge_small();

  const ir::Graph& graph_;
  std::vector<bool> free_;
  std::vector<int> cluster_of_;
  std::vector<std::vector<int>> members_;
  std::vector<std::vector<int>> sources_;  // by node: the nodes that it waits for, free ones skipped
  std::vector<std::vector<int>> users_;    // the other way round
  std::vector<int> depth_;                 // by node: replica_depth()
  std::vector<bool> is_output_;            // by node: outputs of the graph, also through free nodes
};

}  // namespace cornu::passes
