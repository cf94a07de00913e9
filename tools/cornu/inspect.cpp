// cornu inspect: what a model file holds, as JSON, and what of it Cornu cannot use.
#include <set>

#include "tools/cornu/command.h"
#include "tools/cornu/loading.h"
#include "tools/cornu/output.h"

namespace cornu::tool {
namespace {

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json described(const std::vector<saving::NamedTensor>& tensors) {
  Json out = Json::array();
  for (const saving::NamedTensor& t : tensors) {
    Json shape = Json::array();
    for (const std::int64_t d : t.value.shape()) shape.push_back(d);
    out.push_back({{"name", t.name}, {"shape", shape}, {"dtype", name_of(t.value.dtype())}});
  }
  return out;
}

std::int64_t parameters_of(const std::vector<saving::LayerWeights>& groups) {
  std::int64_t out = 0;
  for (const saving::LayerWeights& group : groups)
    for (const saving::NamedTensor& weight : group.weights) out += weight.value.size();
  return out;
}

Json name_in(const Json& object) {
  const Json& config = object.contains("config") ? object["config"] : object;
  return config.is_object() && config.contains("name") ? config["name"] : Json(nullptr);
}

Json layers_of(const saving::ModelFile& file) {
  Json out = Json::array();
  const Json& config = file.architecture["config"];
  if (!config.is_object() || !config.contains("layers") || !config["layers"].is_array()) return out;
  for (const Json& layer : config["layers"]) {
    const Json name = name_in(layer);
    std::vector<saving::LayerWeights> own;
    for (const saving::LayerWeights& group : file.weights)
      if (name == Json(group.layer)) own.push_back(group);
    Json weights = Json::array();
    for (const saving::LayerWeights& group : own)
      for (Json& weight : described(group.weights)) weights.push_back(std::move(weight));
    out.push_back({{"class", layer.contains("class_name") ? layer["class_name"] : Json(nullptr)},
                   {"name", name},
                   {"parameters", parameters_of(own)},
                   {"weights", std::move(weights)}});
  }
  return out;
}

// Keys of layers that say nothing here: they are null, and no class of this version knows them.
Json ignored_keys(const saving::ModelFile& file, const Model& model) {
  Json out = Json::array();
  for (const Layer& layer : model.layers()) {
    const Json known = layer.get_config();
    for (const Json& stored : file.architecture["config"]["layers"]) {
      if (name_in(stored) != layer.name() || !stored["config"].is_object()) continue;
      for (const auto& [key, value] : stored["config"].items())
        if (value.is_null() && !known.contains(key)) out.push_back({{"layer", layer.name()}, {"key", key}});
    }
  }
  return out;
}

// Tries what `fit` would do, and keeps what stands in the way.
Json unusable(const saving::ModelFile& file, Json& ignored) {
  Json out = Json::array();
  try {
    const Model model = network_of_file(file);
    ignored = ignored_keys(file, model);
    if (file.compile_config) try {
        compile_from_file(model, file, {});
      } catch (const Error& error) {
        out.push_back({{"part", "training"}, {"reason", error.what()}});
      }
  } catch (const Error& error) {
    out.push_back({{"part", "model"}, {"reason", error.what()}});
  }
  return out;
}

void inspect(const ModelWords& words) {
  const saving::ModelFile file = read_file(words);
  Json out = Json::object();
  out["file"] = words.path;
  out["format"] = is_json(words.path) ? "json" : file.format == saving::Format::kKerasZip ? "keras" : "h5";
  out["keras_version"] = text_or_null(file.keras_version);
  out["backend"] = text_or_null(file.backend);
  out["dialect"] = file.dialect;
  out["class"] = file.architecture["class_name"];
  out["name"] = name_in(file.architecture);
  out["parameters"] = parameters_of(file.weights);
  out["layers"] = layers_of(file);
  out["training_config"] = file.compile_config.value_or(nullptr);
  out["optimizer_state"] = described(file.optimizer);
  out["notes"] = file.notes;
  Json ignored = Json::array();
  Json unusable_parts = unusable(file, ignored);
  out["ignored"] = std::move(ignored);
  out["unusable"] = std::move(unusable_parts);
  print(pretty(out));
}

}  // namespace

void add_inspect(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("inspect", "prints what a model file holds, as JSON");
  const auto words = std::make_shared<ModelWords>();
  command->add_option("FILE", words->path, "a .h5, .hdf5, .keras or .json file")->required();
  command->callback([&action, words] { action = [words] { inspect(*words); }; });
}

}  // namespace cornu::tool
