#include "cornu/core/error.h"
#include "cornu/ir/ops.h"
#include "cornu/optimizers/base.h"

namespace cornu::optimizers {
namespace {

struct SGDImpl final : OptimizerOf<SGDOptions> {
  using OptimizerOf::OptimizerOf;

  std::vector<std::vector<std::string>> slot_groups() const override {
    if (own().momentum == 0.0) return {};
    return {{"momentum"}};
  }

  Value update(UpdateContext& context, Value weight, Value gradient) const override {
    // Written out as w - lr * g, which engines fold into the product that makes g.
    if (own().momentum == 0.0) return weight - context.learning_rate * gradient;
    const Value step = context.learning_rate * gradient;
    Value& m = context.slot("momentum");
    m = own().momentum * m - step;
    return own().nesterov ? weight + (own().momentum * m - step) : weight + m;
  }
};

}  // namespace

Optimizer SGD(SGDOptions options) {
  if (!(options.momentum >= 0.0 && options.momentum <= 1.0))
    throw ValueError(cat("[SGD] momentum\n  received: ", options.momentum, "\n  expected: a number from 0 to 1"));
  return Optimizer(std::make_shared<SGDImpl>("SGD", std::move(options)));
}

}  // namespace cornu::optimizers
