#include "cornu/core/beside.h"
#include "cornu/layers/core/operation.h"
#include "cornu/layers/from_config.h"

namespace cornu {

Layer Layer::deserialize(const Json& object) { return layers::deserialize(object); }

namespace layers {

Registry<Layer>& registry() {
  static Registry<Layer> table = [] {
    Registry<Layer> r("layer", "keras.layers");
#define CORNU_LAYER(file) register_##file(r);
#include "cornu/layers/layers.def"
#undef CORNU_LAYER
    r.end_of_keras_own();
    return r;
  }();
  return table;
}

Layer deserialize(const Json& object) {
  if (!object.is_object() || !object.contains("class_name") || !object["class_name"].is_string() ||
      !object.contains("config"))
    throw ValueError(
        cat("a layer is {\"class_name\": ..., \"config\": {...}}\n  received: ", dump_json(object).substr(0, 200)));
  if (is_operation(object)) return operation_from_object(object);
  if (!registry().knows_object(object)) {
    const Json& config = object["config"];
    const std::string name =
        config.is_object() && config.contains("name") ? dump_json(config["name"]) : "without a name";
    throw NotSupportedError(cat("layer ", name, " is of class ", full_name(object),
                                ", which this version cannot build\n  known are: ", join(registry().names(), ", "),
                                "\n  your own class: register it first (layers::registry().add)"));
  }
  return registry().get(with_beside_inside(object));
}

std::string dtype_from_config(ConfigReader& reader) {
  const Json value = reader.json("dtype");
  if (value.is_null()) return "";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_object() && value.contains("config") && value["config"].is_object() &&
      value["config"].contains("name") && value["config"]["name"].is_string())
    return value["config"]["name"].get<std::string>();
  throw NotSupportedError(
      cat(reader.what(), ": dtype policy\n  received: ", dump_json(value),
          "\n  expected: float32, mixed_bfloat16 or another of Keras's policies without quantization"));
}

ConfigReader reader_for(const Json& config, const std::string& class_name) {
  std::string name = "?";
  if (config.is_object() && config.contains("name") && config["name"].is_string())
    name = config["name"].get<std::string>();
  return ConfigReader(config, cat("layer \"", name, "\" (", class_name, ")"));
}

Layer finish(ConfigReader& reader, Layer layer) {
  if (const Json spec = reader.json("activity_regularizer"); !spec.is_null())
    layer.impl().set_activity_regularizer(regularizers::get(spec));
  reader.finish();
  return layer;
}

}  // namespace layers
}  // namespace cornu
