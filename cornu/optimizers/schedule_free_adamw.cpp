// ScheduleFreeAdamW: the weight lies between the sequence that gradients move and its average.
#include "cornu/ir/ops.h"
#include "cornu/optimizers/base.h"

namespace cornu::optimizers {
namespace {

struct ScheduleFreeAdamWImpl final : OptimizerOf<ScheduleFreeAdamWOptions> {
  using OptimizerOf::OptimizerOf;
  std::vector<std::vector<std::string>> slot_groups() const override { return {{"momentum", "velocity"}}; }
  // What gradients move begins where the weight is.
  Tensor initial_slot(const std::string& slot, const VariableSpec& v) const override {
    if (slot == "momentum" && v.value.shape() == v.shape) return v.value.astype(v.dtype).copy();
    return Tensor(v.shape, v.dtype);
  }

  Value update(UpdateContext& context, Value weight, Value gradient) const override {
    const ScheduleFreeAdamWOptions& o = own();
    const double beta_1 = static_cast<float>(o.beta_1), beta_2 = static_cast<float>(o.beta_2);
    Value rate = context.learning_rate;
    if (o.warmup_steps > 0) rate = rate * ops::minimum(context.step / static_cast<double>(o.warmup_steps), 1.0);
    Value& z = context.slot("momentum");
    Value& v = context.slot("velocity");
    const Value old = z;
    const Value power =
        ops::power(ops::full(context.step.builder(), Shape{}, beta_2, context.step.dtype()), context.step);
    v = v + (ops::square(gradient) - v) * (1.0 - beta_2);
    z = z - rate * gradient / (ops::sqrt(v / (1.0 - power)) + o.epsilon);
    const Value share = 1.0 / context.step;
    const Value before = (weight - (1.0 - beta_1) * old) / beta_1;
    const Value after = (1.0 - share) * before + share * z;
    return (1.0 - beta_1) * z + beta_1 * after;
  }
};

}  // namespace

Optimizer ScheduleFreeAdamW(ScheduleFreeAdamWOptions options) {
  return Optimizer(std::make_shared<ScheduleFreeAdamWImpl>("ScheduleFreeAdamW", std::move(options)));
}

}  // namespace cornu::optimizers
