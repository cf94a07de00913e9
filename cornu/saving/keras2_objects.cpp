// Keras 2 -> 3: what the keys of a layer's configuration hold.
#include <array>

#include "cornu/core/registry.h"
#include "cornu/saving/config_words.h"
#include "cornu/saving/upgrade_steps.h"

namespace cornu::saving {
namespace {

// "Custom>X" is how tf.keras 2.11 and later registered its own classes; other packages stay as they are.
std::string plain_class(const Json& object) {
  const std::string name = class_of(object);
  return starts_with(name, "Custom>") ? name.substr(7) : name;
}

std::string initializer_class(const std::string& name) {
  // Names that Keras 2 took as text; all others are snake_case of the class.
  constexpr std::array<std::array<std::string_view, 2>, 8> kAliases{{{"uniform", "RandomUniform"},
                                                                     {"normal", "RandomNormal"},
                                                                     {"zero", "Zeros"},
                                                                     {"one", "Ones"},
                                                                     {"random_uniform", "RandomUniform"},
                                                                     {"random_normal", "RandomNormal"},
                                                                     {"truncated_normal", "TruncatedNormal"},
                                                                     {"identity", "Identity"}}};
  for (const auto& [alias, class_name] : kAliases)
    if (name == alias) return std::string(class_name);
  std::string result;
  bool upper = true;
  for (const char c : name) {
    if (c == '_') {
      upper = true;
      continue;
    }
    result += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  return result;
}

Json initializer_to_3(const Json& old, Notes& notes) {
  if (old == "<lambda>" || (old.is_object() && class_of(old) == "<lambda>")) {
    add_note(notes,
             "An initializer was a Python function without a name, which no file can hold: the weights are the file's; "
             "new ones would come from GlorotUniform.");
    return initializer_to_3("glorot_uniform", notes);
  }
  if (old.is_string()) {
    const std::string name = initializer_class(old.get<std::string>());
    return keras_object("keras.initializers", name, fill_initializer_template(name, Json::object()));
  }
  if (!old.is_object()) return old;
  Json config = config_of(old).is_object() ? config_of(old) : Json::object();
  config.erase("dtype");  // TensorFlow 2.0 to 2.3 wrote the type of the variable here
  if (get(config, "distribution") == "normal") config["distribution"] = "truncated_normal";
  return keras_object("keras.initializers", plain_class(old), fill_initializer_template(plain_class(old), config));
}

Json activation_to_3(const Json& old, Notes& notes) {
  if (old.is_object() && old.contains("class_name")) return layer_to_3(old, notes);
  if (old == "swish") return "silu";
  if (old == "hard_sigmoid") {
    add_note(notes,
             "hard_sigmoid of Keras 1 and 2 is clip(0.2 x + 0.5, 0, 1), another function than Keras 3's clip(x / 6 + "
             "0.5, 0, 1); it is kept as the function \"hard_sigmoid_keras2\", which Keras 3 asks to be registered.");
    return function_by_name("hard_sigmoid_keras2");
  }
  return old;
}

Json wrapped_to_3(const Json& old, Notes& notes) {
  if (old.is_array()) {
    Json result = Json::array();
    for (const Json& item : old) result.push_back(wrapped_to_3(item, notes));
    return result;
  }
  return old.is_object() && old.contains("class_name") ? layer_to_3(old, notes) : old;
}

// numpy numbers were written as {"type": "ndarray", "value": 0.1}.
Json plain_number(const Json& value) {
  return get(value, "type") == "ndarray" && value.contains("value") ? value.at("value") : value;
}

}  // namespace

void add_note(Notes& notes, const std::string& sentence) {
  for (const std::string& note : notes)
    if (note == sentence) return;
  notes.push_back(sentence);
}

Json dtype_to_3(const Json& dtype) {
  if (get(dtype, "class_name") == "DTypePolicy") return dtype;
  std::string name = dtype.is_string() ? dtype.get<std::string>() : get_text(config_of(dtype), "name", "float32");
  // The type of a first layer's input (ids for an Embedding), written there by Keras 1 and 2: no type of weights.
  if (name.find("int") != std::string::npos || name == "bool" || name == "string") name = "float32";
  return dtype_policy(name);
}

Json config_value_to_3(std::string_view key, const Json& value, Notes& notes) {
  if (value.is_null()) return value;
  if (key == "dtype") return dtype_to_3(value);
  if (ends_with(key, "_initializer")) return initializer_to_3(value, notes);
  if (ends_with(key, "_regularizer") && value.is_object())
    return keras_object("keras.regularizers", plain_class(value), config_of(value));
  if (ends_with(key, "_constraint") && value.is_object())
    return keras_object("keras.constraints", plain_class(value), config_of(value));
  if (key == "activation" || key == "recurrent_activation") return activation_to_3(value, notes);
  if (key == "layer" || key == "forward_layer" || key == "backward_layer" || key == "cell" || key == "cells")
    return wrapped_to_3(value, notes);
  return plain_number(value);
}

}  // namespace cornu::saving
