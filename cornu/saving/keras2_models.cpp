// Keras 2 -> 3: Sequential and functional models, and the calls between layers.
#include <algorithm>
#include <map>
#include <set>

#include "cornu/saving/config_words.h"
#include "cornu/saving/upgrade_steps.h"

namespace cornu::saving {
namespace {

// --- Sequential

// Keras 2 gives the first layer the shape of the input; Keras 3 has a layer for it.
Json input_layer_of(const Json& first) {
  const Json& config = config_of(first);
  const Json& dtype = get(config, "dtype");
  Json input = Json::object();
  input["batch_shape"] = get(config, "batch_input_shape");
  // A policy (mixed_float16, say) speaks of the computation, not of the input.
  input["dtype"] = dtype.is_string() ? dtype : Json("float32");
  input["sparse"] = false;
  input["ragged"] = false;
  input["name"] = cat(layer_name(first), "_input");
  input["optional"] = false;
  return keras_object("keras.layers", "InputLayer", std::move(input));
}

// The shape that the first layer, or the first layer of a model that comes first, declares.
const Json* declared_input(const Json& first) {
  if (class_of(first) == "InputLayer") return nullptr;
  if (is_model(first)) return layers_of(first).empty() ? nullptr : declared_input(layers_of(first).front());
  return get(config_of(first), "batch_input_shape").is_array() ? &first : nullptr;
}

Json sequential_to_3(const Json& model, Notes& notes) {
  const Json& old = config_of(model);
  Json layers = Json::array();
  const Json& old_layers = layers_of(model);
  if (!old_layers.empty())
    if (const Json* first = declared_input(old_layers.front())) layers.push_back(input_layer_of(*first));
  for (const Json& layer : old_layers) layers.push_back(layer_to_3(layer, notes));

  Json config = Json::object();
  config["name"] = get_text(old, "name", get_text(model, "name", "sequential"));
  config["trainable"] = get(old, "trainable") != false;
  config["dtype"] = get(old, "dtype").is_null() ? dtype_policy("float32") : dtype_to_3(get(old, "dtype"));
  const Json first = layers.empty() ? Json() : layers.front();
  config["layers"] = std::move(layers);
  const Json shape =
      class_of(first) == "InputLayer" ? get(config_of(first), "batch_shape") : get(old, "build_input_shape");
  if (!shape.is_null()) config["build_input_shape"] = shape;
  Json result = keras_object("keras", "Sequential", std::move(config));
  if (!shape.is_null()) result["build_config"] = Json{{"input_shape", shape}};
  return result;
}

// --- Functional: calls

// Number of the first call that the file means by index 0 or 1 of a layer: a model used as a layer starts at 1 in
// Keras 1 and 2, since its own construction is its call number 0.
using FirstCall = std::map<std::string, std::int64_t>;

// [layer, call, tensor, ...]; in the place of a first tensor that is a constant ["_CONSTANT_VALUE", -1, constant, ...].
bool is_tensor_reference(const Json& value) {
  return value.is_array() && value.size() >= 3 && value[0].is_string() && value[1].is_number_integer() &&
         (value[2].is_number_integer() || value[0] == "_CONSTANT_VALUE");
}

template <class F>
void for_each_reference(const Json& value, const F& visit) {
  if (is_tensor_reference(value)) visit(value);
  if (value.is_array() || value.is_object())
    for (const Json& item : value) for_each_reference(item, visit);
}

FirstCall first_calls(const Json& config) {
  FirstCall lowest;
  FirstCall highest;
  const auto visit = [&](const Json& reference) {
    const auto name = reference[0].get<std::string>();
    const auto call = reference[1].get<std::int64_t>();
    lowest[name] = lowest.contains(name) ? std::min(lowest[name], call) : call;
    highest[name] = std::max(highest[name], call);
  };
  const Json& layers = get(config, "layers");
  for (const Json& layer : layers) for_each_reference(get(layer, "inbound_nodes"), visit);
  for_each_reference(get(config, "output_layers"), visit);
  FirstCall first;
  for (const Json& layer : layers) {
    const std::string name = layer_name(layer);
    const auto calls = static_cast<std::int64_t>(get(layer, "inbound_nodes").size());
    if (is_model(layer) && highest.contains(name) && (highest[name] >= calls || lowest[name] >= 1)) first[name] = 1;
  }
  return first;
}

Json reference_to_3(const Json& old, const FirstCall& first) {
  const auto name = old[0].get<std::string>();
  const auto offset = first.find(name);
  return Json::array({name, old[1].get<std::int64_t>() - (offset == first.end() ? 0 : offset->second), old[2]});
}

// Keras 3 also writes shape and dtype here; they follow from the layers, so nobody needs them to read the file.
Json tensor_to_3(const Json& old, const FirstCall& first) {
  if (old[0] == "_CONSTANT_VALUE") return old[2];
  Json config = Json::object();
  config["keras_history"] = reference_to_3(old, first);
  return Json{{"class_name", "__keras_tensor__"}, {"config", std::move(config)}};
}

Json argument_to_3(const Json& old, const FirstCall& first) {
  if (is_tensor_reference(old)) return tensor_to_3(old, first);
  if (!old.is_array() && !old.is_object()) return old;
  Json result = old;
  for (auto& item : result) item = argument_to_3(item, first);
  return result;
}

// One call: a list of [layer, call, tensor, kwargs], or a single such entry.
Json call_to_3(const Json& old, const FirstCall& first) {
  const Json inputs = is_tensor_reference(old) ? Json::array({old}) : old;
  Json tensors = Json::array();
  Json kwargs = Json::object();
  for (const Json& input : inputs) {
    tensors.push_back(argument_to_3(input, first));
    if (is_tensor_reference(input) && input.size() > 3 && input[3].is_object())
      for (const auto& [key, value] : input[3].items()) kwargs[key] = argument_to_3(value, first);
  }
  Json args = Json::array();
  args.push_back(tensors.size() == 1 ? tensors.front() : tensors);
  return Json{{"args", std::move(args)}, {"kwargs", std::move(kwargs)}};
}

// [["x", 0, 0]] is a single tensor; Keras 3.11 and later write ["x", 0, 0]. In these lists alone Keras 3 still counts a
// functional model's construction as its first call.
Json endpoints_to_3(const Json& old, const FirstCall& first, const std::set<std::string>& functional) {
  if (is_tensor_reference(old)) {
    Json result = reference_to_3(old, first);
    if (functional.contains(result[0].get<std::string>())) result[1] = result[1].get<std::int64_t>() + 1;
    return result;
  }
  if (!old.is_array() && !old.is_object()) return old;
  Json result = old;
  for (auto& item : result) item = endpoints_to_3(item, first, functional);
  return old.is_array() && result.size() == 1 && is_tensor_reference(result.front()) ? result.front() : result;
}

Json functional_to_3(const Json& model, Notes& notes) {
  const Json& old = config_of(model);
  const FirstCall first = first_calls(old);
  Json layers = Json::array();
  std::set<std::string> functional;  // names of models used as layers
  for (const Json& layer : layers_of(model)) {
    if (is_model(layer) && class_of(layer) != "Sequential") functional.insert(layer_name(layer));
    Json upgraded = layer_to_3(layer, notes);
    Json calls = Json::array();
    for (const Json& call : get(layer, "inbound_nodes")) calls.push_back(call_to_3(call, first));
    upgraded["name"] = layer_name(layer);
    upgraded["inbound_nodes"] = std::move(calls);
    layers.push_back(operation_to_3(upgraded));
  }
  Json config = Json::object();
  config["name"] = get_text(old, "name", get_text(model, "name", "functional"));
  config["trainable"] = get(old, "trainable") != false;
  config["layers"] = std::move(layers);
  config["input_layers"] = endpoints_to_3(get(old, "input_layers"), first, functional);
  config["output_layers"] = endpoints_to_3(get(old, "output_layers"), first, functional);
  Json result = keras_object("keras.src.models.functional", "Functional", std::move(config));
  result["registered_name"] = "Functional";
  result["build_config"] = Json{{"input_shape", nullptr}};
  return result;
}

}  // namespace

Json model_to_3(const Json& model, Notes& notes) {
  if (class_of(model) == "Sequential") return sequential_to_3(model, notes);
  Json result = functional_to_3(model, notes);
  const std::string class_name = class_of(model);
  if (class_name != "Functional" && class_name != "Model")
    add_note(notes, cat("Class ", class_name, " of model '", layer_name(model), "' was read as a functional model."));
  return result;
}

}  // namespace cornu::saving
