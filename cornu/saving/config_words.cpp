#include "cornu/saving/config_words.h"

namespace cornu::saving {
namespace {

const Json kNull = nullptr;
const Json kEmptyList = Json::array();

}  // namespace

Json keras_object(std::string_view module, std::string_view class_name, Json config) {
  Json object = Json::object();
  object["module"] = module;
  object["class_name"] = class_name;
  object["config"] = std::move(config);
  object["registered_name"] = nullptr;
  return object;
}

Json dtype_policy(std::string_view name) {
  Json config = Json::object();
  config["name"] = name;
  return keras_object("keras", "DTypePolicy", std::move(config));
}

const Json& get(const Json& object, std::string_view key) {
  if (!object.is_object()) return kNull;
  const auto found = object.find(key);
  return found == object.end() ? kNull : *found;
}

std::string get_text(const Json& object, std::string_view key, std::string_view otherwise) {
  const Json& value = get(object, key);
  return value.is_string() ? value.get<std::string>() : std::string(otherwise);
}

void rename_key(Json& object, std::string_view from, std::string_view to) {
  if (!object.contains(from)) return;
  Json result = Json::object();
  for (auto& [key, value] : object.items()) result[key == from ? std::string(to) : key] = std::move(value);
  object = std::move(result);
}

const Json& layers_of(const Json& model) {
  const Json& config = config_of(model);
  if (class_of(model) == "Sequential" && config.is_array()) return config;
  const Json& layers = get(config, "layers");
  return is_model(model) && layers.is_array() ? layers : kEmptyList;
}

std::string class_of(const Json& layer) { return get_text(layer, "class_name"); }

std::string layer_name(const Json& layer) { return get_text(config_of(layer), "name", get_text(layer, "name")); }

bool is_model(const Json& layer) {
  const std::string name = class_of(layer);
  return name == "Sequential" || name == "Functional" || name == "Model" || get(config_of(layer), "layers").is_array();
}

}  // namespace cornu::saving
