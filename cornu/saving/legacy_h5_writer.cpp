// The .h5 that Keras 3.15 writes: same groups, same attributes in the same order, same kinds of text.
#include <algorithm>

#include "cornu/core/error.h"
#include "cornu/saving/config_words.h"
#include "cornu/saving/hdf5_writer.h"
#include "cornu/saving/keras3_to_2.h"
#include "cornu/saving/self_test_writer.h"
#include "cornu/saving/writers.h"

namespace cornu::saving {
namespace {

constexpr const char* kTopLevel = "top_level_model_weights";

// Nobody reads them, and Python's are arbitrary numbers; the .h5 of Keras has none.
void drop_shared_ids(Json& value) {
  if (value.is_object()) value.erase("shared_object_id");
  if (value.is_structured())
    for (Json& item : value) drop_shared_ids(item);
}

// Layers in an .h5 have class_name and config only; what stands deeper (initializers, wrapped layers) stays whole.
Json legacy_layer(const Json& layer) {
  Json result = Json::object();
  const std::string registered = get_text(layer, "registered_name");
  result["class_name"] = registered.find('>') != std::string::npos ? registered : class_of(layer);
  Json config = config_of(layer);
  if (is_model(layer) && config.is_object() && config.contains("layers"))
    for (Json& inner : config["layers"]) inner = legacy_layer(inner);
  result["config"] = std::move(config);
  for (const char* key : {"name", "inbound_nodes", "cornu"})
    if (layer.contains(key)) result[key] = layer[key];
  return result;
}

// Losses and metrics lose module and registered_name as layers do.
Json legacy_objects(const Json& value) {
  if (value.is_object() && value.contains("class_name")) {
    const std::string registered = get_text(value, "registered_name");
    Json result = Json{{"class_name", registered.empty() ? class_of(value) : registered}, {"config", config_of(value)}};
    if (value.contains("cornu")) result["cornu"] = value["cornu"];
    return result;
  }
  Json result = value;
  if (value.is_structured())
    for (Json& item : result) item = legacy_objects(item);
  return result;
}

Json training_config(const Json& compile_config) {
  Json result = compile_config;
  result.erase("optimizer");
  for (const char* key : {"loss", "metrics", "weighted_metrics"})
    if (result.contains(key)) result[key] = legacy_objects(result[key]);
  const Json& optimizer = get(compile_config, "optimizer");
  Json stored = Json::object();
  stored["class_name"] = class_of(optimizer);
  stored["config"] = config_of(optimizer);
  if (optimizer.contains("cornu")) stored["cornu"] = optimizer["cornu"];
  result["optimizer_config"] = std::move(stored);
  return result;
}

std::string inside(const std::string& group, const std::string& name) {
  return group.empty() ? name : cat(group, "/", name);
}

void write_listed(Hdf5Writer& writer, const std::string& group, const std::vector<NamedTensor>& tensors) {
  std::vector<std::string> names;
  for (const NamedTensor& tensor : tensors) names.push_back(tensor.name);
  writer.set_texts(group, "weight_names", names);
  for (const NamedTensor& tensor : tensors) writer.write_dataset(cat(group, "/", tensor.name), tensor.value);
}

// In the group "model_weights" of a whole model; a file of weights has the same at the root, "".
void write_weights(Hdf5Writer& writer, const std::vector<LayerWeights>& all, const std::string& backend,
                   const std::string& version, const std::string& at) {
  std::vector<const LayerWeights*> layers;
  std::vector<std::string> names;
  const LayerWeights nothing{kTopLevel, {}};
  const LayerWeights* top = &nothing;
  for (const LayerWeights& layer : all) {
    if (layer.layer == kTopLevel) {
      top = &layer;
      continue;
    }
    names.push_back(layer.layer);
    layers.push_back(&layer);
  }
  if (!at.empty()) writer.create_group(at);
  writer.set_texts(at, "layer_names", names);
  writer.set_text(at, "backend", backend, Charset::kAscii);
  writer.set_text(at, "keras_version", version, Charset::kAscii);
  // Keras creates the groups sorted by name: a layer "a" must be there before a layer "a/b".
  std::stable_sort(layers.begin(), layers.end(), [](auto* a, auto* b) { return a->layer < b->layer; });
  layers.push_back(top);
  for (const LayerWeights* layer : layers) {
    const std::string group = inside(at, layer->layer);
    writer.create_group(group);
    write_listed(writer, group, layer->weights);
  }
}

}  // namespace

std::string written_backend(const ModelFile& file) {
  // Old names (theano, cntk) would make a reader turn kernels of convolutions.
  for (const char* known : {"tensorflow", "jax", "torch"})
    if (file.backend == known) return known;
  return "tensorflow";
}

Pieces legacy_h5_bytes(const ModelFile& file, const std::string& shown, bool with_checksums,
                       const SelfTest* self_test) {
  Hdf5Writer writer(shown, Placement::kDisk);
  if (with_checksums) writer.keep_checksums();
  Json architecture = legacy_layer(file.architecture);
  drop_shared_ids(architecture);
  writer.set_text("", "keras_version", kWrittenVersion, Charset::kUtf8);
  writer.set_text("", "backend", written_backend(file), Charset::kUtf8);
  writer.set_text("", "model_config", dump_json(architecture), Charset::kAscii);
  const bool compiled = file.compile_config && get(*file.compile_config, "optimizer").is_object();
  if (compiled) {
    Json training = training_config(*file.compile_config);
    drop_shared_ids(training);
    writer.set_text("", "training_config", dump_json(training), Charset::kAscii);
  }
  write_weights(writer, file.weights, written_backend(file), kWrittenVersion, "model_weights");
  if (compiled && !file.optimizer.empty()) {
    writer.create_group("optimizer_weights");
    write_listed(writer, "optimizer_weights", file.optimizer);
  }
  if (self_test != nullptr) add_self_test(writer, *self_test);
  return writer.finish();
}

Pieces legacy_weights_h5_bytes(const ModelFile& file, const std::string& shown) {
  Hdf5Writer writer(shown, Placement::kDisk);
  write_weights(writer, file.weights, written_backend(file), kWrittenVersion, "");
  return writer.finish();
}

Pieces keras2_h5_bytes(const ModelFile& file, const std::string& shown) {
  const Keras2File old = keras3_to_2(file, shown);
  Hdf5Writer writer(shown, Placement::kDisk);
  writer.set_text("", "keras_version", kWrittenKeras2, Charset::kUtf8);
  writer.set_text("", "backend", "tensorflow", Charset::kUtf8);
  writer.set_text("", "model_config", dump_json(old.model_config), Charset::kAscii);
  if (old.training_config) writer.set_text("", "training_config", dump_json(*old.training_config), Charset::kAscii);
  write_weights(writer, old.weights, "tensorflow", kWrittenKeras2, "model_weights");
  if (!old.optimizer.empty()) {
    writer.create_group("optimizer_weights");
    write_listed(writer, "optimizer_weights", old.optimizer);
  }
  return writer.finish();
}

Pieces keras2_weights_h5_bytes(const ModelFile& file, const std::string& shown) {
  const Keras2File old = keras3_to_2(file, shown);
  Hdf5Writer writer(shown, Placement::kDisk);
  write_weights(writer, old.weights, "tensorflow", kWrittenKeras2, "");
  return writer.finish();
}

}  // namespace cornu::saving
