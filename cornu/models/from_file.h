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

// Keras 3's object form, without compile configuration.
Json architecture_of(const Layer& network);

// Architecture and weights; the rest is left empty.
saving::ModelFile file_from_network(const Layer& network);

}  // namespace cornu::models
