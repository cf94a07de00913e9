// Adamax, Nadam, Lamb, Lion.
#include "cornu/core/beside.h"
#include "cornu/core/error.h"
#include "cornu/ir/ops.h"
#include "cornu/optimizers/base.h"

namespace cornu::optimizers {
namespace {

// base ^ exponent for a number and a scalar, in the scalar's dtype.
Value power_of(double base, Value exponent) {
  return ops::power(ops::full(exponent.builder(), Shape{}, base, exponent.dtype()), exponent);
}

struct AdamaxImpl final : OptimizerOf<AdamaxOptions> {
  using OptimizerOf::OptimizerOf;
  std::vector<std::vector<std::string>> slot_groups() const override { return {{"momentum", "norm"}}; }
  Value update(UpdateContext& context, Value weight, Value gradient) const override {
    Value& m = context.slot("momentum");
    Value& u = context.slot("norm");
    m = m + (gradient - m) * (1.0 - own().beta_1);
    u = ops::maximum(own().beta_2 * u, ops::abs(gradient));
    return weight - context.learning_rate * m / ((1.0 - power_of(own().beta_1, context.step)) * (u + own().epsilon));
  }
};

struct NadamImpl final : OptimizerOf<AdamaxOptions> {
  using OptimizerOf::OptimizerOf;
  std::vector<std::vector<std::string>> slot_groups() const override { return {{"momentum", "velocity"}}; }
  std::vector<std::pair<std::string, double>> scalar_slots() const override { return {{"u_product", 1.0}}; }

  // The momentum of a step: it grows towards beta_1.
  Value momentum_at(Value step) const {
    if (const double pace = beside(own().cornu, "schedule_decay", 1.0); pace != 1.0) step = step * pace;
    return own().beta_1 * (1.0 - 0.5 * power_of(0.96, step));
  }
  void begin_step(UpdateContext& context) const override {
    Value& product = context.slot("u_product");
    product = product * momentum_at(context.step);
  }
  Value update(UpdateContext& context, Value weight, Value gradient) const override {
    const AdamaxOptions& o = own();
    Value& m = context.slot("momentum");
    Value& v = context.slot("velocity");
    // Unlike its relatives, Keras's Nadam rounds the betas to float32 before it takes them from 1.
    m = m + (gradient - m) * (1.0 - static_cast<float>(o.beta_1));
    v = v + (ops::square(gradient) - v) * (1.0 - static_cast<float>(o.beta_2));
    const Value now = momentum_at(context.step), next = momentum_at(context.step + 1.0);
    const Value product = ops::cast(context.slot("u_product"), weight.dtype());
    const Value m_hat = next * m / (1.0 - product * next) + (1.0 - now) * gradient / (1.0 - product);
    const Value v_hat = v / (1.0 - power_of(o.beta_2, context.step));
    return weight - m_hat * context.learning_rate / (ops::sqrt(v_hat) + o.epsilon);
  }
};

struct LambImpl final : OptimizerOf<AdamaxOptions> {
  using OptimizerOf::OptimizerOf;
  std::vector<std::vector<std::string>> slot_groups() const override { return {{"momentum", "velocity"}}; }
  Value update(UpdateContext& context, Value weight, Value gradient) const override {
    const AdamaxOptions& o = own();
    Value& m = context.slot("momentum");
    Value& v = context.slot("velocity");
    m = m + (gradient - m) * (1.0 - o.beta_1);
    v = v + (ops::square(gradient) - v) * (1.0 - o.beta_2);
    const Value m_hat = m / (1.0 - power_of(o.beta_1, context.step));
    const Value v_hat = v / (1.0 - power_of(o.beta_2, context.step));
    const Value step = m_hat / (ops::sqrt(v_hat) + o.epsilon);
    const auto norm = [](Value x) { return ops::sqrt(ops::sum(ops::square(x))); };
    const Value w_norm = norm(weight), s_norm = norm(step);
    const Value both = ops::logical_and(ops::greater(w_norm, 0.0), ops::greater(s_norm, 0.0));
    const Value ratio = ops::where(both, w_norm / s_norm, 1.0);
    return weight - ratio * context.learning_rate * step;
  }
};

struct LionImpl final : OptimizerOf<LionOptions> {
  using OptimizerOf::OptimizerOf;
  std::vector<std::vector<std::string>> slot_groups() const override { return {{"momentum"}}; }
  Value update(UpdateContext& context, Value weight, Value gradient) const override {
    Value& m = context.slot("momentum");
    const Value direction = ops::sign(m * own().beta_1 + gradient * (1.0 - own().beta_1));
    m = m * own().beta_2 + gradient * (1.0 - own().beta_2);
    return weight - context.learning_rate * direction;
  }
};

}  // namespace

Optimizer Adamax(AdamaxOptions o) {
  check_beside(o.cornu, {}, "optimizer Adamax");
  return Optimizer(std::make_shared<AdamaxImpl>("Adamax", std::move(o)));
}
Optimizer Nadam(AdamaxOptions o) {
  check_beside(o.cornu, {"schedule_decay"}, "optimizer Nadam");
  return Optimizer(std::make_shared<NadamImpl>("Nadam", std::move(o)));
}
Optimizer Lamb(AdamaxOptions o) {
  check_beside(o.cornu, {}, "optimizer Lamb");
  return Optimizer(std::make_shared<LambImpl>("Lamb", std::move(o)));
}

Optimizer Lion(LionOptions o) {
  if (!(o.beta_1 > 0.0 && o.beta_1 <= 1.0))
    throw ValueError(cat("[Lion] beta_1\n  received: ", o.beta_1, "\n  expected: a number above 0 and up to 1"));
  return Optimizer(std::make_shared<LionImpl>("Lion", std::move(o)));
}

}  // namespace cornu::optimizers
