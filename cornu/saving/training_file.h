// A training run in a file: a .keras that real Keras opens (architecture, weights, compile configuration, optimizer),
// and beside it, where Keras does not look, what going on exactly takes: cornu/training.json and cornu/training.h5.
#pragma once

#include "cornu/saving/model_file.h"

namespace cornu::saving {

struct TrainingFile {
  ModelFile model;
  Json state;                        // an object; numbers come back to the last bit
  std::vector<NamedTensor> tensors;  // names are unique
};

// The file appears whole or not at all. Throws FileError, and then the old file is untouched.
void write_training_file(const TrainingFile& file, const std::string& path);
// Throws FileError: not there, damaged, or a .keras without a training run.
TrainingFile read_training_file(const std::string& path);

}  // namespace cornu::saving
