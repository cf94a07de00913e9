// The steps from an old file to Keras 3's words. Each is a pure function on JSON (and notes); raw_model.h runs them.
#pragma once

#include <string>
#include <vector>

#include "cornu/core/json.h"
#include "cornu/saving/raw_model.h"
#include "cornu/saving/weight_conversions.h"

namespace cornu::saving {

using Notes = std::vector<std::string>;
// Adds a sentence that is not there yet.
void add_note(Notes& notes, const std::string& sentence);

// --- Keras 1 -> 2 (keras1_layers.cpp). Throws FileError for a layer that needs more than other words.
Json keras1_to_2(const Json& layer, const std::string& shown, const std::string& version);
std::string keras1_weight_name(const std::string& layer, const std::string& name);
// Keras 1's one merging layer, which Keras 2.0 still had, as the layer of Keras 2 that does the same; null where there
// is none.
Json merging_layer(const Json& layer);

// --- Keras 2 -> 3: layers (keras2_layers.cpp), what their configurations hold (keras2_objects.cpp), and
// models (keras2_models.cpp).
Json layer_to_3(const Json& layer, Notes& notes);
// The value of one key of a layer's configuration: an initializer, a regularizer, an activation, a wrapped layer, ...
Json config_value_to_3(std::string_view key, const Json& value, Notes& notes);
Json dtype_to_3(const Json& dtype);
Json model_to_3(const Json& model, Notes& notes);
// A layer of a functional model, with its calls in Keras 3's form, that stands for an operator (x + y); others
// unchanged. (keras2_operations.cpp)
Json operation_to_3(const Json& layer);

// The configuration of a built-in class with exactly the keys, order and defaults of Keras 3; keys that Keras 3 does
// not know are dropped with a note. Other classes: unchanged. (keras3_templates.cpp)
Json fill_layer_template(const std::string& class_name, const Json& config, Notes& notes);
Json fill_initializer_template(const std::string& class_name, const Json& config);
Json fill_optimizer_template(const std::string& class_name, const Json& config);

// --- Compile configuration (compile_config.cpp, optimizer_config.cpp).
// `old` is a training_config of any generation; the result has Keras 3's keys, with the optimizer as an object.
Json compile_config_to_3(const Json& old, const Version& version, Notes& notes);
Json loss_to_3(const Json& loss, Notes& notes);
Json metrics_to_3(const Json& metrics, Notes& notes);
// `optimizer` is {"class_name", "config"} or a name; also tells how its state was stored.
enum class OptimizerFamily { kKeras1And2, kTfLegacy, kTfNew, kKeras3 };
struct UpgradedOptimizer {
  Json object;
  OptimizerFamily family = OptimizerFamily::kKeras3;
};
UpgradedOptimizer optimizer_to_3(const Json& optimizer, const Version& version, Notes& notes);

// --- Optimizer state (optimizer_state.cpp): the stored tensors in Keras 3's order and names. `lost` says why they
// cannot be used.
struct TrainableWeight {
  std::string stored_name;  // in the file: slots were once sorted by it
  std::string path;         // "dense/kernel"
  Shape shape;              // in the file
  WeightMove move = {};     // from there to Keras 3's
};
struct StoredOptimizer {
  std::vector<NamedTensor> tensors;
  std::vector<TrainableWeight> trainable;  // in the model's order
  Version version;
  OptimizerFamily family = OptimizerFamily::kKeras3;
};
struct OptimizerState {
  std::vector<NamedTensor> tensors;
  std::string lost = {};
};
OptimizerState optimizer_state_to_3(const StoredOptimizer& stored, const Json& optimizer, Notes& notes);

// --- What a generation computes otherwise under the same name (generations.cpp).
struct Writer {
  Version version;
  bool tf_keras = false;
  std::string backend;
};
void mark_normalization(Json& architecture, const Writer& writer, Notes& notes);
// Theano pads otherwise where "same" is not symmetric. Throws FileError for layers whose Theano form nothing here
// computes.
void mark_theano(Json& architecture, const std::string& shown);
void mark_losses(Json& loss, const Writer& writer, Notes& notes);

// --- Weights (trainable.cpp).
struct WeightPosition {
  std::size_t layer;
  std::size_t weight;
};
// The trainable weights of a model in Keras 3's order; `architecture` in Keras 3's form.
std::vector<WeightPosition> trainable_weights(const Json& architecture, const std::vector<LayerWeights>& weights);
// Is the weight of that name (a path from the layer on) updated by an optimizer?
bool is_trainable(const Json& layer, const std::string& weight);

}  // namespace cornu::saving
