// Files that hold the weights of a model and not its architecture.
#pragma once

#include "cornu/saving/model_file.h"

namespace cornu::saving {

struct WeightsFile {
  enum Kind {
    kTree,    // .weights.h5 of Keras 3: one entry for each layer of the architecture that was asked for
    kLegacy,  // the .h5 of older versions, and of Keras's downloads: the groups of the file, in its order
    kModel,   // a whole model: the layers of the model in the file
  } kind;
  std::vector<LayerWeights> weights;
  std::vector<NamedTensor> optimizer = {};  // of a tree: iteration, learning_rate, slots
};

// Reads a file by its first bytes, not by its name: also the index of weights in several files (.weights.json). The
// tree names its groups by classes, so where a layer's weights are depends on the architecture (in Keras 3's form). Old
// weights are turned and named as Keras 3 has them. Throws FileError: not there, foreign, truncated, hostile.
WeightsFile read_weights_file(const std::string& path, const Json& architecture);

// Writes the weights; the form follows the ending: .weights.h5 (a tree, with the optimizer's state when there is one),
// or .h5 / .hdf5 (legacy). The file appears whole or not at all. Throws FileError, and then the old file is untouched.
void write_weights_file(const ModelFile& file, const std::string& path);
// .h5 / .hdf5 as tf-keras has it.
void write_keras2_weights_file(const ModelFile& file, const std::string& path);
// PATH.weights.json, and beside it files of about `bytes` each that hold the layers one after the other. Throws
// FileError: another ending, or a size that no layer fits in.
void write_weight_shards(const ModelFile& file, const std::string& path, std::uint64_t bytes);

}  // namespace cornu::saving
