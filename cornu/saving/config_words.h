// Small pieces that all upgrades of configurations share.
#pragma once

#include <string>
#include <string_view>

#include "cornu/core/json.h"
#include "cornu/core/text.h"

namespace cornu::saving {

// {"module", "class_name", "config", "registered_name": null}: how Keras 3 writes any object of its own.
Json keras_object(std::string_view module, std::string_view class_name, Json config);
// The object that Keras 3 writes for a dtype policy such as "float32" or "mixed_float16".
Json dtype_policy(std::string_view name);

// The value of `key` in an object, or null when it is not there or `object` is no object.
const Json& get(const Json& object, std::string_view key);
// The text under `key`, or `otherwise`.
std::string get_text(const Json& object, std::string_view key, std::string_view otherwise = "");
// `from` under the name `to`, in the same place; nothing happens when it is not there.
void rename_key(Json& object, std::string_view from, std::string_view to);
// The config of a layer entry, or null.
inline const Json& config_of(const Json& layer) { return get(layer, "config"); }
// The layers of a Sequential (a bare list before Keras 2.2.3) or functional model; an empty list for other layers.
const Json& layers_of(const Json& model);
std::string class_of(const Json& layer);
// The name of a layer entry: in its config, else beside it.
std::string layer_name(const Json& layer);
bool is_model(const Json& layer);

}  // namespace cornu::saving
