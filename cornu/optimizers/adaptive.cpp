// Optimizers that divide by sums of squared gradients: Adagrad, Adadelta, Ftrl.
#include "cornu/core/beside.h"
#include "cornu/core/error.h"
#include "cornu/ir/ops.h"
#include "cornu/optimizers/base.h"

namespace cornu::optimizers {
namespace {

struct AdagradImpl final : OptimizerOf<AdagradOptions> {
  using OptimizerOf::OptimizerOf;
  std::vector<std::vector<std::string>> slot_groups() const override { return {{"accumulator"}}; }
  Tensor initial_slot(const std::string&, const VariableSpec& v) const override {
    return Tensor::full(v.shape, own().initial_accumulator_value, v.dtype);
  }
  Value update(UpdateContext& context, Value weight, Value gradient) const override {
    Value& a = context.slot("accumulator");
    a = a + ops::square(gradient);
    const bool outside = beside(own().cornu, "epsilon_outside_root", false);
    const Value root = outside ? ops::sqrt(a) + own().epsilon : ops::sqrt(a + own().epsilon);
    return weight - context.learning_rate * gradient / root;
  }
};

struct AdadeltaImpl final : OptimizerOf<AdadeltaOptions> {
  using OptimizerOf::OptimizerOf;
  std::vector<std::vector<std::string>> slot_groups() const override {
    return {{"accumulated_grad", "accumulated_delta_var"}};
  }
  Value update(UpdateContext& context, Value weight, Value gradient) const override {
    const double rho = own().rho, epsilon = own().epsilon;
    Value& a = context.slot("accumulated_grad");
    Value& d = context.slot("accumulated_delta_var");
    a = rho * a + (1.0 - rho) * ops::square(gradient);
    const Value step = ops::sqrt(d + epsilon) * gradient / ops::sqrt(a + epsilon);
    d = rho * d + (1.0 - rho) * ops::square(step);
    return weight - context.learning_rate * step;
  }
};

struct FtrlImpl final : OptimizerOf<FtrlOptions> {
  using OptimizerOf::OptimizerOf;
  std::vector<std::vector<std::string>> slot_groups() const override { return {{"accumulator", "linear"}}; }
  Tensor initial_slot(const std::string& name, const VariableSpec& v) const override {
    return Tensor::full(v.shape, name == "accumulator" ? static_cast<double>(own().initial_accumulator_value) : 0.0,
                        v.dtype);
  }
  Value update(UpdateContext& context, Value weight, Value gradient) const override {
    const FtrlOptions& o = own();
    const Value lr = context.learning_rate;
    Value& n = context.slot("accumulator");
    Value& z = context.slot("linear");
    const Value grown = n + ops::square(gradient);
    const Value root = ops::power(grown, -o.learning_rate_power);
    const Value shrunk = o.l2_shrinkage_regularization_strength == 0.0
                             ? gradient
                             : gradient + 2.0 * o.l2_shrinkage_regularization_strength * weight;
    z = z + (shrunk - (root - ops::power(n, -o.learning_rate_power)) / lr * weight);
    n = grown;
    const Value quadratic = root / lr + 2.0 * (o.beta / (2.0 * lr) + o.l2_regularization_strength);
    return (ops::clip(z, -o.l1_regularization_strength, o.l1_regularization_strength) - z) / quadratic;
  }
};

void check_not_negative(const char* argument, double value) {
  if (!(value >= 0.0))
    throw ValueError(cat("[Ftrl] ", argument, "\n  received: ", value, "\n  expected: a number >= 0"));
}

}  // namespace

Optimizer Adagrad(AdagradOptions o) {
  check_beside(o.cornu, {"epsilon_outside_root"}, "optimizer Adagrad");
  return Optimizer(std::make_shared<AdagradImpl>("Adagrad", std::move(o)));
}
Optimizer Adadelta(AdadeltaOptions o) { return Optimizer(std::make_shared<AdadeltaImpl>("Adadelta", std::move(o))); }

Optimizer Ftrl(FtrlOptions o) {
  if (!(o.learning_rate_power <= 0.0))
    throw ValueError(
        cat("[Ftrl] learning_rate_power\n  received: ", o.learning_rate_power, "\n  expected: a number <= 0"));
  check_not_negative("initial_accumulator_value", o.initial_accumulator_value);
  check_not_negative("l1_regularization_strength", o.l1_regularization_strength);
  check_not_negative("l2_regularization_strength", o.l2_regularization_strength);
  check_not_negative("l2_shrinkage_regularization_strength", o.l2_shrinkage_regularization_strength);
  return Optimizer(std::make_shared<FtrlImpl>("Ftrl", std::move(o)));
}

}  // namespace cornu::optimizers
