#include "cornu/optimizers/optimizer.h"

#include <algorithm>

#include "cornu/core/beside.h"
#include "cornu/core/error.h"

namespace cornu {
namespace {

void check_options(const std::string& class_name, const OptimizerOptions& o) {
  const auto fail = [&class_name](const char* argument, const std::string& received, const char* expected) {
    throw ValueError(cat("[", class_name, "] ", argument, "\n  received: ", received, "\n  expected: ", expected));
  };
  const auto text = [](const std::optional<Number>& v) { return v ? repr(*v) : std::string("none"); };
  if (o.clipnorm.has_value() + o.clipvalue.has_value() + o.global_clipnorm.has_value() > 1)
    fail("clipping",
         cat("clipnorm = ", text(o.clipnorm), ", clipvalue = ", text(o.clipvalue),
             ", global_clipnorm = ", text(o.global_clipnorm)),
         "at most one of them; one norm over all weights is global_clipnorm, one per weight is clipnorm");
  for (const auto& [argument, value] : {std::pair("clipnorm", o.clipnorm),
                                        {"clipvalue", o.clipvalue},
                                        {"global_clipnorm", o.global_clipnorm},
                                        {"weight_decay", o.weight_decay}})
    if (value && !(*value >= 0.0)) fail(argument, repr(*value), "a number >= 0, or none");
  if (o.use_ema && !(o.ema_momentum >= 0.0 && o.ema_momentum <= 1.0))
    fail("ema_momentum", repr(o.ema_momentum), "a number from 0 to 1");
  if (o.ema_overwrite_frequency && *o.ema_overwrite_frequency < 1)
    fail("ema_overwrite_frequency", cat(*o.ema_overwrite_frequency), "an integer >= 1, or none");
  if (o.gradient_accumulation_steps && *o.gradient_accumulation_steps < 2)
    fail("gradient_accumulation_steps", cat(*o.gradient_accumulation_steps), "an integer >= 2, or none");
}

}  // namespace

OptimizerImpl::OptimizerImpl(std::string class_name, LearningRate learning_rate, OptimizerOptions options)
    : class_name_(std::move(class_name)), learning_rate_(std::move(learning_rate)), options_(std::move(options)) {
  check_options(class_name_, options_);
  if (!learning_rate_.is_schedule() && !(learning_rate_.value() >= 0.0))
    throw ValueError(cat("[", class_name_, "] learning_rate\n  received: ", repr(learning_rate_.value()),
                         "\n  expected: a number >= 0, or a schedule"));
}

Tensor OptimizerImpl::initial_slot(const std::string&, const VariableSpec& variable) const {
  return Tensor(variable.shape, variable.dtype);
}

std::string OptimizerImpl::slot_path(const std::string& slot, const VariableSpec& variable) const {
  std::string path = variable.path;
  std::replace(path.begin(), path.end(), '/', '_');
  return cat(name(), "/", path, "_", slot);
}

std::string OptimizerImpl::name() const { return options_.name.empty() ? to_snake_case(class_name_) : options_.name; }

Json OptimizerImpl::config() const {
  Json out = Json::object();
  out["name"] = name();
  out["learning_rate"] = learning_rate_.serialize();
  out.update(write_fields(options_));
  out.update(own_config());
  return out;
}

UpdateContext::UpdateContext(Value rate, Value number) : learning_rate(rate), step(number) {}

Value& UpdateContext::slot(const std::string& name) {
  const auto it = slots.find(name);
  if (it == slots.end())
    throw InternalError(cat("an optimizer asks for the slot \"", name, "\", which slot_groups() does not name"));
  return it->second;
}

Optimizer::Optimizer(const char* name) : Optimizer(std::string(name)) {}
Optimizer::Optimizer(const std::string& name) : Optimizer(optimizers::get(Json(name))) {}

Json Optimizer::serialize() const {
  return with_beside_outside(optimizers::registry().serialize(impl_->class_name(), impl_->config()));
}

Optimizer Optimizer::exclude_from_weight_decay(std::vector<std::string> var_names) const {
  Optimizer out = *this;
  out.without_decay_ = std::move(var_names);
  return out;
}

bool Optimizer::decays(const VariableSpec& variable) const {
  const std::string name = variable.path.substr(variable.path.rfind('/') + 1);
  for (const std::string& word : without_decay_)
    if (name.find(word) != std::string::npos) return false;
  return impl_->weight_decay(variable).has_value();
}

std::vector<SlotSpec> Optimizer::slots(const std::vector<VariableSpec>& variables) const {
  std::vector<SlotSpec> out;
  const auto add = [&](const std::string& slot, std::size_t i, Tensor initial) {
    out.push_back({slot, static_cast<int>(i), impl_->slot_path(slot, variables[i]), std::move(initial)});
  };
  for (const auto& [slot, initial] : impl_->own_state())
    out.push_back({slot, -1, cat(impl_->name(), "/", slot), initial});
  if (const Optimizer* inner = impl_->inner()) {
    const OptimizerImpl& wrapped = inner->impl();
    out.push_back({"iteration", -1, wrapped.name() + "/iteration", Tensor::scalar<std::int64_t>(0)});
    if (!wrapped.learning_rate().is_schedule())
      out.push_back({"learning_rate", -1, wrapped.name() + "/learning_rate",
                     Tensor::scalar<float>(static_cast<float>(wrapped.learning_rate().value()))});
    for (SlotSpec& slot : inner->slots(variables)) out.push_back(std::move(slot));
    return out;
  }
  const auto zeros = [&](std::size_t i) { return Tensor(variables[i].shape, variables[i].dtype); };
  const OptimizerOptions& o = impl_->options();
  if (o.use_ema)
    for (std::size_t i = 0; i < variables.size(); ++i) add("average", i, zeros(i));
  if (o.gradient_accumulation_steps)
    for (std::size_t i = 0; i < variables.size(); ++i) add("gradient_accumulator", i, zeros(i));
  for (const auto& group : impl_->slot_groups())
    for (std::size_t i = 0; i < variables.size(); ++i)
      for (const std::string& slot : group)
        if (impl_->has_slot(slot, variables[i])) add(slot, i, impl_->initial_slot(slot, variables[i]));
  // Keras forgets to name these: "variable", outside of the optimizer's scope.
  for (const auto& [slot, initial] : impl_->scalar_slots())
    out.push_back({slot, -1, "variable", Tensor::full({}, initial, float32)});
  return out;
}

std::vector<Tensor> Optimizer::final_weights(const std::vector<Tensor>& weights,
                                             const std::vector<Tensor>& slots) const {
  if (const Optimizer* inner = impl_->inner()) {
    const std::size_t before = impl_->own_state().size() + (inner->impl().learning_rate().is_schedule() ? 1 : 2);
    if (slots.size() < before) return weights;
    return inner->final_weights(weights, {slots.begin() + static_cast<std::ptrdiff_t>(before), slots.end()});
  }
  if (!impl_->options().use_ema) return weights;
  if (slots.size() < weights.size())
    throw ValueError(cat("[final_weights] received: ", slots.size(), " slots for ", weights.size(),
                         " weights\n  expected: the slots of this optimizer, averages first"));
  return {slots.begin(), slots.begin() + static_cast<std::ptrdiff_t>(weights.size())};
}

}  // namespace cornu
