// Weights out of files into networks.
#pragma once

#include "cornu/models/network.h"
#include "cornu/saving/model_file.h"

namespace cornu::models {

// The order in which files list a layer's weights: what is trained comes first. For a layer that holds layers this is
// not the order of get_weights().
std::vector<Variable> in_file_order(const Layer& layer);

struct AssignOptions {
  // Layers take the weights of the group of their name, and layers without one keep theirs. Otherwise the groups that
  // hold weights belong to the layers that have some, in order, as in Keras.
  bool by_name = false;
  // What does not fit is left as it is, one note each, instead of an error.
  bool skip_mismatch = false;
};

// Throws FileError when the weights do not fit, and then nothing has changed. Notes go to `notes`, when given.
void assign_weights(const Layer& network, const std::vector<saving::LayerWeights>& groups,
                    const AssignOptions& options = {}, std::vector<std::string>* notes = nullptr);

}  // namespace cornu::models
