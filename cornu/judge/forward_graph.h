// The graph of a judgment: a network applied to inputs, nothing else. Weights are fixed parameters, so that an engine
// may prepare them once.
#pragma once

#include <vector>

#include "cornu/ir/graph.h"
#include "cornu/layers/variable.h"
#include "cornu/models/network.h"

namespace cornu {

struct ForwardGraph {
  // What a parameter of the graph stands for.
  struct Parameter {
    int input = -1;     // which input, or
    Variable variable;  // a variable of the network
  };
  ir::Graph graph;  // its outputs are the network's
  std::vector<Parameter> parameters;
};

// `x` are the types of the inputs, with the batch; other dtypes than the network's are converted in the graph. Throws
// ValueError: shapes that the network cannot take.
ForwardGraph forward_graph(NetworkImpl& network, const std::vector<ir::Type>& x);

}  // namespace cornu
