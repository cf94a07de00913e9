// One step of any optimizer, in Keras's order: unscale, accumulate, clip, decay, update, moving averages, constraints.
#include "cornu/core/error.h"
#include "cornu/ir/ops.h"
#include "cornu/optimizers/optimizer.h"

namespace cornu {
namespace {

Value clip_by_norm(Value g, double limit) {
  const Value norm = ops::sqrt(ops::sum(ops::square(g)));
  return g * limit / ops::maximum(norm, limit);
}

// One norm over all gradients. An infinite or undefined norm makes everything NaN rather than silently small.
void clip_by_global_norm(std::vector<Value>& gradients, double limit) {
  Value squares;
  for (const Value& g : gradients)
    if (g) squares = squares ? squares + ops::sum(ops::square(g)) : ops::sum(ops::square(g));
  if (!squares) return;
  const Value norm = ops::sqrt(squares);
  const Value scale = limit * ops::minimum(1.0 / norm, 1.0 / limit) + (norm - norm);
  for (Value& g : gradients)
    if (g) g = g * scale;
}

void clip(std::vector<Value>& gradients, const OptimizerOptions& o) {
  // Zero means "off" for each of them, as in Keras.
  if (o.global_clipnorm.value_or(0.0) > 0.0) return clip_by_global_norm(gradients, *o.global_clipnorm);
  for (Value& g : gradients) {
    if (!g) continue;
    if (o.clipnorm.value_or(0.0) > 0.0) g = clip_by_norm(g, *o.clipnorm);
    if (o.clipvalue.value_or(0.0) > 0.0) g = ops::clip(g, -*o.clipvalue, *o.clipvalue);
  }
}

Value choose(Value condition, Value yes, Value no) { return condition ? ops::where(condition, yes, no) : yes; }

// Everything that one step works on. Slots of the class itself start at `first_own`.
struct Work {
  const Optimizer& optimizer;
  const OptimizerImpl& impl;
  const OptimizerOptions& options;
  const std::vector<VariableSpec>& variables;
  std::vector<Value> gradients;
  Optimizer::Step step;
  std::size_t first_own = 0;
  Value due;      // bool scalar: whether this call updates; undefined: every call does
  Value updates;  // int64 scalar: updates so far

  std::size_t count() const { return variables.size(); }
};

// Sums gradients until the k-th call, which works with their mean.
void accumulate(Work& w, Value iterations) {
  w.updates = iterations;
  if (!w.options.gradient_accumulation_steps) return;
  const auto k = static_cast<double>(*w.options.gradient_accumulation_steps);
  const Value calls = iterations + 1.0;
  const Value k_value = ops::full(iterations.builder(), Shape{}, k, iterations.dtype());
  w.due = ops::equal(ops::mod(calls, k_value), 0.0);
  // k is a positive integer, so the whole quotient is what floor division gives.
  w.updates = ops::cast(ops::floor(ops::cast(iterations, float64) / k), iterations.dtype());
  const std::size_t first = w.options.use_ema ? w.count() : 0;
  for (std::size_t i = 0; i < w.count(); ++i) {
    if (!w.gradients[i]) continue;
    Value& sum = w.step.slots[first + i];
    const Value total = sum + w.gradients[i];
    sum = ops::where(w.due, 0.0, total);
    w.gradients[i] = total / k;
  }
}

// Where the slots of each variable are, by position; the last list holds those of no variable.
std::vector<std::vector<std::size_t>> own_slots(const Work& w, const std::vector<SlotSpec>& specs) {
  std::vector<std::vector<std::size_t>> out(w.count() + 1);
  for (std::size_t s = w.first_own; s < specs.size(); ++s)
    out[specs[s].variable < 0 ? w.count() : static_cast<std::size_t>(specs[s].variable)].push_back(s);
  return out;
}

void store_slots(Work& w, const std::vector<SlotSpec>& specs, const std::vector<std::size_t>& own,
                 UpdateContext& context) {
  for (const std::size_t s : own) w.step.slots[s] = choose(w.due, context.slot(specs[s].name), w.step.slots[s]);
}

void update_all(Work& w, const std::vector<SlotSpec>& specs, Value rate) {
  const auto own = own_slots(w, specs);
  UpdateContext common(ops::cast(rate, float32), ops::cast(w.updates + 1.0, float32));
  for (const std::size_t s : own.back()) common.slots[specs[s].name] = w.step.slots[s];
  w.impl.begin_step(common);
  store_slots(w, specs, own.back(), common);
  for (std::size_t i = 0; i < w.count(); ++i) {
    if (!w.gradients[i]) continue;
    const DType dtype = w.variables[i].dtype;
    UpdateContext context(ops::cast(rate, dtype), ops::cast(w.updates + 1.0, dtype));
    context.slots = common.slots;
    context.variable = &w.variables[i];
    for (const std::size_t s : own[i]) context.slots[specs[s].name] = w.step.slots[s];
    const Value before = w.step.weights[i];
    Value weight = before;
    if (w.optimizer.decays(w.variables[i]))
      weight = weight - weight * *w.impl.weight_decay(w.variables[i]) * context.learning_rate;
    w.step.weights[i] = choose(w.due, w.impl.update(context, weight, w.gradients[i]), before);
    store_slots(w, specs, own[i], context);
  }
}

// average = m * average + (1 - m) * weight; the first step copies.
void update_averages(Work& w) {
  if (!w.options.use_ema) return;
  const Value not_first = ops::not_equal(w.updates, 0.0);
  Value overwrite;
  if (w.options.ema_overwrite_frequency) {
    const Value every = ops::full(w.updates.builder(), Shape{}, static_cast<double>(*w.options.ema_overwrite_frequency),
                                  w.updates.dtype());
    overwrite = ops::equal(ops::mod(w.updates + 1.0, every), 0.0);
  }
  for (std::size_t i = 0; i < w.count(); ++i) {
    Value& average = w.step.slots[i];
    Value& weight = w.step.weights[i];
    const Value m = ops::cast(not_first, weight.dtype()) * w.options.ema_momentum;
    average = m * average + (1.0 - m) * weight;
    if (overwrite) weight = ops::where(overwrite, average, weight);
  }
}

void check_counts(std::size_t variables, std::size_t received, const char* what) {
  if (variables != received)
    throw ValueError(cat("[Optimizer::apply] received: ", received, " ", what, "\n  expected: ", variables,
                         ", as slots() and the variables say"));
}

}  // namespace

Value Optimizer::scale_loss(Value loss, const std::vector<Value>& slots) const {
  if (const std::optional<Number>& factor = impl_->options().loss_scale_factor) return loss * *factor;
  const auto own = impl_->own_state();
  for (std::size_t i = 0; i < own.size(); ++i)
    if (own[i].first == "dynamic_scale") return loss * slots.at(i);
  return loss;
}

Optimizer::Step Optimizer::apply(const std::vector<VariableSpec>& variables, const std::vector<Value>& weights,
                                 const std::vector<Value>& gradients, const std::vector<Value>& slot_values,
                                 const std::vector<Constraint>& constraints, Value iterations,
                                 Value learning_rate) const {
  const std::vector<SlotSpec> specs = slots(variables);
  check_counts(variables.size(), weights.size(), "weights");
  check_counts(variables.size(), gradients.size(), "gradients");
  check_counts(specs.size(), slot_values.size(), "slots");
  if (!constraints.empty()) check_counts(variables.size(), constraints.size(), "constraints");

  const OptimizerOptions& o = impl_->options();
  if (impl_->inner()) return apply_inner(variables, weights, gradients, slot_values, constraints, iterations);
  Work w{*this, *impl_, o, variables, gradients, {weights, slot_values, iterations + 1.0}, 0, {}, {}};
  w.first_own = variables.size() * ((o.use_ema ? 1u : 0u) + (o.gradient_accumulation_steps ? 1u : 0u));
  if (o.loss_scale_factor)
    for (Value& g : w.gradients)
      if (g) g = g / *o.loss_scale_factor;
  accumulate(w, iterations);
  clip(w.gradients, o);
  // A schedule counts calls, not updates: so does Keras.
  const Value rate = impl_->learning_rate().is_schedule()
                         ? impl_->learning_rate().schedule().rate(ops::cast(iterations, float32))
                         : learning_rate;
  update_all(w, specs, rate);
  update_averages(w);
  for (std::size_t i = 0; i < constraints.size(); ++i)
    if (constraints[i] && w.gradients[i]) w.step.weights[i] = constraints[i](w.step.weights[i]);
  return w.step;
}

Optimizer::Step Optimizer::apply_inner(const std::vector<VariableSpec>& variables, const std::vector<Value>& weights,
                                       const std::vector<Value>& gradients, const std::vector<Value>& slot_values,
                                       const std::vector<Constraint>& constraints, Value iterations) const {
  const Optimizer& inner = *impl_->inner();
  const auto own = impl_->own_state();
  UpdateContext context(Value{}, Value{});
  for (std::size_t i = 0; i < own.size(); ++i) context.slots[own[i].first] = slot_values[i];
  // The gradients of the scaled loss are what has to be finite.
  const Value scale = context.slot("dynamic_scale");
  Value finite = ops::isfinite(scale);
  std::vector<Value> unscaled = gradients;
  for (Value& g : unscaled) {
    if (!g) continue;
    finite = ops::logical_and(finite, ops::isfinite(ops::max(ops::abs(g))));
    g = g / ops::cast(scale, g.dtype());
  }
  context.slots["finite"] = finite;
  impl_->begin_step(context);

  std::size_t next = own.size();
  const Value count = slot_values[next++];
  const Value rate = inner.impl().learning_rate().is_schedule() ? Value() : slot_values[next++];
  const std::vector<Value> inner_slots(slot_values.begin() + static_cast<std::ptrdiff_t>(next), slot_values.end());
  const Step step = inner.apply(variables, weights, unscaled, inner_slots, constraints, count, rate);

  Step out{{}, {}, iterations};  // Keras counts in the inner optimizer alone
  for (std::size_t i = 0; i < weights.size(); ++i)
    out.weights.push_back(ops::where(finite, step.weights[i], weights[i]));
  for (const auto& [slot, initial] : own) out.slots.push_back(context.slot(slot));
  out.slots.push_back(ops::where(finite, step.iterations, count));
  if (rate) out.slots.push_back(rate);
  for (std::size_t i = 0; i < inner_slots.size(); ++i)
    out.slots.push_back(ops::where(finite, step.slots[i], inner_slots[i]));
  return out;
}

}  // namespace cornu
