#include "cornu/layers/layer.h"

#include <mutex>

#include "cornu/core/random.h"

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
  if (!dtype.empty()) {
    if (starts_with(dtype, "mixed_"))
      throw NotSupportedError(cat("layer \"", name_, "\": dtype policy \"", dtype,
                                  "\" is not supported yet\n  expected: float32 or float64"));
    dtype_ = dtype_from_name(dtype);
    if (dtype_ != float32 && dtype_ != float64)
      throw NotSupportedError(
          cat("layer \"", name_, "\": dtype \"", dtype, "\" is not supported yet\n  expected: float32 or float64"));
  }
  if (input_shape) batch_input_shape_ = input_shape->with_batch(Shape::kNone);
}

void LayerImpl::fail(const std::string& message) const {
  throw ValueError(cat("layer \"", name_, "\" (", class_name(), ") ", message));
}

void LayerImpl::ensure_built(const Shape& input_shape) {
  if (built_) return;
  build(input_shape);
  build_shape_ = input_shape;
  built_ = true;
}

Variable LayerImpl::add_weight(const std::string& name, const Shape& shape, const Initializer& initializer,
                               WeightOptions options) {
  if (!shape.is_static()) fail(cat("needs known dimensions for its weight \"", name, "\"\n  received: ", shape));
  Variable variable(Variable::Data{name, cat(path_, "/", name), initializer(shape, options.dtype.value_or(dtype_)),
                                   options.trainable, false, std::move(options.regularizer),
                                   std::move(options.constraint)});
  variables_.push_back(variable);
  return variable;
}

Variable LayerImpl::add_seed_state(std::optional<std::int64_t> seed) {
  const auto key = seed ? static_cast<std::uint32_t>(*seed) : static_cast<std::uint32_t>(next_global_seed());
  Variable variable(Variable::Data{"seed_generator_state",
                                   cat(path_, "/seed_generator/seed_generator_state"),
                                   Tensor::from<std::uint32_t>({key, 0}),
                                   false,
                                   true,
                                   {},
                                   {}});
  variables_.push_back(variable);
  return variable;
}

Value LayerImpl::operator()(CallContext& context, Value x) {
  if (is_floating(x.dtype())) x = ops::cast(x, dtype_);
  const Value out = call(context, x);
  for (const Variable& v : variables_)
    if (v.regularizer() && v.trainable() && trainable_) context.add_loss(v.regularizer()(context[v]));
  // Keras divides what an activity regularizer gives by the batch size.
  if (activity_regularizer_)
    context.add_loss(activity_regularizer_(out) / static_cast<double>(std::max<std::int64_t>(out.dim(0), 1)));
  return out;
}

Shape LayerImpl::compute_output_shape(const Shape& input_shape) {
  ensure_built(input_shape);
  const auto traced = [&](std::int64_t size) {
    Builder builder;
    CallContext context(builder, false);
    return call(context, builder.parameter("x", filled(input_shape, size), dtype_)).shape();
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
  out["name"] = name_;
  out["trainable"] = trainable_;
  out["dtype"] = serialized_object("keras", "DTypePolicy", Json{{"name", std::string(name_of(dtype_))}});
  if (activity_regularizer_) out["activity_regularizer"] = activity_regularizer_.serialize();
  const Json own = own_config();  // items() of a temporary would dangle
  for (const auto& [key, value] : own.items()) out[key] = value;
  return out;
}

std::vector<Variable> Layer::trainable_weights() const {
  std::vector<Variable> out;
  for (const Variable& v : impl_->variables())
    if (impl_->trains(v)) out.push_back(v);
  return out;
}

std::vector<Variable> Layer::non_trainable_weights() const {
  std::vector<Variable> out;
  for (const Variable& v : impl_->variables())
    if (!v.is_seed_state() && !impl_->trains(v)) out.push_back(v);
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
  for (const Variable& v : weights()) out += v.value().size();
  return out;
}

Json Layer::serialize() const {
  Json out = serialized_object("keras.layers", class_name(), get_config());
  if (impl_->built() && impl_->build_shape().rank() > 0 && impl_->notes_build_shape()) {
    Json shape = Json::array();
    for (const std::int64_t d : impl_->build_shape()) shape.push_back(d < 0 ? Json(nullptr) : Json(d));
    out["build_config"] = Json{{"input_shape", shape}};
  }
  return out;
}

}  // namespace cornu
