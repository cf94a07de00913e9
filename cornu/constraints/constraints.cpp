#include "cornu/constraints/constraints.h"

#include "cornu/ir/ops.h"

namespace cornu::constraints {
namespace {

constexpr double kEpsilon = 1e-7;  // keras.config.epsilon()

Value norms(Value w, const AxisList& axis) { return ops::sqrt(ops::sum(ops::square(w), axis.axes(), true)); }

struct MaxNormImpl final : WithOptions<ConstraintImpl, MaxNormOptions> {
  using WithOptions::WithOptions;
  Value apply(Value w) const override {
    const Value n = norms(w, options().axis);
    return w * (ops::clip(n, 0.0, options().max_value) / (n + kEpsilon));
  }
};

struct MinMaxNormImpl final : WithOptions<ConstraintImpl, MinMaxNormOptions> {
  using WithOptions::WithOptions;
  Value apply(Value w) const override {
    const auto& o = options();
    const Value n = norms(w, o.axis);
    Value desired = ops::clip(n, o.min_value, o.max_value);
    if (o.rate != 1.0) desired = desired * o.rate + n * (1.0 - o.rate);
    return w * (desired / (n + kEpsilon));
  }
};

struct NonNegImpl final : WithOptions<ConstraintImpl, NoOptions> {
  using WithOptions::WithOptions;
  Value apply(Value w) const override { return ops::maximum(w, 0.0); }
};

struct UnitNormImpl final : WithOptions<ConstraintImpl, UnitNormOptions> {
  using WithOptions::WithOptions;
  Value apply(Value w) const override { return w / (norms(w, options().axis) + kEpsilon); }
};

template <class Impl, class Options>
Constraint make(const char* name, Options options) {
  return Constraint(std::make_shared<Impl>(name, std::move(options)));
}

}  // namespace

Constraint MaxNorm(MaxNormOptions options) { return make<MaxNormImpl>("MaxNorm", std::move(options)); }
Constraint MinMaxNorm(MinMaxNormOptions options) { return make<MinMaxNormImpl>("MinMaxNorm", std::move(options)); }
Constraint NonNeg(NoOptions options) { return make<NonNegImpl>("NonNeg", options); }
Constraint UnitNorm(UnitNormOptions options) { return make<UnitNormImpl>("UnitNorm", std::move(options)); }

}  // namespace cornu::constraints
