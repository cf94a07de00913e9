// What is still whole in a model file that was cut off or damaged. Nothing is guessed: a tensor is given when all of
// its bytes are there (and its checksum, where there is one, agrees), and named as lost otherwise.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cornu/saving/model_file.h"
#include "cornu/saving/shared_bytes.h"

namespace cornu::saving {

struct Salvage {
  // The model with the weights that are whole, when its architecture is; a layer may lack some or all of its weights.
  // Optimizer variables are given all or not at all: half a state is none.
  std::optional<ModelFile> model;
  // Every dataset that is whole, by its path in the file.
  std::vector<NamedTensor> tensors;
  // What is lost, one name or sentence each.
  std::vector<std::string> lost;
};

// Throws FileError when the file is not there, or when not even its kind can be recognized.
Salvage salvage_file(const std::string& path);
// The same from memory.
Salvage salvage_bytes(SharedBytes bytes, const std::string& shown);

}  // namespace cornu::saving
