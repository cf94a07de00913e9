// Calling layers on symbolic tensors.
#include "cornu/layers/keras_tensor.h"

#include <algorithm>

#include "cornu/layers/core/input_layer.h"
#include "cornu/layers/node.h"

namespace cornu {
namespace {

constexpr const char* kTensorArgument = "__keras_tensor__";

const Node::Output& output_of(const KerasTensor& tensor) {
  if (!tensor) throw ValueError("an empty symbolic tensor\n  expected: one that Input() or a layer gave");
  return tensor.node()->outputs.at(static_cast<std::size_t>(tensor.index()));
}

std::vector<Shape> shapes_of(const std::vector<KerasTensor>& tensors) {
  std::vector<Shape> out;
  for (const KerasTensor& t : tensors) out.push_back(t.shape());
  return out;
}

std::vector<KerasTensor> outputs_of(const std::shared_ptr<const Node>& node) {
  std::vector<KerasTensor> out;
  for (std::size_t i = 0; i < node->outputs.size(); ++i) out.emplace_back(node, static_cast<int>(i));
  return out;
}

// What Keras keeps beside the tensors: what the user says; and, only where it did not have to convert an argument, what
// call() has as defaults.
Json call_arguments(const LayerImpl& layer, const std::vector<KerasTensor>& inputs, bool list,
                    const CallOptions& options) {
  Json out = Json::object();
  if (options.training) out["training"] = *options.training;
  const bool converts = options.training || inputs.size() != 1 || inputs[0].dtype() != layer.input_dtype();
  if (converts && !layer.keeps_structure()) return out;
  const Json defaults = layer.default_call_arguments();
  for (const auto& [key, value] : defaults.items()) {
    if (out.contains(key)) continue;
    out[key] = key == "mask" ? layer.call_structure(std::vector<Json>(inputs.size()), list)[0] : value;
  }
  return out;
}

std::vector<KerasTensor> call(const Layer& layer, const std::vector<KerasTensor>& inputs, bool list,
                              const CallOptions& options) {
  if (!layer) throw ValueError("an empty layer was called");
  if (inputs.empty())
    throw ValueError(cat("layer \"", layer.name(), "\" received: no inputs\n  expected: one or more"));
  list = layer.impl().takes_list() || (list && layer.impl().keeps_structure());
  Node node;
  node.layer = layer;
  node.inputs = inputs;
  node.kwargs = call_arguments(layer.impl(), inputs, list, options);
  std::vector<Json> tensors;
  for (std::size_t i = 0; i < inputs.size(); ++i) tensors.push_back(tensor_argument(i));
  node.args = layer.impl().call_structure(tensors, list);
  return make_call(std::move(node));
}

KerasTensor only(const Layer& layer, const char* what, const std::vector<KerasTensor>& tensors) {
  if (tensors.size() != 1)
    throw ValueError(cat("\"", layer.name(), "\" has ", tensors.size(), " ", what,
                         "s\n  expected: one; for several: layer.call({...}), model.inputs(), model.outputs()"));
  return tensors[0];
}

bool only_tensors(const Json& argument) {
  if (tensor_argument_index(argument)) return true;
  return argument.is_structured() && std::all_of(argument.begin(), argument.end(), only_tensors);
}

bool only_nulls(const Json& mask) {
  if (mask.is_structured()) return std::all_of(mask.begin(), mask.end(), only_nulls);
  return mask.is_null();
}

}  // namespace

const Shape& KerasTensor::shape() const { return output_of(*this).shape; }
DType KerasTensor::dtype() const { return output_of(*this).dtype; }
const std::string& KerasTensor::name() const { return output_of(*this).name; }

const Layer& KerasTensor::layer() const {
  output_of(*this);
  return node_->layer;
}

Json tensor_argument(std::size_t i) { return Json{{"class_name", kTensorArgument}, {"config", Json{{"input", i}}}}; }

std::optional<std::size_t> tensor_argument_index(const Json& argument) {
  if (!argument.is_object() || !argument.contains("class_name") || argument["class_name"] != kTensorArgument)
    return std::nullopt;
  return argument["config"]["input"].get<std::size_t>();
}

std::vector<KerasTensor> make_call(Node call) {
  const auto node = std::make_shared<Node>(std::move(call));
  LayerImpl& layer = node->layer.impl();
  layer.check_call(node->args, node->kwargs);
  const std::vector<Shape> shapes = shapes_of(node->inputs);
  layer.ensure_all_built(shapes);
  std::vector<DType> dtypes;
  for (const KerasTensor& t : node->inputs)
    dtypes.push_back(layer.autocast() && is_floating(t.dtype()) ? layer.input_dtype() : t.dtype());
  for (Shape& shape : layer.compute_output_shapes(shapes)) {
    const DType dtype = layer.output_dtype(dtypes, node->outputs.size());
    node->outputs.push_back({std::move(shape), dtype, unique_name("keras_tensor")});
  }
  layer.add_inbound_node(node);
  return outputs_of(node);
}

KerasTensor input_tensor(const Layer& input_layer) {
  const auto nodes = input_layer.impl().inbound_nodes();
  if (!nodes.empty()) return {nodes[0], 0};
  const std::optional<Shape> shape = layers::input_layer_shape(input_layer);
  if (!shape)
    throw ValueError(cat("layer \"", input_layer.name(), "\" is of class ", input_layer.class_name(),
                         "\n  expected: an InputLayer"));
  input_layer.build(*shape);
  const auto node = std::make_shared<Node>();
  node->layer = input_layer;
  node->outputs.push_back({*shape, input_layer.impl().output_dtype({}, 0), input_layer.name()});
  input_layer.impl().add_inbound_node(node);
  return {node, 0};
}

Layer::Layer(const KerasTensor& input) {
  if (!layers::input_layer_shape(input.layer()))
    throw ValueError(cat("a symbolic tensor that layer \"", input.layer().name(),
                         "\" made cannot stand for a layer\n  expected: the layer itself, or an Input"));
  impl_ = input.layer().handle();
}

KerasTensor Layer::operator()(const KerasTensor& x, const CallOptions& options) const {
  return only(*this, "output", cornu::call(*this, {x}, false, options));
}

KerasTensor Layer::operator()(const std::vector<KerasTensor>& inputs, const CallOptions& options) const {
  return only(*this, "output", call(inputs, options));
}

std::vector<KerasTensor> Layer::call(const std::vector<KerasTensor>& inputs, const CallOptions& options) const {
  return cornu::call(*this, inputs, true, options);
}

KerasTensor Layer::input() const { return only(*this, "input", impl_->symbolic_inputs()); }
KerasTensor Layer::output() const { return only(*this, "output", impl_->symbolic_outputs()); }

Json LayerImpl::call_structure(const std::vector<Json>& inputs, bool list) const {
  Json out = Json::array();
  for (const Json& input : inputs) out.push_back(input);
  return list ? Json::array({out}) : out;
}

void LayerImpl::check_call(const Json& args, const Json& kwargs) {
  if (!only_tensors(args))
    throw NotSupportedError(cat("layer \"", name_, "\" (", class_name(), ") is called with ", dump_json(args),
                                "\n  expected: symbolic tensors only"));
  for (const auto& [key, value] : kwargs.items())
    if (!(key == "training" && (value.is_boolean() || value.is_null())) && !only_nulls(value))
      throw NotSupportedError(cat("layer \"", name_, "\" (", class_name(), ") is called with the argument ", key, "=",
                                  dump_json(value), "\n  expected: training alone; this version knows no other"));
}

std::vector<KerasTensor> LayerImpl::symbolic_inputs() const {
  const auto nodes = inbound_nodes();
  if (nodes.empty()) fail("was not called on symbolic tensors\n  expected: a layer of a functional or built model");
  return nodes[0]->is_input() ? outputs_of(nodes[0]) : nodes[0]->inputs;
}

std::vector<KerasTensor> LayerImpl::symbolic_outputs() const {
  const auto nodes = inbound_nodes();
  if (nodes.empty()) fail("was not called on symbolic tensors\n  expected: a layer of a functional or built model");
  return outputs_of(nodes[0]);
}

}  // namespace cornu
