#include "cornu/models/sequential_network.h"

#include "cornu/layers/core/input_layer.h"

namespace cornu {

SequentialNetwork::SequentialNetwork(const std::string& name) {
  configure(name.empty() ? unique_name("sequential") : name, true, "", {});
}

void SequentialNetwork::add(const Layer& layer) {
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
  if (layers_.empty() && !input_ && layer.impl().batch_input_shape())
    input_ = layers::InputLayer(layer.impl().batch_input_shape()->slice(1, layer.impl().batch_input_shape()->rank()));
  layers_.push_back(layer);
  if (!input_) return;
  // Layers are built as they come, so that a wrong one is reported where it is added.
  const Shape shape = built() ? output_shape_ : *layers::input_layer_shape(input_);
  if (!layer.built()) layer.impl().set_path(cat(path(), "/", layer.name()));
  try {
    layer.build(shape);
    output_shape_ = layer.compute_output_shape(shape);
  } catch (...) {
    layers_.pop_back();
    input_ = input_before;
    throw;
  }
  ensure_built(*layers::input_layer_shape(input_));
}

void SequentialNetwork::pop() {
  if (layers_.empty()) throw ValueError(cat("[pop] \"", name(), "\" has no layers"));
  layers_.pop_back();
  if (built()) output_shape_ = compute_output_shape(build_shape());
}

void SequentialNetwork::build(const Shape& input_shape) {
  if (!input_) input_ = layers::InputLayer(input_shape.slice(1, input_shape.rank()));
  Shape shape = input_shape;
  for (const Layer& layer : layers_) {
    if (!layer.built()) layer.impl().set_path(cat(path(), "/", layer.name()));
    layer.build(shape);
    shape = layer.compute_output_shape(shape);
  }
  output_shape_ = shape;
}

std::vector<TensorSpec> SequentialNetwork::inputs() const {
  if (!built())
    throw ValueError(
        cat("model \"", name(),
            "\" is not built\n  expected: a first layer with .input_shape, an Input, or a call of build(input_shape)"));
  return {{input_.name(), build_shape(), dtype_from_name(input_.get_config()["dtype"].get<std::string>())}};
}

std::vector<TensorSpec> SequentialNetwork::outputs() const {
  if (layers_.empty()) throw ValueError(cat("model \"", name(), "\" has no layers"));
  return {{layers_.back().name(), output_shape_, layers_.back().impl().dtype()}};
}

std::vector<Value> SequentialNetwork::emit(CallContext& context, const std::vector<Value>& inputs) {
  Value x = inputs.at(0);
  for (const Layer& layer : layers_) x = layer.impl()(context, x);
  return {x};
}

Value SequentialNetwork::call(CallContext& context, Value x) { return emit(context, {x})[0]; }

Shape SequentialNetwork::compute_output_shape(const Shape& input_shape) {
  Shape shape = input_shape;
  for (const Layer& layer : layers_) shape = layer.compute_output_shape(shape);
  return shape;
}

Json SequentialNetwork::config() const {
  Json out = Json::object();
  out["name"] = name();
  out["trainable"] = trainable();
  out["dtype"] = serialized_object("keras", "DTypePolicy", Json{{"name", std::string(name_of(dtype()))}});
  out["layers"] = Json::array();
  if (input_) out["layers"].push_back(input_.serialize());
  for (const Layer& layer : layers_) out["layers"].push_back(layer.serialize());
  if (built()) {
    Json shape = Json::array();
    for (const std::int64_t d : build_shape()) shape.push_back(d < 0 ? Json(nullptr) : Json(d));
    out["build_input_shape"] = shape;
  }
  return out;
}

Layer models::sequential_from_config(const Json& config) {
  ConfigReader reader(config, "Sequential");
  auto network = std::make_shared<SequentialNetwork>(reader.text("name", ""));
  const Json list = reader.json("layers");
  if (!list.is_array())
    throw ValueError(cat("Sequential \"", network->name(), "\" has no list of layers\n  received: ", dump_json(list)));
  for (const Json& layer : list) network->add(layers::deserialize(layer));
  if (!network->built() && reader.has("build_input_shape")) network->ensure_built(reader.shape("build_input_shape"));
  if (!reader.boolean("trainable", true)) network->set_trainable(false);
  return Layer(std::move(network));
}

}  // namespace cornu
