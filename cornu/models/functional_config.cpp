// A functional network as Keras 3's configuration, and back.
#include <algorithm>
#include <map>
#include <set>

#include "cornu/core/judge_only.h"
#include "cornu/models/functional_network.h"

namespace cornu {
namespace {

// Keras's convention, for the lists of a model's inputs and outputs alone: a functional model begins with a call that
// stands for its own construction, so that its calls count from 1.
std::int64_t first_call(const Layer& layer) { return dynamic_cast<const FunctionalNetwork*>(&layer.impl()) ? 1 : 0; }

// ---- Writing

// The number of each call among the calls of its layer that belong to the network.
std::map<const Node*, std::int64_t> numbered(const std::vector<NodePtr>& nodes) {
  std::map<const LayerImpl*, std::vector<const Node*>> calls;
  for (const NodePtr& node : nodes) calls[&node->layer.impl()].push_back(node.get());
  std::map<const Node*, std::int64_t> out;
  for (auto& [layer, list] : calls) {
    std::sort(list.begin(), list.end(), [](const Node* a, const Node* b) { return a->number < b->number; });
    for (std::size_t i = 0; i < list.size(); ++i) out[list[i]] = static_cast<std::int64_t>(i);
  }
  return out;
}

using Numbers = std::map<const Node*, std::int64_t>;

Json tensor_config(const KerasTensor& tensor, const Numbers& numbers) {
  Json config = Json::object();
  config["shape"] = shape_json(tensor.shape());
  config["dtype"] = std::string(name_of(tensor.dtype()));
  config["keras_history"] = Json::array({tensor.layer().name(), numbers.at(tensor.node().get()), tensor.index()});
  return Json{{"class_name", "__keras_tensor__"}, {"config", std::move(config)}};
}

// A call's arguments with the tensors in their places.
Json filled(const Json& argument, const std::vector<KerasTensor>& inputs, const Numbers& numbers) {
  if (const std::optional<std::size_t> i = tensor_argument_index(argument)) return tensor_config(inputs[*i], numbers);
  Json out = argument;
  if (out.is_structured())
    for (Json& item : out) item = filled(item, inputs, numbers);
  return out;
}

Json endpoints(const OneOrMany<KerasTensor>& tensors, const Numbers& numbers) {
  const auto endpoint = [&](const KerasTensor& t) {
    return Json::array({t.layer().name(), numbers.at(t.node().get()) + first_call(t.layer()), t.index()});
  };
  if (tensors.is_one()) return endpoint(tensors.values()[0]);
  Json out = tensors.is_dict() ? Json::object() : Json::array();
  for (std::size_t i = 0; i < tensors.size(); ++i)
    if (tensors.is_dict())
      out[tensors.names()[i]] = endpoint(tensors.values()[i]);
    else
      out.push_back(endpoint(tensors.values()[i]));
  return out;
}

// ---- Reading

struct Call {
  Layer layer;
  Json args, kwargs;
};

class Reader {
 public:
  explicit Reader(const Json& config) : reader_(config, "Functional"), name_(reader_.text("name", "")) {}

  Layer read() {
    const Json list = reader_.json("layers");
    if (!list.is_array()) fail("has no list of layers", list);
    for (const Json& layer : list) read_layer(layer);
    make_calls();
    auto network = std::make_shared<FunctionalNetwork>(endpoints(reader_.json("input_layers")),
                                                       endpoints(reader_.json("output_layers")), name_);
    // Its layers say themselves what is frozen.
    if (!reader_.boolean("trainable", true)) network->LayerImpl::set_trainable(false);
    return Layer(std::move(network));
  }

 private:
  [[noreturn]] void fail(const std::string& what, const Json& received) const {
    throw ValueError(
        cat("functional model \"", name_, "\" ", what, "\n  received: ", dump_json(received).substr(0, 300)));
  }

  void read_layer(const Json& object) {
    const Layer layer = layers::deserialize(object);
    if (!layers_.emplace(layer.name(), layer).second) fail(cat("has two layers named \"", layer.name(), "\""), {});
    order_.push_back(layer.name());
    if (layer.class_name() == "InputLayer") calls_made_[layer.name()] = {input_tensor(layer)};
    const Json nodes = object.contains("inbound_nodes") ? object["inbound_nodes"] : Json::array();
    if (!nodes.is_array()) fail(cat("calls layer \"", layer.name(), "\" with no list"), nodes);
    for (const Json& node : nodes) {
      if (!node.is_object() || !node.contains("args") || !node["args"].is_array() || !node.contains("kwargs") ||
          !node["kwargs"].is_object())
        fail(cat("calls layer \"", layer.name(), "\" with no {\"args\": [...], \"kwargs\": {...}}"), node);
      waiting_[layer.name()].push_back({layer, node["args"], node["kwargs"]});
    }
  }

  // A call is made when everything that it needs is there; Keras's order of layers gives the order of calls.
  void make_calls() {
    for (bool progress = true; progress && !waiting_.empty();) {
      progress = false;
      for (const std::string& name : order_) {
        const auto at = waiting_.find(name);
        if (at == waiting_.end()) continue;
        std::vector<Call>& calls = at->second;
        std::size_t done = 0;
        while (done < calls.size() && make(calls[done])) ++done;
        progress = progress || done > 0;
        calls.erase(calls.begin(), calls.begin() + static_cast<std::ptrdiff_t>(done));
        if (calls.empty()) waiting_.erase(at);
      }
    }
    if (waiting_.empty()) return;
    std::vector<std::string> names;
    for (const auto& [name, calls] : waiting_) names.push_back(name);
    fail("has calls that wait for each other, or for a layer that is not there; those of " + join(names, ", "), {});
  }

  // False while a tensor is missing.
  bool make(const Call& call) {
    Node node;
    node.layer = call.layer;
    bool complete = true;
    node.args = taken(call.args, call.layer, node.inputs, complete);
    node.kwargs = taken(call.kwargs, call.layer, node.inputs, complete);
    if (!complete) return false;
    if (node.inputs.empty()) fail(cat("calls layer \"", call.layer.name(), "\" without tensors"), call.args);
    // The network holds its calls, but only once it is there.
    calls_made_[call.layer.name()].push_back(make_call(std::move(node)).at(0));
    return true;
  }

  // The argument with tensors replaced by their numbers in `inputs`.
  Json taken(const Json& argument, const Layer& layer, std::vector<KerasTensor>& inputs, bool& complete) {
    if (argument.is_object() && argument.contains("class_name") && argument["class_name"] == "__keras_tensor__") {
      const KerasTensor tensor = find(argument, complete);
      inputs.push_back(tensor);
      return tensor_argument(inputs.size() - 1);
    }
    Json out = argument;
    if (argument.is_array())
      for (Json& item : out) item = taken(item, layer, inputs, complete);
    if (argument.is_object())
      for (const std::string& key : order_of(argument, layer)) out[key] = taken(argument[key], layer, inputs, complete);
    return out;
  }

  // Tensors in a dict are inputs of a model: by its inputs' names.
  static std::vector<std::string> order_of(const Json& dict, const Layer& layer) {
    std::vector<std::string> keys;
    if (const auto* network = dynamic_cast<const NetworkImpl*>(&layer.impl()); network && network->built())
      for (const TensorSpec& input : network->inputs())
        if (dict.contains(input.name)) keys.push_back(input.name);
    for (const auto& [key, value] : dict.items())
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
    return keys;
  }

  KerasTensor find(const Json& tensor, bool& complete) {
    const Json history = tensor.contains("config") && tensor["config"].is_object()
                             ? tensor["config"].value("keras_history", Json())
                             : Json();
    return find_endpoint(history, 0, &complete);
  }

  // [layer, call, output]. A call that was not made yet sets *complete to false; without `complete` it is an error.
  KerasTensor find_endpoint(const Json& history, std::int64_t first, bool* complete) {
    if (!history.is_array() || history.size() != 3 || !history[0].is_string() || !history[1].is_number_integer() ||
        !history[2].is_number_integer())
      fail("refers to a tensor by other than [layer, call, output]", history);
    const std::string name = history[0].get<std::string>();
    if (!layers_.contains(name)) fail(cat("refers to layer \"", name, "\", which it has not"), history);
    const std::vector<KerasTensor>& calls = calls_made_[name];
    const auto count = static_cast<std::int64_t>(calls.size());
    std::int64_t call = history[1].get<std::int64_t>() - first;
    if (call < 0 && first > 0) call += count;  // as Python counts: files of some versions begin at 0
    if (call >= count && complete) {
      *complete = false;
      return {};
    }
    const std::int64_t output = history[2].get<std::int64_t>();
    if (call < 0 || call >= count || output < 0 ||
        output >= static_cast<std::int64_t>(calls[static_cast<std::size_t>(call)].node()->outputs.size()))
      fail(cat("refers to a call or output of layer \"", name, "\" that there is not"), history);
    return {calls[static_cast<std::size_t>(call)].node(), static_cast<int>(output)};
  }

  OneOrMany<KerasTensor> endpoints(const Json& json) {
    const auto leaf = [&](const Json& item) {
      const bool named = item.is_array() && !item.empty() && item[0].is_string() && layers_.contains(item[0]);
      return find_endpoint(item, named ? first_call(layers_.at(item[0].get<std::string>())) : 0, nullptr);
    };
    if (json.is_array() && !json.empty() && json[0].is_string()) return leaf(json);
    if (!json.is_structured()) fail("has no inputs or no outputs", json);
    if (json.is_array()) {
      std::vector<KerasTensor> list;
      for (const Json& item : json) list.push_back(leaf(item));
      return list;
    }
    OneOrMany<KerasTensor> dict;
    for (const auto& [key, item] : json.items()) dict.add(key, leaf(item));
    return dict;
  }

  ConfigReader reader_;
  std::string name_;
  std::map<std::string, Layer> layers_;
  std::vector<std::string> order_;
  std::map<std::string, std::vector<Call>> waiting_;
  std::map<std::string, std::vector<KerasTensor>> calls_made_;
};

}  // namespace

Json FunctionalNetwork::config() const {
  if constexpr (kJudgeOnly) return nullptr;
  const Numbers numbers = numbered(map_.nodes);
  std::map<const LayerImpl*, std::map<std::int64_t, const Node*>> calls;
  for (const NodePtr& node : map_.nodes) calls[&node->layer.impl()][node->number] = node.get();
  Json out = Json::object();
  out["name"] = name();
  out["trainable"] = trainable();
  out["layers"] = Json::array();
  for (const Layer& layer : map_.operations) {
    Json object = layer.serialize();
    object["name"] = layer.name();
    object["inbound_nodes"] = Json::array();
    for (const auto& [number, node] : calls[&layer.impl()])
      if (!node->is_input())
        object["inbound_nodes"].push_back(Json{{"args", filled(node->args, node->inputs, numbers)},
                                               {"kwargs", filled(node->kwargs, node->inputs, numbers)}});
    out["layers"].push_back(std::move(object));
  }
  out["input_layers"] = endpoints(inputs_, numbers);
  out["output_layers"] = endpoints(outputs_, numbers);
  return out;
}

// A model whose inputs are a dict is called with a dict.
Json FunctionalNetwork::call_structure(const std::vector<Json>& inputs, bool list) const {
  if (!inputs_.is_dict() || inputs.size() != inputs_.size()) return NetworkImpl::call_structure(inputs, list);
  const std::vector<TensorSpec> flat = this->inputs();
  Json dict = Json::object();
  for (const std::string& name : inputs_.names())
    for (std::size_t i = 0; i < flat.size(); ++i)
      if (flat[i].name == name) dict[name] = inputs[i];
  return Json::array({dict});
}

Json FunctionalNetwork::serialize() const {
  if constexpr (kJudgeOnly) return nullptr;
  Json out = serialized_object("keras.src.models.functional", class_name(), config());
  out["registered_name"] = class_name();
  out["build_config"] = Json{{"input_shape", nullptr}};
  out["compile_config"] = Json::object();
  return out;
}

Layer models::functional_from_config(const Json& config) { return Reader(config).read(); }

}  // namespace cornu
