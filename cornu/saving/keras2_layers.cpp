// Keras 2 -> 3: one layer. General words first, then what is special to a class.
#include <array>

#include "cornu/saving/config_words.h"
#include "cornu/saving/upgrade_steps.h"

namespace cornu::saving {
namespace {

// Keys that only chose an implementation, or repeat what an InputLayer says.
constexpr std::array<std::string_view, 7> kGone{"batch_input_shape", "implementation", "input_dtype",       "input_dim",
                                                "input_length",      "fused",          "virtual_batch_size"};

bool is_gone(std::string_view class_name, std::string_view key, const Json& value) {
  if (class_name == "Embedding" && key == "input_dim") return false;
  if (key == "time_major" && value == false) return true;
  for (const std::string_view gone : kGone)
    if (gone == key) return true;
  return false;
}

// These classes derive from Conv in Keras 2 and write what they inherit and never use. (Their groups are 1: another
// number is left for the layer to refuse.)
bool is_inherited(std::string_view class_name, std::string_view key, const Json& value) {
  const bool depthwise = starts_with(class_name, "DepthwiseConv") || starts_with(class_name, "SeparableConv");
  if (!depthwise && !ends_with(class_name, "DTranspose")) return false;
  if (key == "groups") return value == 1;
  if (depthwise && starts_with(class_name, "Depthwise") && key == "filters") return true;
  return depthwise && (key == "kernel_initializer" || key == "kernel_regularizer" || key == "kernel_constraint");
}

// tf.keras writes [3] for one axis.
Json single_axis(const Json& axis) { return axis.is_array() && axis.size() == 1 ? axis.front() : axis; }

Json renamed_keys(const std::string& class_name, Json config) {
  if (class_name == "LeakyReLU") rename_key(config, "alpha", "negative_slope");
  if (class_name == "InputLayer") rename_key(config, "batch_input_shape", "batch_shape");
  if ((class_name == "BatchNormalization" || class_name == "LayerNormalization") && config.contains("axis"))
    config["axis"] = single_axis(config["axis"]);
  if (class_name == "Normalization" && get(config, "axis").is_number()) config["axis"] = Json::array({config["axis"]});
  return config;
}

// Unknown classes get Keras 3's first keys too: name, trainable, dtype.
Json with_first_keys(const Json& config) {
  Json result = Json::object();
  if (config.contains("name")) result["name"] = config["name"];
  result["trainable"] = config.value("trainable", Json(true));
  result["dtype"] = config.value("dtype", dtype_policy("float32"));
  for (const auto& [key, value] : config.items()) result[key] = value;
  return result;
}

void note_what_is_lost(const std::string& class_name, const Json& config, Notes& notes) {
  if (class_name == "BatchNormalization" && !get(config, "virtual_batch_size").is_null())
    add_note(
        notes,
        "BatchNormalization with virtual_batch_size: training there takes the statistics of parts of a batch, Keras 3 "
        "of all of it; predictions are the same.");
}

Json input_layer_to_3(const Json& old, Notes& notes) {
  Json config = renamed_keys("InputLayer", old);
  if (get(config, "dtype").is_null()) config["dtype"] = "float32";
  config.erase("ragged_rank");
  return fill_layer_template("InputLayer", config, notes);
}

}  // namespace

Json layer_to_3(const Json& layer, Notes& notes) {
  if (is_model(layer)) return model_to_3(layer, notes);
  if (class_of(layer) == "Merge")
    if (const Json merged = merging_layer(layer); !merged.is_null()) return layer_to_3(merged, notes);
  std::string class_name = class_of(layer);
  const bool is_custom = class_name.find('>') != std::string::npos;
  Json config = config_of(layer).is_object() ? config_of(layer) : Json::object();
  if (class_name == "InputLayer") {
    config = input_layer_to_3(config, notes);
  } else {
    note_what_is_lost(class_name, config, notes);
    Json upgraded = Json::object();
    const Json renamed = renamed_keys(class_name, config);
    for (const auto& [key, value] : renamed.items())
      if (!is_gone(class_name, key, value) && !is_inherited(class_name, key, value))
        upgraded[key] = config_value_to_3(key, value, notes);
    if (!upgraded.contains("name") && layer.contains("name")) upgraded["name"] = layer["name"];
    if (upgraded.contains("dtype") && upgraded["dtype"].is_null()) upgraded.erase("dtype");
    config = fill_layer_template(class_name, with_first_keys(upgraded), notes);
  }
  Json result = keras_object("keras.layers", class_name, std::move(config));
  if (is_custom) {
    result["module"] = nullptr;
    result["registered_name"] = class_name;
    result["class_name"] = class_name.substr(class_name.find('>') + 1);
  }
  return result;
}

}  // namespace cornu::saving
