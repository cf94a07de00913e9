// ModelFile: any Keras file as one neutral description, in the words of Keras 3. It knows no layer and no trainer.
// `models` builds a model from it, `trainers` adds compile state and optimizer slots; `inspect`, `diff` and `convert`
// work on it alone.
//
// What upgrading does where Keras 3 has no word for what an older file means:
// * The activation "hard_sigmoid" of Keras 1 and 2, clip(0.2 x + 0.5, 0, 1), becomes the function
// "hard_sigmoid_keras2";
//   Keras 3's "hard_sigmoid" is clip(x / 6 + 0.5, 0, 1). Real Keras opens such a file when a function of that name is
//   registered there.
// * An optimizer that adds epsilon to the square root instead of what is under it (RMSprop without momentum and Adagrad
//   of Keras 1, 2 and legacy tf.keras) has beside its "config" the key "cornu": {"epsilon_outside_root": true}.
// * `decay` of old optimizers becomes the schedule InverseTimeDecay, which computes the same.
// * Calls in functional models of Keras 1 and 2 get Keras 3's form, without the tensors' "shape" and "dtype": these
//   follow from the layers, and `models` writes them when it saves.
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
  // Named by path, "dense/kernel" or "sequential/dense/kernel", as Keras 3 does; unique within the layer. A model that
  // is used as a layer lists all its inner weights here, trainable ones first.
  std::vector<NamedTensor> weights;
};

enum class Format { kHdf5, kKerasZip };

struct ModelFile {
  // What was read. A writer takes note of `backend` alone.
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
  // Why the state that the file holds cannot be used; "" when it can, or there is none. Training on with a fresh state
  // is another training, so it takes somebody's word.
  std::string lost_optimizer;

  // What reading changed, dropped or could not use, one sentence each; shown by `inspect`.
  std::vector<std::string> notes;
};

// Reads an .h5 / .hdf5 / .keras file (by its first bytes, not by its name) and upgrades it to Keras 3's words.
// Throws FileError: not there, foreign, truncated, hostile (sizes are checked before anything is allocated).
ModelFile read_model_file(const std::string& path);

// Writes what Keras 3 opens; the format follows the extension (.keras, or .h5 / .hdf5). The file appears whole or not
// at all: temporary beside the target, flush, rename. Throws FileError, and then the old file is untouched.
void write_model_file(const ModelFile& file, const std::string& path);
// What tf-keras opens: .h5 / .hdf5 alone. Throws NotSupportedError that lists all that Keras 2 does not have.
void write_keras2_file(const ModelFile& file, const std::string& path);

}  // namespace cornu::saving
