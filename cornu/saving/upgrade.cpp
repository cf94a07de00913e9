// The chain from a raw file to Keras 3's form: 1 -> 2 -> 3.
#include <algorithm>

#include "cornu/core/error.h"
#include "cornu/core/judge_only.h"
#include "cornu/saving/config_words.h"
#include "cornu/saving/quantized.h"
#include "cornu/saving/raw_model.h"
#include "cornu/saving/upgrade_steps.h"

namespace cornu::saving {
namespace {

// A key that only one generation writes, anywhere in the layers.
bool mentions(const Json& value, std::string_view key) {
  if (value.is_object() && value.contains(key)) return true;
  if (value.is_object() || value.is_array())
    for (const Json& item : value)
      if (mentions(item, key)) return true;
  return false;
}

// The .h5 of Keras 3 leaves module and registered_name of layers away; its .keras has them.
Json with_modules(const Json& layer) {
  if (layer.contains("module")) return layer;
  const std::string class_name = class_of(layer);
  Json config = config_of(layer);
  if (is_model(layer) && config.is_object() && config.contains("layers"))
    for (Json& inner : config["layers"]) inner = with_modules(inner);
  const bool functional = class_name == "Functional";
  Json result = keras_object(functional        ? "keras.src.models.functional"
                             : is_model(layer) ? "keras"
                                               : "keras.layers",
                             class_name, std::move(config));
  if (functional) result["registered_name"] = "Functional";
  // An operation of a functional model (x + y): its configuration is its name, which no layer's is.
  if (const Json& own = config_of(result); own.is_object() && own.size() == 1 && own.contains("name")) {
    result["module"] = "keras.src.ops.numpy";
    result["registered_name"] = class_name;
  }
  if (const std::size_t package = class_name.find('>'); package != std::string::npos) {
    result["module"] = nullptr;
    result["class_name"] = class_name.substr(package + 1);
    result["registered_name"] = class_name;
  }
  if (functional) result["build_config"] = Json{{"input_shape", nullptr}};
  if (const Json& shape = get(config_of(result), "build_input_shape"); class_name == "Sequential" && !shape.is_null())
    result["build_config"] = Json{{"input_shape", shape}};
  for (const char* key : {"name", "inbound_nodes", "cornu"})
    if (layer.contains(key)) result[key] = layer[key];
  return result;
}

Json architecture_to_3(const RawModel& raw, int dialect, Notes& notes) {
  if (!raw.model_config.is_object() || !config_of(raw.model_config).is_structured())
    throw FileError(cat(cannot_read(raw.shown),
                        "  received: a configuration that is no object with \"class_name\" and "
                        "\"config\"\n",
                        "  way out: the file is damaged; save it again"));
  if (dialect == 3) return with_modules(raw.model_config);
  if (dialect == 2) return model_to_3(raw.model_config, notes);
  return model_to_3(keras1_to_2(raw.model_config, raw.shown, raw.keras_version), notes);
}

// "dense_1/kernel:0" -> "dense_1/kernel"; "kernel" (Keras 3.0 to 3.2) -> "dense_1/kernel".
std::string weight_path(const std::string& layer, const std::string& stored, int dialect) {
  std::string name = dialect == 1 ? keras1_weight_name(layer, stored) : stored;
  if (const std::size_t colon = name.rfind(':'); colon != std::string::npos && dialect != 3) name.resize(colon);
  return name.find('/') == std::string::npos ? cat(layer, "/", name) : name;
}

// Is there a layer with several calls?
bool calls_twice(const Json& value) {
  if (value.is_object() && get(value, "inbound_nodes").is_array() && value["inbound_nodes"].size() > 1) return true;
  if (value.is_structured())
    for (const Json& item : value)
      if (calls_twice(item)) return true;
  return false;
}

// Keras 1 does not say it, but names its weights without TensorFlow's ":0".
std::string backend_of(const RawModel& raw, int dialect) {
  if (dialect != 1 || !raw.backend.empty()) return raw.backend;
  for (const LayerWeights& layer : raw.weights)
    for (const NamedTensor& weight : layer.weights)
      return weight.name.find(':') == std::string::npos ? "theano" : "tensorflow";
  return "";
}

void note_what_was_read(const RawModel& raw, int dialect, Notes& notes) {
  if (raw.keras_version.empty())
    add_note(notes, cat("The file does not say which Keras wrote it; it was read as Keras ", dialect, "."));
  const Version version = parse_version(raw.keras_version);
  if (version.major == 3 && version.minor == 2 && calls_twice(raw.model_config))
    add_note(notes,
             "Keras 3.2 noted every call of a layer that is called several times as its first call: the file describes "
             "another model than the one that was saved, for Keras too.");
  if (raw.backend == "theano")
    add_note(notes,
             "Written on Theano: kernels of convolutions are turned by 180 degrees there; Cornu has turned them back, "
             "and the optimizer's slots of them.");
}

const Json& find_layer(const Json& architecture, const std::string& name) {
  static const Json none = Json::object();
  const Json& layers = layers_of(architecture);
  const auto found = std::find_if(layers.begin(), layers.end(), [&](const Json& l) { return layer_name(l) == name; });
  return found == layers.end() ? none : *found;
}

}  // namespace

std::vector<LayerWeights> weights_to_3(std::vector<LayerWeights> weights, const Json& architecture, int dialect,
                                       bool theano) {
  for (LayerWeights& layer : weights)
    for (NamedTensor& weight : layer.weights) {
      weight.name = weight_path(layer.layer, weight.name, dialect);
      const WeightMove move =
          move_of(find_layer(architecture, layer.layer), weight.name, weight.value.shape(), dialect, theano);
      if (!move.nothing()) weight.value = move(weight.value);
    }
  return weights;
}

int dialect_of(const RawModel& raw) {
  const int major = parse_version(raw.keras_version).major;
  if (major >= 1) return major > 3 ? 3 : major;
  if (mentions(raw.model_config, "batch_shape") || mentions(raw.model_config, "registered_name")) return 3;
  const bool keras1 = mentions(raw.model_config, "W_regularizer") || mentions(raw.model_config, "border_mode") ||
                      mentions(raw.model_config, "output_dim");
  return keras1 && !mentions(raw.model_config, "kernel_initializer") ? 1 : 2;
}

ModelFile upgrade(RawModel raw, const WeightsReader& read_weights) {
  ModelFile file;
  file.keras_version = raw.keras_version;
  file.dialect = dialect_of(raw);
  file.backend = raw.backend = backend_of(raw, file.dialect);
  note_what_was_read(raw, file.dialect, file.notes);
  file.architecture = architecture_to_3(raw, file.dialect, file.notes);
  const Writer writer{parse_version(raw.keras_version), is_tf_keras(raw.keras_version), raw.backend};
  if (file.dialect == 2) mark_normalization(file.architecture, writer, file.notes);
  if (raw.backend == "theano") mark_theano(file.architecture, raw.shown);
  if (read_weights) raw.weights = read_weights(file.architecture);

  StoredOptimizer stored;
  stored.version = parse_version(raw.keras_version);
  if (stored.version.major == 0) stored.version.major = file.dialect;
  const bool theano = raw.backend == "theano";
  for (const WeightPosition at : trainable_weights(file.architecture, raw.weights)) {
    const LayerWeights& layer = raw.weights[at.layer];
    const NamedTensor& weight = layer.weights[at.weight];
    const std::string path = weight_path(layer.layer, weight.name, file.dialect);
    stored.trainable.push_back(
        {weight.name, path, weight.value.shape(),
         move_of(find_layer(file.architecture, layer.layer), path, weight.value.shape(), file.dialect, theano)});
  }
  file.weights = weights_to_3(std::move(raw.weights), file.architecture, file.dialect, theano);
  std::string not_trainable;
  if (file.dialect == 3) dequantize(file.architecture, file.weights, file.notes, not_trainable);

  if (!kJudgeOnly && raw.training_config && raw.training_config->is_object()) {
    const Json& training = *raw.training_config;
    file.compile_config = compile_config_to_3(training, stored.version, file.notes);
    if (file.dialect == 2) mark_losses((*file.compile_config)["loss"], writer, file.notes);
    const Json& optimizer =
        training.contains("optimizer_config") ? training["optimizer_config"] : get(training, "optimizer");
    Notes repeated;
    stored.family = optimizer_to_3(optimizer, stored.version, repeated).family;
    stored.tensors = std::move(raw.optimizer);
    OptimizerState state = optimizer_state_to_3(stored, (*file.compile_config)["optimizer"], file.notes);
    file.optimizer = std::move(state.tensors);
    file.lost_optimizer = state.lost;
    if (!not_trainable.empty()) {
      file.optimizer.clear();
      file.lost_optimizer = not_trainable;
    }
    if (!state.lost.empty()) add_note(file.notes, cat("T", state.lost.substr(1), "."));
  }
  return file;
}

}  // namespace cornu::saving
