// What lies between symbolic inputs and outputs: calls and layers in Keras's order.
#pragma once

#include "cornu/layers/node.h"

namespace cornu {

using NodePtr = std::shared_ptr<const Node>;

struct GraphMap {
  // Every call by Keras's depth (the longest way to an output), deepest first: after the calls that it depends on, and
  // in the order in which Keras makes them. Of a shared layer's moving averages the order can be seen.
  std::vector<NodePtr> nodes;
  // The same, depth by depth.
  std::vector<std::vector<NodePtr>> by_depth;
  // Whatever is called, in the order of Keras's `model.operations`: deepest first, then as met from the outputs.
  std::vector<Layer> operations;
};

// Throws ValueError: an output that does not depend on the inputs alone, two layers of one name. `model` is for
// messages.
GraphMap map_graph(const std::vector<KerasTensor>& inputs, const std::vector<KerasTensor>& outputs,
                   const std::string& model);

// Replaces inputs that layers made by new Inputs, and repeats the calls from there to the outputs: a model of a part of
// another. Inputs that are Inputs stay; when all are, nothing changes.
void cut_free(std::vector<KerasTensor>& inputs, std::vector<KerasTensor>& outputs);

}  // namespace cornu
