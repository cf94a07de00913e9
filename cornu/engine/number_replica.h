// The graph as one of the replicas runs it in the host's memory, where each compiles its own.
#pragma once

#include "cornu/engine/communicator.h"
#include "cornu/ir/graph.h"

namespace cornu {

// With the replica's number in the place of replica_id; without a communicator there is one replica, number 0.
ir::Graph number_replica(ir::Graph graph, const Communicator* communicator);

}  // namespace cornu
