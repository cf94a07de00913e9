#include "cornu/layers/layer.h"

#include <algorithm>
#include <mutex>

#include "cornu/core/beside.h"
#include "cornu/core/judge_only.h"
#include "cornu/core/random.h"
#include "cornu/layers/from_config.h"
#include "cornu/layers/node.h"

namespace cornu {
namespace {

struct NameCounts {
  std::mutex mutex;
  std::map<std::string, int> counts;
};

NameCounts& name_counts() {
  static NameCounts counts;
  return counts;
}

// The shape with every unknown dimension replaced by a number.
Shape filled(const Shape& shape, std::int64_t size) {
  Shape out = shape;
  for (int i = 0; i < out.rank(); ++i)
    if (out[i] < 0) out[i] = size;
  return out;
}

}  // namespace

Json shape_json(const Shape& shape) {
  Json out = Json::array();
  for (const std::int64_t d : shape) out.push_back(d < 0 ? Json(nullptr) : Json(d));
  return out;
}

std::string unique_name(const std::string& base) {
  const std::lock_guard lock(name_counts().mutex);
  const int n = name_counts().counts[base]++;
  return n == 0 ? base : cat(base, "_", n);
}

void utils::clear_session() {
  const std::lock_guard lock(name_counts().mutex);
  name_counts().counts.clear();
}

void LayerImpl::configure(const std::string& name, bool trainable, const std::string& dtype,
                          OptionalShape input_shape) {
  name_ = name.empty() ? unique_name(to_snake_case(class_name())) : name;
  if (name_.find('/') != std::string::npos)
    throw ValueError(cat("a layer's name cannot hold \"/\"\n  received: \"", name_, "\""));
  if (path_.empty()) path_ = name_;
  trainable_ = trainable;
  policy_ = dtype.empty() ? config::dtype_policy() : DTypePolicy::from_name(dtype, cat("layer \"", name_, "\": dtype"));
  if (input_shape) batch_input_shape_ = input_shape->with_batch(Shape::kNone);
}

void LayerImpl::fail(const std::string& message) const {
  throw ValueError(cat("layer \"", name_, "\" (", class_name(), ") ", message));
}

void LayerImpl::ensure_all_built(const std::vector<Shape>& input_shapes) {
  if (built_) return;
  build_all(input_shapes);
  build_shapes_ = input_shapes;
  built_ = true;
}

// The only one. Throws ValueError when there are more, or none.
template <class T>
const T& LayerImpl::single(const std::vector<T>& inputs) const {
  if (inputs.size() != 1) fail(cat("received: ", inputs.size(), " inputs\n  expected: one"));
  return inputs[0];
}

void LayerImpl::build_all(const std::vector<Shape>& input_shapes) { build(single(input_shapes)); }

std::vector<Value> LayerImpl::call_all(CallContext& context, const std::vector<Value>& inputs) {
  return {call(context, single(inputs))};
}

std::vector<Shape> LayerImpl::compute_output_shapes(const std::vector<Shape>& input_shapes) {
  return {compute_output_shape(single(input_shapes))};
}

DType LayerImpl::output_dtype(const std::vector<DType>&, std::size_t) const { return compute_dtype(); }

std::vector<std::shared_ptr<const Node>> LayerImpl::inbound_nodes() const {
  std::vector<std::shared_ptr<const Node>> out;
  for (const std::weak_ptr<Node>& node : inbound_nodes_)
    if (std::shared_ptr<Node> held = node.lock()) out.push_back(std::move(held));
  return out;
}

void LayerImpl::add_inbound_node(const std::shared_ptr<Node>& node) {
  node->number = calls_++;
  std::erase_if(inbound_nodes_, [](const std::weak_ptr<Node>& old) { return old.expired(); });
  inbound_nodes_.push_back(node);
}

Variable LayerImpl::add_weight(const std::string& name, const Shape& shape, const Initializer& initializer,
                               WeightOptions options) {
  if (!shape.is_static()) fail(cat("needs known dimensions for its weight \"", name, "\"\n  received: ", shape));
  initializer.impl().check(shape);
  const DType dtype = options.dtype.value_or(variable_dtype());
  Variable variable(Variable::Data{
      name, cat(path_, "/", name), shape, dtype, [initializer, shape, dtype] { return initializer(shape, dtype); },
      options.trainable, false, std::move(options.regularizer), std::move(options.constraint), options.autocast});
  variables_.push_back(variable);
  return variable;
}

Variable LayerImpl::add_seed_state(std::optional<std::int64_t> seed) {
  const auto key = seed ? static_cast<std::uint32_t>(*seed) : static_cast<std::uint32_t>(next_global_seed());
  Variable variable(Variable::Data{"seed_generator_state",
                                   cat(path_, "/seed_generator/seed_generator_state"),
                                   {2},
                                   uint32,
                                   [key] {
                                     return Tensor::from<std::uint32_t>({key, 0});
                                   },
                                   false,
                                   true,
                                   {},
                                   {},
                                   false});
  variables_.push_back(variable);
  return variable;
}

// As Keras's Layer.__call__ decides it.
std::vector<Value> LayerImpl::call_in_scope(CallContext& context, const std::vector<Value>& inputs) {
  std::optional<DType> dtype;
  if (context.autocast() ? autocast() : policy_.is_mixed()) dtype = compute_dtype();
  const CallContext::AutocastScope scope(context, dtype);
  return call_all(context, inputs);
}

std::vector<Value> LayerImpl::run(CallContext& context, const std::vector<Value>& inputs) {
  std::vector<Value> cast;
  for (const Value& x : inputs) cast.push_back(autocast() && is_floating(x.dtype()) ? ops::cast(x, input_dtype()) : x);
  std::vector<Value> outputs = call_in_scope(context, cast);
  if constexpr (kJudgeOnly) return outputs;
  for (const Variable& v : variables_)
    if (v.regularizer() && v.trainable() && trainable_ && context.first_regularization(v))
      context.add_loss(v.regularizer()(context.stored(v)));
  // Keras divides what an activity regularizer gives by the batch size.
  if (activity_regularizer_)
    for (const Value& out : outputs)
      context.add_loss(activity_regularizer_(out) / static_cast<double>(std::max<std::int64_t>(out.dim(0), 1)));
  return outputs;
}

Shape LayerImpl::compute_output_shape(const Shape& input_shape) {
  ensure_built(input_shape);
  const auto traced = [&](std::int64_t size) {
    Builder builder;
    CallContext context(builder, false);
    return call_in_scope(context, {builder.parameter("x", filled(input_shape, size), input_dtype())}).at(0).shape();
  };
  Shape out = traced(2);
  if (input_shape.is_static()) return out;
  const Shape other = traced(3);
  for (int i = 0; i < out.rank(); ++i)
    if (out[i] != other[i]) out[i] = Shape::kNone;
  return out;
}

Json LayerImpl::config() const {
  Json out = Json::object();
  if constexpr (kJudgeOnly) return out;
  out["name"] = name_;
  out["trainable"] = trainable_;
  out["dtype"] = serialized_object("keras", "DTypePolicy", Json{{"name", policy_.name()}});
  if (activity_regularizer_) out["activity_regularizer"] = activity_regularizer_.serialize();
  const Json own = own_config();  // items() of a temporary would dangle
  for (const auto& [key, value] : own.items()) out[key] = value;
  return out;
}

std::vector<Variable> LayerImpl::trainable_variables() const {
  std::vector<Variable> out;
  if (trainable_)
    for (const Variable& v : weights())
      if (v.trainable()) out.push_back(v);
  return out;
}

std::vector<Variable> LayerImpl::non_trainable_variables() const {
  const std::vector<Variable> trained = trainable_variables();
  std::vector<Variable> out;
  for (const Variable& v : weights())
    if (std::find(trained.begin(), trained.end(), v) == trained.end()) out.push_back(v);
  return out;
}

std::vector<Variable> LayerImpl::weights() const {
  std::vector<Variable> out;
  for (const bool trainable : {true, false})
    for (const Variable& v : variables())
      if (v.trainable() == trainable && !v.is_seed_state()) out.push_back(v);
  return out;
}

std::vector<Tensor> Layer::get_weights() const {
  std::vector<Tensor> out;
  for (const Variable& v : weights()) out.push_back(v.value());
  return out;
}

void Layer::set_weights(const std::vector<Tensor>& values) const {
  const std::vector<Variable> own = weights();
  if (values.size() != own.size())
    throw ValueError(
        cat("[set_weights] \"", name(), "\" received: ", values.size(), " arrays\n  expected: ", own.size(),
            own.empty() && !built() ? ", because it is not built yet: call build(input_shape) first" : ""));
  for (std::size_t i = 0; i < own.size(); ++i)
    if (values[i].shape() != own[i].shape())
      throw ValueError(cat("[set_weights] \"", own[i].path(), "\" received: shape ", values[i].shape(),
                           "\n  expected: ", own[i].shape()));
  for (std::size_t i = 0; i < own.size(); ++i) own[i].assign(values[i]);
}

std::int64_t Layer::count_params() const {
  std::int64_t out = 0;
  for (const Variable& v : weights()) out += v.size();
  return out;
}

Json LayerImpl::serialize() const {
  if constexpr (kJudgeOnly) return nullptr;
  Json out = with_beside_outside(layers::registry().serialize(class_name(), config()));
  if (!built() || !notes_build_shape()) return out;
  if (takes_list()) {
    Json shapes = Json::array();
    for (const Shape& shape : build_shapes_) shapes.push_back(shape_json(shape));
    out["build_config"] = Json{{"input_shape", shapes}};
  } else if (build_shapes_.size() == 1 && build_shape().rank() > 0) {
    out["build_config"] = Json{{"input_shape", shape_json(build_shape())}};
  }
  return out;
}

}  // namespace cornu
