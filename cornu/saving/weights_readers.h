// The forms of weights files, each as one function; weights_file.h chooses between them.
#pragma once

#include <optional>

#include "cornu/saving/weights_file.h"

namespace cornu::saving {

// Nothing for an HDF5 file that is no weights file (a whole model).
std::optional<WeightsFile> read_hdf5_weights(const std::string& path, const Json& architecture);
// PATH is the index; it names files beside it.
WeightsFile read_weight_shards(const std::string& path, const Json& architecture);

}  // namespace cornu::saving
