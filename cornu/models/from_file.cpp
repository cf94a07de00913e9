#include "cornu/models/from_file.h"

#include <algorithm>
#include <set>

#include "cornu/models/sequential_network.h"

namespace cornu::models {
namespace {

// Every class that nothing is registered for, so that one run names them all.
void check_classes(const Json& object) {
  std::set<std::string> missing;
  const auto visit = [&](const auto& self, const Json& layer_list) -> void {
    if (!layer_list.is_array()) return;
    for (const Json& layer : layer_list) {
      if (!layer.is_object() || !layer.contains("class_name") || !layer["class_name"].is_string()) continue;
      const std::string name = layer["class_name"].get<std::string>();
      const bool nested = name == "Sequential" || name == "Functional" || name == "Model";
      if (nested && layer.contains("config") && layer["config"].is_object() && layer["config"].contains("layers"))
        self(self, layer["config"]["layers"]);
      if (!nested && !layers::registry().knows(name.substr(name.rfind('>') + 1))) {
        const Json& config = layer.contains("config") ? layer["config"] : Json();
        const bool named = config.is_object() && config.contains("name") && config["name"].is_string();
        missing.insert(cat(name, named ? " \"" + config["name"].get<std::string>() + "\"" : ""));
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

// Files hold the weights that are trained first. For a layer that holds layers this is not the order of get_weights().
std::vector<Variable> in_file_order(const Layer& layer) {
  std::vector<Variable> out = layer.weights();
  std::stable_partition(out.begin(), out.end(), [&](const Variable& v) { return layer.impl().trains(v); });
  return out;
}

}  // namespace

Layer network_from_config(const Json& architecture) {
  if (!architecture.is_object() || !architecture.contains("class_name") || !architecture["class_name"].is_string() ||
      !architecture.contains("config") || !architecture["config"].is_object())
    throw ValueError(cat("an architecture is {\"class_name\": ..., \"config\": {...}}\n  received: ",
                         dump_json(architecture).substr(0, 200)));
  check_classes(architecture);
  const std::string class_name = architecture["class_name"].get<std::string>();
  if (class_name == "Sequential") return sequential_from_config(architecture["config"]);
  throw NotSupportedError(
      cat("a model of class ", class_name, " cannot be built by this version\n  expected: Sequential"));
}

void assign_weights(const Layer& network, const saving::ModelFile& file) {
  // In order, as Keras does; files may hold groups for layers without weights.
  std::vector<std::pair<Layer, const saving::LayerWeights*>> pairs;
  std::vector<const saving::LayerWeights*> filled;
  for (const saving::LayerWeights& group : file.weights)
    if (!group.weights.empty()) filled.push_back(&group);
  std::size_t next = 0;
  for (const Layer& layer : network_of(network).layers()) {
    if (layer.weights().empty()) continue;
    if (next == filled.size())
      throw FileError(cat("the file holds no weights for layer \"", layer.name(), "\"\n  received: weights of ",
                          filled.size(), " layers"));
    pairs.emplace_back(layer, filled[next++]);
  }
  if (next != filled.size())
    throw FileError(cat("the file holds weights that no layer takes\n  received: \"", filled[next]->layer, "\" and ",
                        filled.size() - next - 1, " more"));
  for (const auto& [layer, group] : pairs) {
    const std::vector<Variable> own = in_file_order(layer);
    if (own.size() != group->weights.size())
      throw FileError(cat("layer \"", layer.name(), "\" received: ", group->weights.size(),
                          " arrays from the file\n  expected: ", own.size()));
    for (std::size_t i = 0; i < own.size(); ++i)
      if (own[i].shape() != group->weights[i].value.shape())
        throw FileError(cat("weight \"", own[i].path(), "\" received: shape ", group->weights[i].value.shape(),
                            " from the file\n  expected: ", own[i].shape()));
  }
  for (const auto& [layer, group] : pairs) {
    const std::vector<Variable> own = in_file_order(layer);
    for (std::size_t i = 0; i < own.size(); ++i) own[i].assign(group->weights[i].value);
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
  assign_weights(network, file);
  return network;
}

saving::ModelFile file_from_network(const Layer& network) {
  saving::ModelFile file;
  const NetworkImpl& impl = network_of(network);
  file.architecture = serialized_object("keras", network.class_name(), network.get_config());
  if (impl.built()) {
    Json shape = Json::array();
    for (const std::int64_t d : impl.build_shape()) shape.push_back(d < 0 ? Json(nullptr) : Json(d));
    file.architecture["build_config"] = Json{{"input_shape", shape}};
  }
  for (const Layer& layer : impl.layers()) {
    saving::LayerWeights group{layer.name(), {}};
    for (const Variable& v : in_file_order(layer)) group.weights.push_back({v.path(), v.value()});
    file.weights.push_back(std::move(group));
  }
  return file;
}

}  // namespace cornu::models
