#include "cornu/ir/ops.h"
#include "cornu/optimizers/base.h"

namespace cornu::optimizers {
namespace {

// Adam and AdamW: the second only has another default for weight_decay, which is common to all optimizers.
template <class Options>
struct AdamImpl final : OptimizerOf<Options> {
  using OptimizerOf<Options>::OptimizerOf;

  std::vector<std::vector<std::string>> slot_groups() const override {
    if (this->own().amsgrad) return {{"momentum", "velocity"}, {"velocity_hat"}};
    return {{"momentum", "velocity"}};
  }

  Value update(UpdateContext& context, Value weight, Value gradient) const override {
    const Options& o = this->own();
    Value& m = context.slot("momentum");
    Value& v = context.slot("velocity");
    m = m + (gradient - m) * (1.0 - o.beta_1);
    v = v + (ops::square(gradient) - v) * (1.0 - o.beta_2);
    Value second = v;
    if (o.amsgrad) {
      Value& largest = context.slot("velocity_hat");
      largest = ops::maximum(largest, v);
      second = largest;
    }
    // Both bias corrections are one scalar on the step size; epsilon stands outside the root. Keras's form.
    const auto power_of = [&context](double beta) {
      const Value base = ops::full(context.step.builder(), Shape{}, beta, context.step.dtype());
      return ops::power(base, context.step);
    };
    const Value alpha = context.learning_rate * ops::sqrt(1.0 - power_of(o.beta_2)) / (1.0 - power_of(o.beta_1));
    return weight - m * alpha / (ops::sqrt(second) + o.epsilon);
  }
};

}  // namespace

Optimizer Adam(AdamOptions options) {
  return Optimizer(std::make_shared<AdamImpl<AdamOptions>>("Adam", std::move(options)));
}

Optimizer AdamW(AdamWOptions options) {
  return Optimizer(std::make_shared<AdamImpl<AdamWOptions>>("AdamW", std::move(options)));
}

}  // namespace cornu::optimizers
