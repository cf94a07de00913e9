#include "cornu/models/from_file.h"

#include <map>
#include <set>

#include "cornu/layers/core/operation.h"
#include "cornu/models/functional_network.h"
#include "cornu/models/sequential_network.h"

namespace cornu::models {
namespace {

bool is_network(const std::string& class_name) {
  return class_name == "Sequential" || class_name == "Functional" || class_name == "Model";
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

// Every class that nothing is registered for, so that one run names them all.
void check_classes(const Json& object) {
  std::set<std::string> missing;
  const auto visit = [&](const auto& self, const Json& layer_list) -> void {
    if (!layer_list.is_array()) return;
    for (const Json& layer : layer_list) {
      if (!layer.is_object() || !layer.contains("class_name") || !layer["class_name"].is_string()) continue;
      const std::string name = layer["class_name"].get<std::string>();
      const bool nested = is_network(name);
      if (nested && layer.contains("config") && layer["config"].is_object() && layer["config"].contains("layers"))
        self(self, layer["config"]["layers"]);
      if (!nested && !layers::is_operation(layer) && !layers::registry().knows(name.substr(name.rfind('>') + 1))) {
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

// The order in which files list a layer's weights: what is trained comes first. For a layer that holds layers this is
// not the order of get_weights().
std::vector<Variable> in_file_order(const Layer& layer) {
  std::vector<Variable> out = layer.trainable_weights();
  const std::vector<Variable> others = layer.non_trainable_weights();
  out.insert(out.end(), others.begin(), others.end());
  return out;
}

// "outer/block/dense/kernel" -> "dense/kernel".
std::string last_two(const std::string& path) {
  const std::size_t last = path.rfind('/');
  const std::size_t before = last == std::string::npos || last == 0 ? last : path.rfind('/', last - 1);
  return before == std::string::npos ? path : path.substr(before + 1);
}

// Where in the group each variable stands: by names where all of them say it (old versions of Keras froze models
// otherwise, and so had another order), else one after the other.
std::vector<std::size_t> places_in(const saving::LayerWeights& group, const std::vector<Variable>& own) {
  std::map<std::string, std::size_t> by_name;
  for (std::size_t i = 0; i < group.weights.size(); ++i) by_name.emplace(last_two(group.weights[i].name), i);
  std::vector<std::size_t> places;
  std::set<std::size_t> used;
  for (const Variable& v : own)
    if (const auto at = by_name.find(last_two(v.path())); at != by_name.end() && used.insert(at->second).second)
      places.push_back(at->second);
  if (places.size() == own.size()) return places;
  places.clear();
  for (std::size_t i = 0; i < own.size(); ++i) places.push_back(i);
  return places;
}

}  // namespace

Layer network_from_config(const Json& architecture) {
  if (!architecture.is_object() || !architecture.contains("class_name") || !architecture["class_name"].is_string() ||
      !architecture.contains("config") || !architecture["config"].is_object())
    throw ValueError(cat("an architecture is {\"class_name\": ..., \"config\": {...}}\n  received: ",
                         dump_json(architecture).substr(0, 200)));
  register_networks();
  check_classes(architecture);
  const std::string class_name = architecture["class_name"].get<std::string>();
  if (!is_network(class_name))
    throw NotSupportedError(cat("a model of class ", class_name,
                                " cannot be built by this version\n  expected: Sequential, Functional or Model"));
  return layers::registry().make(class_name, architecture["config"]);
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
  std::vector<std::pair<Variable, const Tensor*>> values;
  for (const auto& [layer, group] : pairs) {
    const std::vector<Variable> own = in_file_order(layer);
    if (own.size() != group->weights.size())
      throw FileError(cat("layer \"", layer.name(), "\" received: ", group->weights.size(),
                          " arrays from the file\n  expected: ", own.size()));
    const std::vector<std::size_t> places = places_in(*group, own);
    for (std::size_t i = 0; i < own.size(); ++i) {
      const Tensor& value = group->weights[places[i]].value;
      if (own[i].shape() != value.shape())
        throw FileError(cat("weight \"", own[i].path(), "\" received: shape ", value.shape(),
                            " from the file\n  expected: ", own[i].shape()));
      values.emplace_back(own[i], &value);
    }
  }
  for (const auto& [variable, value] : values) variable.assign(*value);
}

// Theano turns kernels by 180 degrees: with kernels as they stand the numbers would be wrong.
void refuse_turned_kernels(const saving::ModelFile& file, const Layer& network) {
  if (file.backend != "theano") return;
  for (const Layer& layer : network_of(network).layers()) {
    if (is_network(layer.class_name())) refuse_turned_kernels(file, layer);
    if (layer.class_name().find("Conv") != std::string::npos)
      throw FileError(cat("layer \"", layer.name(), "\" (", layer.class_name(), ") of a file written on Theano, Keras ",
                          file.keras_version, "\n  received: kernels that Theano turns by 180 degrees\n  expected: ",
                          "kernels as TensorFlow has them\n  way out: open the file with Keras 2 on TensorFlow, which ",
                          "turns them, and save it again"));
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
  refuse_turned_kernels(file, network);
  assign_weights(network, file);
  return network;
}

saving::ModelFile file_from_network(const Layer& network) {
  saving::ModelFile file;
  const NetworkImpl& impl = network_of(network);
  file.architecture = network.serialize();
  file.architecture.erase("compile_config");  // whoever compiles says it
  for (const Layer& layer : impl.layers()) {
    saving::LayerWeights group{layer.name(), {}};
    for (const Variable& v : in_file_order(layer)) group.weights.push_back({v.path(), v.value()});
    file.weights.push_back(std::move(group));
  }
  return file;
}

}  // namespace cornu::models
