#include "cornu/core/beside.h"
#include "cornu/ir/ops.h"
#include "cornu/optimizers/base.h"

namespace cornu::optimizers {
namespace {

struct RMSpropImpl final : OptimizerOf<RMSpropOptions> {
  using OptimizerOf::OptimizerOf;

  std::vector<std::vector<std::string>> slot_groups() const override {
    std::vector<std::vector<std::string>> out = {{"velocity"}};
    if (own().momentum > 0.0) out.push_back({"momentum"});
    if (own().centered) out.push_back({"average_gradient"});
    return out;
  }

  Value update(UpdateContext& context, Value weight, Value gradient) const override {
    const RMSpropOptions& o = own();
    Value& v = context.slot("velocity");
    v = o.rho * v + (1.0 - o.rho) * ops::square(gradient);
    Value denominator = v;
    if (o.centered) {
      Value& average = context.slot("average_gradient");
      average = o.rho * average + (1.0 - o.rho) * gradient;
      denominator = denominator - ops::square(average);
    }
    // epsilon stands inside the root: Keras 3's form. With momentum it always did.
    const bool outside = beside(o.cornu, "epsilon_outside_root", false);
    const Value root = outside ? ops::sqrt(denominator) + o.epsilon : ops::sqrt(denominator + o.epsilon);
    const Value increment = context.learning_rate * gradient / root;
    if (o.momentum == 0.0) return weight - increment;
    Value& m = context.slot("momentum");
    m = o.momentum * m + increment;
    return weight - m;
  }
};

}  // namespace

Optimizer RMSprop(RMSpropOptions options) {
  check_beside(options.cornu, {"epsilon_outside_root"}, "optimizer RMSprop");
  return Optimizer(std::make_shared<RMSpropImpl>("RMSprop", std::move(options)));
}

}  // namespace cornu::optimizers
