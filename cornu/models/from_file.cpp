#include "cornu/models/from_file.h"

#include <set>

#include "cornu/layers/core/operation.h"
#include "cornu/models/assign_weights.h"
#include "cornu/models/functional_network.h"
#include "cornu/models/sequential_network.h"
#include "cornu/saving/scan.h"

namespace cornu::models {
namespace {

bool is_network(const Json& object) {
  const std::string class_name = object["class_name"].get<std::string>();
  return !is_foreign(object) && (class_name == "Sequential" || class_name == "Functional" || class_name == "Model");
}

// Models are layers, too; the floor of the layers does not know them.
void register_networks() {
  static const bool done = [] {
    layers::registry().add("Sequential", {}, sequential_from_config);
    layers::registry().add("Functional", {}, functional_from_config);
    layers::registry().add("Model", {}, functional_from_config);  // before Keras 2.4
    return true;
  }();
  static_cast<void>(done);
}

// What to know about a class that would run code, or that nobody but its writer has.
std::string why_not(const Json& layer) {
  const auto danger = saving::dangerous_class(layer, false);
  if (!danger) return "";
  return cat(" (", danger->what, "; no code of a file is ever run",
             danger->instead.empty() ? "" : "; the same without code: " + danger->instead, ")");
}

// Every class that nothing is registered for, so that one run names them all.
void check_classes(const Json& object) {
  std::set<std::string> missing;
  const auto visit = [&](const auto& self, const Json& layer_list) -> void {
    if (!layer_list.is_array()) return;
    for (const Json& layer : layer_list) {
      if (!layer.is_object() || !layer.contains("class_name") || !layer["class_name"].is_string()) continue;
      const bool nested = is_network(layer);
      if (nested && layer.contains("config") && layer["config"].is_object() && layer["config"].contains("layers"))
        self(self, layer["config"]["layers"]);
      if (!nested && !layers::is_operation(layer) && !layers::registry().knows_object(layer)) {
        const Json& config = layer.contains("config") ? layer["config"] : Json();
        const bool named = config.is_object() && config.contains("name") && config["name"].is_string();
        missing.insert(
            cat(full_name(layer), named ? " \"" + config["name"].get<std::string>() + "\"" : "", why_not(layer)));
      }
    }
  };
  if (object.contains("config") && object["config"].is_object() && object["config"].contains("layers"))
    visit(visit, object["config"]["layers"]);
  if (!missing.empty())
    throw NotSupportedError(cat("the model holds layers that this version cannot build\n  received: ",
                                join({missing.begin(), missing.end()}, ", "),
                                "\n  known are: ", join(layers::registry().names(), ", "),
                                "\n  your own class: register it before loading (layers::registry().add)"));
}

// What stands in the way of each layer alone, so that one run names all of it.
void collect_problems(const Json& layer_list, std::vector<std::string>& problems) {
  if (!layer_list.is_array()) return;
  for (const Json& layer : layer_list) {
    if (!layer.is_object() || !layer.contains("class_name") || !layer.contains("config")) continue;
    const Json& config = layer["config"];
    if (layer["class_name"].is_string() && is_network(layer)) {
      if (config.is_object() && config.contains("layers")) collect_problems(config["layers"], problems);
      continue;
    }
    if (layers::is_operation(layer)) continue;
    try {
      (void)layers::deserialize(layer);
    } catch (const Error& error) {
      problems.emplace_back(error.what());
    }
  }
}

// Throws the error again, with those of the other layers when there are more.
[[noreturn]] void throw_all(const Json& architecture, const Error& first) {
  std::vector<std::string> problems;
  collect_problems(architecture["config"].contains("layers") ? architecture["config"]["layers"] : Json(), problems);
  if (problems.size() < 2) throw;
  const std::string text = cat(problems.size(), " layers of the model cannot be built\n", join(problems, "\n"));
  if (dynamic_cast<const NotSupportedError*>(&first) != nullptr) throw NotSupportedError(text);
  throw ValueError(text);
}

}  // namespace

Layer network_from_config(const Json& architecture) {
  if (!architecture.is_object() || !architecture.contains("class_name") || !architecture["class_name"].is_string() ||
      !architecture.contains("config") || !architecture["config"].is_object())
    throw ValueError(cat("an architecture is {\"class_name\": ..., \"config\": {...}}\n  received: ",
                         dump_json(architecture).substr(0, 200)));
  register_networks();
  check_classes(architecture);
  if (!is_network(architecture))
    throw NotSupportedError(cat("a model of class ", full_name(architecture),
                                " cannot be built by this version\n  expected: Sequential, Functional or Model"));
  try {
    return layers::registry().make(architecture["class_name"].get<std::string>(), architecture["config"]);
  } catch (const Error& error) {
    throw_all(architecture, error);
  }
}

Layer network_from_file(const saving::ModelFile& file) {
  Layer network = network_from_config(file.architecture);
  if (!network.built() && !file.weights.empty())
    for (const saving::LayerWeights& group : file.weights)
      if (!group.weights.empty())
        throw FileError(
            cat("the file does not say the shape of the model's input, so its weights have no place\n  received: ",
                "a model without input shape and weights of layer \"", group.layer, "\""));
  assign_weights(network, file.weights);
  return network;
}

Json architecture_of(const Layer& network) {
  Json out = network.serialize();
  out.erase("compile_config");  // whoever compiles says it
  return out;
}

saving::ModelFile file_from_network(const Layer& network) {
  saving::ModelFile file;
  const NetworkImpl& impl = network_of(network);
  file.architecture = architecture_of(network);
  for (const Layer& layer : impl.layers()) {
    saving::LayerWeights group{layer.name(), {}};
    for (const Variable& v : in_file_order(layer)) group.weights.push_back({v.path(), v.value()});
    file.weights.push_back(std::move(group));
  }
  return file;
}

}  // namespace cornu::models
