// ModelFile: any Keras file as one neutral description, in the words of Keras 3. It knows no layer and no trainer.
// `models` builds a model from it, `trainers` adds compile state and optimizer slots; `inspect`, `diff` and `convert`
// work on it alone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cornu/core/json.h"
#include "cornu/core/tensor.h"

namespace cornu::saving {

struct NamedTensor {
  std::string name;
  Tensor value;
};

// The variables of one layer of `model.layers`, trainable ones first, as Keras 3 orders them.
struct LayerWeights {
  std::string layer;
  std::vector<NamedTensor> weights;  // names such as "kernel", "bias", or a path such as "dense/kernel"
};

enum class Format { kHdf5, kKerasZip };

struct ModelFile {
  // What was read (a writer ignores these).
  Format format = Format::kHdf5;
  std::string keras_version;  // of the writer; "" when the file does not say
  std::string backend;        // "tensorflow", "jax", ...; "" when the file does not say
  int dialect = 3;            // the generation of Keras that wrote it: 1, 2 or 3

  // Architecture in Keras 3's form: {"module", "class_name": "Sequential" | "Functional", "config": {...}, ...}.
  Json architecture;
  std::vector<LayerWeights> weights;

  // Compile configuration in Keras 3's form ("optimizer", "loss", "loss_weights", "metrics", "weighted_metrics", ...;
  // the optimizer is {"module", "class_name", "config", "registered_name"}), when the model was compiled.
  std::optional<Json> compile_config;
  // Optimizer variables in Keras 3's order: iteration, learning_rate, then the slots. Empty when the file has none.
  std::vector<NamedTensor> optimizer;

  // What reading changed, dropped or could not use, one sentence each; shown by `inspect`.
  std::vector<std::string> notes;
};

// Reads an .h5 / .hdf5 / .keras file (by its first bytes, not by its name) and upgrades it to Keras 3's words.
// Throws FileError: not there, foreign, truncated, hostile (sizes are checked before anything is allocated).
ModelFile read_model_file(const std::string& path);

// Writes what Keras 3 opens; the format follows the extension (.keras, or .h5 / .hdf5). The file appears whole or not
// at all: temporary beside the target, flush, rename. Throws FileError, and then the old file is untouched.
void write_model_file(const ModelFile& file, const std::string& path);

}  // namespace cornu::saving
