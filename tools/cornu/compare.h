// What differs between two model files, as JSON; how it is shown is diff.cpp's business.
#pragma once

#include "cornu/saving/model_file.h"

namespace cornu::tool {

// {"same": ..., "layers": {"removed", "added", "renamed", "changed"}, "architecture": [...], "weights": [...],
//  "training_config": [...], "optimizer": [...], "optimizer_state": [...]}
// A difference of configurations is {"at": "config.units", "a": 64, "b": 32}; one of tensors says how many numbers
// differ, by how much, and how large the change is in relation to the tensor.
Json compare_models(const saving::ModelFile& a, const saving::ModelFile& b);

}  // namespace cornu::tool
