// LossScaleOptimizer: another optimizer, whose step is left out when a gradient of the scaled loss is not finite. Here
// stand the scale's own rules; scale_loss and apply() (apply.cpp) multiply with it and divide it out.
#include "cornu/core/error.h"
#include "cornu/ir/ops.h"
#include "cornu/optimizers/base.h"

namespace cornu::optimizers {
namespace {

class LossScaleImpl final : public OptimizerImpl {
 public:
  LossScaleImpl(Optimizer wrapped, LossScaleOptions options)
      : OptimizerImpl("LossScaleOptimizer", 0.0, named(options.name)), inner_(std::move(wrapped)), own_(options) {}
  const Optimizer* inner() const override { return &inner_; }
  // Keras writes these alone.
  Json config() const override {
    Json out = Json::object();
    out["name"] = name();
    out["inner_optimizer"] = inner_.serialize();
    out["initial_scale"] = static_cast<double>(own_.initial_scale);
    out["dynamic_growth_steps"] = own_.dynamic_growth_steps;
    return out;
  }
  Json own_config() const override { return Json::object(); }
  Value update(UpdateContext&, Value weight, Value) const override { return weight; }
  std::vector<std::pair<std::string, Tensor>> own_state() const override {
    return {{"step_counter", Tensor::scalar<std::int32_t>(0)},
            {"dynamic_scale", Tensor::scalar<float>(static_cast<float>(own_.initial_scale))}};
  }
  void begin_step(UpdateContext& context) const override {
    Value& counter = context.slot("step_counter");
    Value& scale = context.slot("dynamic_scale");
    const Value finite = context.slot("finite");
    const Value grows = ops::equal(counter, static_cast<double>(own_.dynamic_growth_steps - 1));
    const Value zero = counter * 0.0;
    scale = ops::where(finite, ops::where(grows, scale * 2.0, scale), scale * 0.5);
    counter = ops::where(ops::logical_and(finite, ops::logical_not(grows)), counter + 1.0, zero);
  }

 private:
  static OptimizerOptions named(const std::string& name) {
    OptimizerOptions out;
    out.name = name;
    return out;
  }
  Optimizer inner_;
  LossScaleOptions own_;
};

}  // namespace

Optimizer LossScaleOptimizer(Optimizer inner_optimizer, LossScaleOptions options) {
  if (inner_optimizer.impl().inner())
    throw ValueError("[LossScaleOptimizer] inner_optimizer\n  received: a LossScaleOptimizer\n  expected: another one");
  if (!(options.initial_scale > 0.0) || options.dynamic_growth_steps < 1)
    throw ValueError(cat("[LossScaleOptimizer] received: initial_scale = ", repr(options.initial_scale),
                         ", dynamic_growth_steps = ", options.dynamic_growth_steps, "\n  expected: positive numbers"));
  return Optimizer(std::make_shared<LossScaleImpl>(std::move(inner_optimizer), std::move(options)));
}

}  // namespace cornu::optimizers
