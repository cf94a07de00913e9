#include "cornu/regularizers/regularizers.h"

#include <cmath>

#include "cornu/core/error.h"
#include "cornu/ir/ops.h"

namespace cornu::regularizers {
namespace {

void check_factor(double value, const char* class_name, const char* argument) {
  if (!std::isfinite(value) || value < 0.0)
    throw ValueError(
        cat("[", class_name, "] ", argument, "\n  received: ", value, "\n  expected: a finite number >= 0"));
}

Value l1_penalty(Value x, double l1) { return l1 * ops::sum(ops::abs(x)); }
Value l2_penalty(Value x, double l2) { return l2 * ops::sum(ops::square(x)); }

struct L1Impl final : WithOptions<RegularizerImpl, L1Options> {
  using WithOptions::WithOptions;
  Value penalty(Value x) const override { return l1_penalty(x, options().l1); }
};

struct L2Impl final : WithOptions<RegularizerImpl, L2Options> {
  using WithOptions::WithOptions;
  Value penalty(Value x) const override { return l2_penalty(x, options().l2); }
};

struct L1L2Impl final : WithOptions<RegularizerImpl, L1L2Options> {
  using WithOptions::WithOptions;
  Value penalty(Value x) const override {
    const auto [l1, l2] = options();
    if (l1 == 0.0 && l2 == 0.0) return ops::full(x.builder(), Shape{}, 0.0, x.dtype());
    if (l2 == 0.0) return l1_penalty(x, l1);
    return l1 == 0.0 ? l2_penalty(x, l2) : l1_penalty(x, l1) + l2_penalty(x, l2);
  }
};

// keras.utils.normalize: a row of zeros stays zeros.
Value normalize(Value x, int axis) {
  const Value squares = ops::sum(ops::square(x), {axis}, true);
  // The smallest float32 above zero whose reciprocal root is finite; also keeps the gradient of rsqrt finite.
  return x * ops::rsqrt(ops::maximum(squares, 1e-24));
}

struct OrthogonalImpl final : WithOptions<RegularizerImpl, OrthogonalRegularizerOptions> {
  using WithOptions::WithOptions;
  Value penalty(Value x) const override {
    const bool rows = options().mode == "rows";
    if (x.rank() != 2 || x.dim(rows ? 0 : 1) < 2)
      throw ValueError(cat("[OrthogonalRegularizer] received: a tensor of shape ", x.shape(),
                           "\n  expected: a matrix with at least two ", options().mode));
    const Value unit = normalize(rows ? x : ops::transpose(x), 1);
    const Value cosines = ops::matmul(unit, ops::transpose(unit));
    const Shape shape = cosines.shape();
    Builder& b = x.builder();
    const Value diagonal = ops::equal(ops::iota(b, shape, 0), ops::iota(b, shape, 1));
    const auto n = static_cast<double>(shape[0]);
    return ops::sum(ops::abs(ops::where(diagonal, 0.0, cosines))) * (options().factor * 0.5 / (n * (n - 1.0) / 2.0));
  }
};

template <class Impl, class Options>
Regularizer make(const char* name, Options options) {
  return Regularizer(std::make_shared<Impl>(name, std::move(options)));
}

}  // namespace

Regularizer L1(L1Options options) {
  check_factor(options.l1, "L1", "l1");
  return make<L1Impl>("L1", options);
}
Regularizer L1(Number l1) { return L1(L1Options{.l1 = l1}); }

Regularizer L2(L2Options options) {
  check_factor(options.l2, "L2", "l2");
  return make<L2Impl>("L2", options);
}
Regularizer L2(Number l2) { return L2(L2Options{.l2 = l2}); }

Regularizer L1L2(L1L2Options options) {
  check_factor(options.l1, "L1L2", "l1");
  check_factor(options.l2, "L1L2", "l2");
  return make<L1L2Impl>("L1L2", options);
}

Regularizer OrthogonalRegularizer(OrthogonalRegularizerOptions options) {
  check_factor(options.factor, "OrthogonalRegularizer", "factor");
  if (options.mode != "rows" && options.mode != "columns")
    throw ValueError(
        cat("[OrthogonalRegularizer] mode\n  received: \"", options.mode, "\"\n  expected: \"rows\" or \"columns\""));
  return make<OrthogonalImpl>("OrthogonalRegularizer", std::move(options));
}

}  // namespace cornu::regularizers
