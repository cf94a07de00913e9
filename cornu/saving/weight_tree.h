// Where Keras 3's weight tree (model.weights.h5 inside a .keras) keeps the variables of a model: groups named after
// classes and attributes, variables numbered within "vars". Computed from the configuration alone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cornu/core/json.h"

namespace cornu::saving {

// One object that may own variables: a model, a layer, a cell inside a layer.
struct TreeNode {
  std::string group;                        // "layers/dense_1", "layers/lstm/cell"; "" is the model itself
  std::string name;                         // the object's name: the `name` attribute of its "vars"
  std::string path;                         // in front of the names of its variables: "lstm/lstm_cell"
  std::vector<std::string> owned;           // its variables by the class's own names; what its class is known to have
  bool known = true;                        // false: a class that the table does not know, so `owned` says nothing
  std::optional<std::size_t> repeats = {};  // its first variable is the first of this node, stored once more
};

// One entry of model.layers with all nodes below it.
struct TreeLayer {
  std::string layer;                        // its name in the configuration
  std::vector<TreeNode> nodes;              // in the order in which Keras writes them
  std::vector<std::size_t> variable_order;  // positions in `nodes`, in the order of layer.weights
};

// How the groups of layers are counted: Keras 2.12 to 2.14 called the list differently, and 2.12 counted layers with
// weights twice.
struct TreeStyle {
  std::string layers = "layers";
  bool counts_twice = false;
};

// `architecture` in Keras 3's form. InputLayers of a Sequential and nodes of operations have no entry.
std::vector<TreeLayer> weight_tree(const Json& architecture, const TreeStyle& style = {});

// One variable of a layer, in the order of layer.weights (trainable ones first).
struct TreeVariable {
  std::size_t node;   // index into TreeLayer::nodes
  std::size_t index;  // within the node's "vars"
  std::string path;   // "dense/kernel", as a name for the weight
};
// `counts` says how many variables each node of the layer really has (a file knows), else what the classes say.
std::vector<TreeVariable> layer_variables(const Json& layer, const TreeLayer& tree,
                                          const std::vector<std::size_t>& counts);

}  // namespace cornu::saving
