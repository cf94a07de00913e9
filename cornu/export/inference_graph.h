// The graph with which a network judges, its weights in it as constants: what exporters start from.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cornu/ir/graph.h"
#include "cornu/models/network.h"

namespace cornu::exporting {

struct InferenceGraph {
  ir::Graph graph;  // parameters are the inputs, in the network's order
  // Where a weight lies in memory, and its name ("dense/kernel"): constants keep their memory through passes.
  std::map<const void*, std::string> names;
};

// The first axis of every input is `batch` long, where the network leaves that open. Throws ValueError, naming the
// inputs, where an axis other than the batch has no length.
InferenceGraph inference_graph(NetworkImpl& network, std::int64_t batch = 1);

// The passes that help every exporter: simpler, normalization folded into weights, padding into convolutions, and what
// depends on constants alone computed now, where that makes no table longer than those it came from.
InferenceGraph prepared(InferenceGraph graph);

}  // namespace cornu::exporting
