// A whole-model file as it was found, in the words of the generation that wrote it, before any upgrade.
#pragma once

#include <compare>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cornu/core/json.h"
#include "cornu/saving/hdf5_reader.h"
#include "cornu/saving/model_file.h"

namespace cornu::saving {

// "2.2.4-tf" -> {2, 2, 4}; {0, 0, 0} for "" or what is no version.
struct Version {
  int major = 0;
  int minor = 0;
  int patch = 0;
  // clang-tidy 14 takes the 0 of a rewritten `a < b` for a pointer. NOLINTNEXTLINE(modernize-use-nullptr)
  auto operator<=>(const Version&) const = default;
};
Version parse_version(const std::string& text);
// Was it the Keras inside of TensorFlow (tf.keras, tf_keras)? Of its own the first Keras 2.4 was the last.
bool is_tf_keras(const std::string& text);

struct RawModel {
  std::string shown;  // the file's name, for messages
  std::string keras_version;
  std::string backend;
  Json model_config;  // {"class_name", "config"}
  std::optional<Json> training_config;
  std::vector<LayerWeights> weights;   // names as they stand in the file
  std::vector<NamedTensor> optimizer;  // in the file's order
};

// Reads the legacy whole-model layout (Keras 1, 2, tf.keras, and the .h5 of Keras 3).
RawModel read_legacy_h5(const Hdf5File& file, const std::string& shown);
// The groups that the attribute "layer_names" of `group` lists, in its order; names as they stand in the file.
std::vector<LayerWeights> read_legacy_weights(const Hdf5Group& group);

// The generation of Keras that wrote it: by version, else by the words of its configuration.
int dialect_of(const RawModel& raw);

// Names and shapes of weights as Keras 3 has them; `architecture` in its form.
std::vector<LayerWeights> weights_to_3(std::vector<LayerWeights> weights, const Json& architecture, int dialect,
                                       bool theano);

// Everything in Keras 3's form. A .keras names its weights by the upgraded architecture: `read_weights` gets that.
using WeightsReader = std::function<std::vector<LayerWeights>(const Json& architecture)>;
ModelFile upgrade(RawModel raw, const WeightsReader& read_weights = nullptr);

}  // namespace cornu::saving
