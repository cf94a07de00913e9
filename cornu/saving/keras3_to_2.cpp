// The other direction: a model in Keras 3's words as Keras 2 (tf-keras) has it. What Keras 2 has no word for is a named
// error, all of it at once.
#include <algorithm>
#include <array>

#include "cornu/core/beside.h"
#include "cornu/core/error.h"
#include "cornu/saving/config_words.h"
#include "cornu/saving/keras3_to_2.h"
#include "cornu/saving/slot_layouts.h"

namespace cornu::saving {
namespace {

using Problems = std::vector<std::string>;

// Classes of Keras 3 that Keras 2 does not have.
constexpr std::array<std::string_view, 8> kNotInKeras2{
    "RMSNormalization",     "AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D",
    "AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D",     "AdaptiveMaxPooling3D",     "ReversibleEmbedding"};
// Keys that Keras 2 does not take. Their values must say nothing, or the layer means something else there.
constexpr std::array<std::string_view, 10> kNewKeys{
    "optional", "quantization_config", "input_axes",      "output_axes", "synchronized",
    "renorm",   "renorm_clipping",     "renorm_momentum", "rms_scaling", "zero_output_for_mask"};

bool is_new(const std::string& key) { return std::find(kNewKeys.begin(), kNewKeys.end(), key) != kNewKeys.end(); }

Json layer_to_2(const Json& layer, Problems& problems);

Json value_to_2(const std::string& key, const Json& value, const std::string& where, Problems& problems) {
  if (value.is_object() && value.contains("class_name")) {
    if (class_of(value) == "DTypePolicy") {
      const std::string name = get_text(config_of(value), "name", "float32");
      if (name == "float32" || name == "float64") return name;
      return Json{{"class_name", "Policy"}, {"config", {{"name", name}}}};
    }
    if (class_of(value) == "function") {
      const std::string name = get_text(value, "config");
      return name == "hard_sigmoid_keras2" ? "hard_sigmoid" : name;
    }
    if (get_text(value, "module") == "keras.layers") return layer_to_2(value, problems);
    Json config = Json::object();
    if (config_of(value).is_object())
      for (const auto& [word, inner] : config_of(value).items())
        if (!is_new(word)) config[word] = value_to_2(word, inner, where, problems);
    return Json{{"class_name", class_of(value)}, {"config", std::move(config)}};
  }
  if (key == "activation" || key == "recurrent_activation") {
    if (value == "silu") return "swish";
    for (const char* other : {"hard_sigmoid", "hard_silu", "hard_swish", "log_sigmoid", "glu", "celu", "squareplus",
                              "sparse_plus", "sparsemax", "hard_tanh", "tanh_shrink", "soft_shrink", "hard_shrink",
                              "threshold", "sparse_sigmoid", "log_softmax", "leaky_relu"})
      if (value == other) problems.push_back(cat(where, ": activation \"", other, "\" of Keras 3"));
  }
  return value;
}

Json config_to_2(const Json& layer, Problems& problems) {
  const std::string class_name = class_of(layer), where = cat("layer \"", layer_name(layer), "\" (", class_name, ")");
  Json out = Json::object();
  for (const auto& [key, value] : config_of(layer).items()) {
    if (is_new(key)) {
      if (value == true || (key == "quantization_config" && !value.is_null()))
        problems.push_back(cat(where, ": ", key, " = ", dump_json(value)));
      continue;
    }
    std::string word = key;
    if (class_name == "InputLayer" && key == "batch_shape") word = "batch_input_shape";
    if (class_name == "LeakyReLU" && key == "negative_slope") word = "alpha";
    out[word] = value_to_2(key, value, where, problems);
  }
  return out;
}

// {"args": [tensor or list], "kwargs"} -> [[layer, call, tensor, kwargs], ...]. Models used as layers count their own
// construction as call 0.
class Calls {
 public:
  Calls(const Json& layers, Problems& problems) : problems_(problems) {
    for (const Json& layer : layers)
      if (is_model(layer)) models_.push_back(layer_name(layer));
  }

  Json reference(const Json& history) const {
    Json out = history;
    if (std::find(models_.begin(), models_.end(), history[0].get<std::string>()) != models_.end())
      out[1] = history[1].get<std::int64_t>() + 1;
    return out;
  }

  Json call(const Json& node, const std::string& layer) const {
    Json kwargs = Json::object();
    for (const auto& [key, value] : get(node, "kwargs").items()) {
      if (value.is_null()) continue;
      if (value.is_structured()) problems_.push_back(cat("layer \"", layer, "\": a call with the argument ", key));
      kwargs[key] = value;
    }
    Json out = Json::array();
    const Json& args = get(node, "args");
    if (args.size() != 1) problems_.push_back(cat("layer \"", layer, "\": a call with ", args.size(), " arguments"));
    if (!args.empty()) add(args[0], kwargs, layer, out);
    return out;
  }

 private:
  void add(const Json& value, const Json& kwargs, const std::string& layer, Json& out) const {
    if (class_of(value) == "__keras_tensor__") {
      Json entry = reference(config_of(value)["keras_history"]);
      entry.push_back(kwargs);
      out.push_back(std::move(entry));
    } else if (value.is_array()) {
      for (const Json& item : value) add(item, kwargs, layer, out);
    } else {
      problems_.push_back(cat("layer \"", layer, "\": a constant as input"));
    }
  }

  std::vector<std::string> models_;
  Problems& problems_;
};

// ["x", 0, 0], a list of such, or a dict. Here Keras 3 counts a functional model's construction already.
Json endpoints_to_2(const Json& value, const Json& layers) {
  if (value.is_array() && value.size() == 3 && value[0].is_string() && value[1].is_number()) {
    Json out = value;
    for (const Json& layer : layers)
      if (class_of(layer) == "Sequential" && layer_name(layer) == value[0]) out[1] = value[1].get<std::int64_t>() + 1;
    return Json::array({std::move(out)});
  }
  Json out = value.is_object() ? Json::object() : Json::array();
  for (const auto& [key, item] : value.items()) {
    Json one = endpoints_to_2(item, layers);
    if (value.is_object())
      out[key] = one.size() == 1 ? one[0] : one;
    else
      for (Json& entry : one) out.push_back(std::move(entry));
  }
  return out;
}

Json model_to_2(const Json& model, Problems& problems) {
  const Json& config = config_of(model);
  Json out = Json{{"name", layer_name(model)}};
  if (get(config, "trainable") == false) out["trainable"] = false;
  Json layers = Json::array();
  const bool functional = class_of(model) != "Sequential";
  const Calls calls(layers_of(model), problems);
  for (const Json& layer : layers_of(model)) {
    Json old = layer_to_2(layer, problems);
    if (functional) {
      old["name"] = layer_name(layer);
      old["inbound_nodes"] = Json::array();
      for (const Json& node : get(layer, "inbound_nodes"))
        old["inbound_nodes"].push_back(calls.call(node, layer_name(layer)));
    }
    layers.push_back(std::move(old));
  }
  out["layers"] = std::move(layers);
  if (functional)
    for (const char* key : {"input_layers", "output_layers"})
      out[key] = endpoints_to_2(get(config, key), layers_of(model));
  return Json{{"class_name", functional ? "Functional" : "Sequential"}, {"config", std::move(out)}};
}

Json layer_to_2(const Json& layer, Problems& problems) {
  if (is_model(layer)) return model_to_2(layer, problems);
  const std::string class_name = class_of(layer), where = cat("layer \"", layer_name(layer), "\"");
  if (starts_with(get_text(layer, "module"), "keras.src.ops"))
    problems.push_back(cat(where, ": the operation ", class_name));
  if (std::find(kNotInKeras2.begin(), kNotInKeras2.end(), class_name) != kNotInKeras2.end())
    problems.push_back(cat(where, ": the class ", class_name));
  if (get(get(layer, kBeside), "half_padding") == true)
    problems.push_back(cat(where, ": padding \"same\" as Theano has it"));
  const std::string registered = get_text(layer, "registered_name");
  return Json{{"class_name", registered.find('>') != std::string::npos ? registered : class_name},
              {"config", config_to_2(layer, problems)}};
}

// --- Training

Json plain_objects(const Json& value, Problems& problems) {
  if (value.is_object() && value.contains("class_name"))
    return value_to_2("", value, "compile configuration", problems);
  Json out = value;
  if (value.is_structured())
    for (Json& item : out) item = plain_objects(item, problems);
  return out;
}

// Marked as computing as the legacy classes did: then it is one of those.
bool is_legacy(const Json& optimizer) { return optimizer.contains(kBeside); }

Json optimizer_to_2(const Json& optimizer, Problems& problems) {
  Json config = Json::object();
  for (const auto& [key, value] : config_of(optimizer).items()) {
    if (key == "loss_scale_factor" || key == "gradient_accumulation_steps") {
      if (!value.is_null()) problems.push_back(cat("optimizer ", class_of(optimizer), ": ", key));
      continue;
    }
    config[key] = value_to_2(key, value, "optimizer", problems);
  }
  for (const char* missing : {"Lamb", "Muon", "ScheduleFreeAdamW", "LossScaleOptimizer"})
    if (class_of(optimizer) == missing) problems.push_back(cat("optimizer ", missing));
  if (!is_legacy(optimizer)) {
    config["is_legacy_optimizer"] = false;
    return Json{{"class_name", cat("Custom>", class_of(optimizer))}, {"config", std::move(config)}};
  }
  for (const char* key : {"weight_decay", "use_ema", "ema_momentum", "ema_overwrite_frequency"}) {
    if (get(config, key).is_number() && std::string(key) == "weight_decay")
      problems.push_back(cat("legacy optimizer ", class_of(optimizer), ": weight_decay"));
    config.erase(key);
  }
  for (const char* key : {"clipnorm", "global_clipnorm", "clipvalue"})
    if (get(config, key).is_null()) config.erase(key);
  if (class_of(optimizer) == "Nadam") config["decay"] = get(optimizer[kBeside], "schedule_decay");
  return Json{{"class_name", class_of(optimizer)}, {"config", std::move(config)}};
}

std::vector<NamedTensor> state_to_2(const ModelFile& file) {
  const Json& optimizer = get(*file.compile_config, "optimizer");
  const Json& config = config_of(optimizer);
  const OptimizerFamily family = is_legacy(optimizer) ? OptimizerFamily::kTfLegacy : OptimizerFamily::kTfNew;
  std::vector<TrainableWeight> weights;
  for (const WeightPosition at : trainable_weights(file.architecture, file.weights)) {
    const NamedTensor& weight = file.weights[at.layer].weights[at.weight];
    weights.push_back({weight.name, weight.name, weight.value.shape(), {}});
  }
  std::vector<std::size_t> order(weights.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto layout = keras3_layout(class_of(optimizer), config);
  const std::vector<SlotLayout> stored = stored_layouts(class_of(optimizer), config, family);
  if (!layout || stored.empty() || file.optimizer.empty()) return {};
  const auto now = places_of(*layout, class_of(optimizer), config, weights, order, OptimizerFamily::kKeras3);
  const std::size_t first = get(config, "learning_rate").is_number() ? 2 : 1;
  if (file.optimizer.size() != first + now.size()) return {};
  std::vector<NamedTensor> out{{"iteration:0", file.optimizer[0].value.astype(int64)}};
  for (const SlotPlace& place : places_of(stored[0], class_of(optimizer), config, weights, order, family))
    for (std::size_t i = 0; i < now.size(); ++i)
      if (now[i].slot == place.slot && now[i].weight == place.weight) {
        const std::string path = place.weight == SlotPlace::kNone ? "" : "/" + weights[place.weight].path;
        out.push_back({cat(class_of(optimizer), "/", place.slot, path, ":0"), file.optimizer[first + i].value});
      }
  return out;
}

}  // namespace

Keras2File keras3_to_2(const ModelFile& file, const std::string& shown) {
  Problems problems;
  Keras2File out;
  out.model_config = layer_to_2(file.architecture, problems);
  for (const LayerWeights& layer : file.weights) {
    LayerWeights named{layer.layer, {}};
    for (const NamedTensor& weight : layer.weights) named.weights.push_back({weight.name + ":0", weight.value});
    out.weights.push_back(std::move(named));
  }
  if (file.compile_config && get(*file.compile_config, "optimizer").is_object()) {
    const Json& compile = *file.compile_config;
    Json training = Json::object();
    for (const char* key : {"loss", "metrics", "weighted_metrics"})
      training[key] = plain_objects(get(compile, key), problems);
    training["loss_weights"] = get(compile, "loss_weights");
    training["optimizer_config"] = optimizer_to_2(compile["optimizer"], problems);
    out.training_config = std::move(training);
    out.optimizer = state_to_2(file);
  }
  if (!problems.empty())
    throw NotSupportedError(cat("cannot write '", shown,
                                "' for Keras 2\n  received: ", join(problems, "\n            "),
                                "\n  expected: what Keras 2 has too\n  way out: --keras-version 3"));
  return out;
}

}  // namespace cornu::saving
