// Adafactor: second moments of matrices as a row and a column.
#include "cornu/ir/ops.h"
#include "cornu/optimizers/base.h"

namespace cornu::optimizers {
namespace {

Value rms(Value x) { return ops::sqrt(ops::mean(ops::square(x))); }

struct AdafactorImpl final : OptimizerOf<AdafactorOptions> {
  using OptimizerOf::OptimizerOf;
  std::vector<std::vector<std::string>> slot_groups() const override { return {{"row", "column", "velocity"}}; }

  // Keras keeps an unused integer where there is nothing to factor.
  Tensor initial_slot(const std::string& slot, const VariableSpec& v) const override {
    if (slot == "velocity") return Tensor(v.shape, v.dtype);
    if (v.shape.rank() < 2) return Tensor::scalar<std::int32_t>(0);
    std::vector<std::int64_t> dims = v.shape.dims();
    dims.erase(dims.end() - (slot == "row" ? 1 : 2));
    return Tensor(Shape(dims), v.dtype);
  }
  // Both are named after the variable alone, so a legacy .h5 cannot hold them.
  std::string slot_path(const std::string& slot, const VariableSpec& v) const override {
    if (slot == "velocity") return OptimizerOf::slot_path(slot, v);
    const std::string last = v.path.substr(v.path.rfind('/') + 1);
    return v.shape.rank() < 2 ? last : cat(name(), "/", last);
  }

  Value update(UpdateContext& context, Value weight, Value gradient) const override {
    const AdafactorOptions& o = own();
    const Value root = 1.0 / ops::sqrt(context.step);
    Value rate = context.learning_rate;
    if (!learning_rate().is_schedule() && o.relative_step) rate = ops::minimum(rate, root);
    const Value alpha = ops::maximum(rms(weight), o.epsilon_2) * ops::minimum(rate, root);
    const Value squared = ops::square(gradient) + o.epsilon_1;
    const Value beta = 1.0 - ops::power(context.step, o.beta_2_decay);
    Value& v = context.slot("velocity");
    if (weight.rank() >= 2) {
      Value& r = context.slot("row");
      Value& c = context.slot("column");
      r = beta * r + (1.0 - beta) * ops::mean(squared, {-1});
      c = beta * c + (1.0 - beta) * ops::mean(squared, {-2});
      v = ops::expand_dims(r / ops::mean(r, {-1}, true), -1) * ops::expand_dims(c, -2);
    } else {
      v = beta * v + (1.0 - beta) * squared;
    }
    const Value step = gradient / ops::sqrt(v);
    return weight - alpha * (step / ops::maximum(rms(step) / o.clip_threshold, 1.0));
  }
};

}  // namespace

Optimizer Adafactor(AdafactorOptions options) {
  return Optimizer(std::make_shared<AdafactorImpl>("Adafactor", std::move(options)));
}

}  // namespace cornu::optimizers
