// Between a ModelFile and a network: build, fill with weights, and back.
#pragma once

#include "cornu/models/network.h"
#include "cornu/saving/model_file.h"

namespace cornu::models {

// The network that the file describes, with its weights. Throws FileError / NotSupportedError naming layer and key; all
// layers that cannot be built are named at once.
Layer network_from_file(const saving::ModelFile& file);

// The network that an architecture describes, freshly initialized.
Layer network_from_config(const Json& architecture);

// Puts the file's weights into a network of the same architecture. Throws FileError when they do not fit, and then
// nothing has changed.
void assign_weights(const Layer& network, const saving::ModelFile& file);

// Architecture and weights; the rest is left empty.
saving::ModelFile file_from_network(const Layer& network);

}  // namespace cornu::models
