#include "cornu/models/sequential_network.h"

#include "cornu/core/judge_only.h"
#include "cornu/layers/core/input_layer.h"
#include "cornu/layers/from_config.h"
#include "cornu/layers/node.h"

namespace cornu {
namespace {

Layer input_layer(const Shape& shape, DType dtype) {
  return layers::InputLayer(
      shape.slice(1, shape.rank()),
      {.batch_size = shape[0] < 0 ? std::nullopt : std::optional(shape[0]), .dtype = std::string(name_of(dtype))});
}

// The input that a first layer asks for: by its option input_shape, whose numbers Keras takes as float32; a model's
// own.
Layer declared_input(const Layer& layer) {
  if (const std::optional<Shape>& shape = layer.impl().batch_input_shape()) return input_layer(*shape, float32);
  const auto* network = dynamic_cast<const NetworkImpl*>(&layer.impl());
  if (!network || !network->built() || network->inputs().size() != 1) return {};
  return input_layer(network->inputs()[0].shape, network->compute_dtype());
}

// Keras makes a functional model inside each time that it builds a Sequential, which uses up a name: so that models
// that come later are called as there.
void use_up_name() { unique_name("functional"); }

}  // namespace

SequentialNetwork::SequentialNetwork(const std::string& name, const std::string& dtype) {
  configure(name.empty() ? unique_name("sequential") : name, true, dtype, {});
}

void SequentialNetwork::add(const Layer& layer) {
  append(layer);
  if (built()) use_up_name();
}

void SequentialNetwork::add_all(const std::vector<Layer>& layers) {
  for (const Layer& layer : layers) append(layer);
  if (built()) use_up_name();
}

void SequentialNetwork::append(const Layer& layer) {
  if (!layer) throw ValueError(cat("[add] \"", name(), "\" received: an empty layer"));
  if (layers::input_layer_shape(layer)) {
    if (!layers_.empty() || input_)
      throw ValueError(cat("[add] \"", name(), "\" already has layers: an InputLayer stands first"));
    input_ = layer;
    return;
  }
  for (const Layer& other : layers_)
    if (other.name() == layer.name())
      throw ValueError(
          cat("[add] \"", name(), "\" already has a layer named \"", layer.name(), "\"\n  expected: unique names"));
  const Layer input_before = input_;
  if (layers_.empty() && !input_) input_ = declared_input(layer);
  layers_.push_back(layer);
  if (!input_) return;
  // Layers are built as they come, so that a wrong one is reported where it is added.
  const std::vector<KerasTensor> chain_before = chain_;
  try {
    if (chain_.empty()) chain_ = {input_tensor(input_)};
    extend(layer);
  } catch (...) {
    layers_.pop_back();
    input_ = input_before;
    chain_ = chain_before;
    throw;
  }
  ensure_built(chain_[0].shape());
}

void SequentialNetwork::extend(const Layer& layer) {
  if (!layer.built()) layer.impl().set_path(cat(path(), "/", layer.name()));
  chain_.push_back(layer(chain_.back()));
}

void SequentialNetwork::pop() {
  if (layers_.empty()) throw ValueError(cat("[pop] \"", name(), "\" has no layers"));
  layers_.pop_back();
  if (built()) chain_.pop_back();
}

void SequentialNetwork::build_all(const std::vector<Shape>& input_shapes) {
  if (!chain_.empty()) return;
  if (input_shapes.size() != 1) fail(cat("received: ", input_shapes.size(), " inputs\n  expected: one"));
  if (!input_) input_ = input_layer(input_shapes[0], layers_.empty() ? float32 : layers_[0].impl().compute_dtype());
  chain_ = {input_tensor(input_)};
  for (const Layer& layer : layers_) extend(layer);
  use_up_name();
}

void SequentialNetwork::check_built() const {
  if (chain_.empty())
    throw ValueError(
        cat("model \"", name(),
            "\" is not built\n  expected: a first layer with .input_shape, an Input, or a call of build(input_shape)"));
}

std::vector<KerasTensor> SequentialNetwork::symbolic_inputs() const {
  check_built();
  return {chain_.front()};
}

std::vector<KerasTensor> SequentialNetwork::symbolic_outputs() const {
  check_built();
  return {chain_.back()};
}

std::vector<TensorSpec> SequentialNetwork::inputs() const {
  const KerasTensor x = symbolic_inputs()[0];
  return {{input_.name(), build_shape(), x.dtype()}};
}

std::vector<TensorSpec> SequentialNetwork::outputs() const {
  if (layers_.empty()) throw ValueError(cat("model \"", name(), "\" has no layers"));
  const KerasTensor y = symbolic_outputs()[0];
  return {{layers_.back().name(), y.shape(), y.dtype()}};
}

std::vector<Value> SequentialNetwork::emit(CallContext& context, const std::vector<Value>& inputs) {
  Value x = inputs.at(0);
  for (const Layer& layer : layers_) x = layer.impl()(context, x);
  return {x};
}

DType SequentialNetwork::input_dtype() const { return input_ ? input_.impl().output_dtype({}, 0) : compute_dtype(); }

std::vector<Shape> SequentialNetwork::compute_output_shapes(const std::vector<Shape>& input_shapes) {
  if (input_shapes.size() != 1) fail(cat("received: ", input_shapes.size(), " inputs\n  expected: one"));
  if (!chain_.empty() && input_shapes[0] == chain_[0].shape()) return {chain_.back().shape()};
  Shape shape = input_shapes[0];
  for (const Layer& layer : layers_) shape = layer.compute_output_shape(shape);
  return {shape};
}

Json SequentialNetwork::config() const {
  if constexpr (kJudgeOnly) return nullptr;
  Json out = Json::object();
  out["name"] = name();
  out["trainable"] = trainable();
  out["dtype"] = serialized_object("keras", "DTypePolicy", Json{{"name", dtype_policy().name()}});
  out["layers"] = Json::array();
  if (input_) out["layers"].push_back(input_.serialize());
  for (const Layer& layer : layers_) out["layers"].push_back(layer.serialize());
  if (built()) out["build_input_shape"] = shape_json(build_shape());
  return out;
}

Json SequentialNetwork::serialize() const {
  if constexpr (kJudgeOnly) return nullptr;
  Json out = serialized_object("keras", class_name(), config());
  if (built()) out["build_config"] = Json{{"input_shape", shape_json(build_shape())}};
  out["compile_config"] = Json::object();
  return out;
}

Layer models::sequential_from_config(const Json& config) {
  ConfigReader reader(config, "Sequential");
  auto network = std::make_shared<SequentialNetwork>(reader.text("name", ""), layers::dtype_from_config(reader));
  const Json list = reader.json("layers");
  if (!list.is_array())
    throw ValueError(cat("Sequential \"", network->name(), "\" has no list of layers\n  received: ", dump_json(list)));
  for (const Json& layer : list) network->add(layers::deserialize(layer));
  if (!network->built() && reader.has("build_input_shape")) network->ensure_built(reader.shape("build_input_shape"));
  if (!reader.boolean("trainable", true)) network->set_trainable(false);
  return Layer(std::move(network));
}

}  // namespace cornu
