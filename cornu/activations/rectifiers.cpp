// Activations that leave large positive values (almost) alone: relu and its relatives.
//
// Where a branch of where() could overflow, its input is made harmless first (where(x > 0, 0, x)): the gradient of an
// unused branch is multiplied by zero, and infinity times zero would be NaN. The comparison is preferred to min/max
// because it also says which side owns the point zero.
#include <cmath>

#include "cornu/activations/functions.h"
#include "cornu/core/error.h"
#include "cornu/ir/ops.h"

namespace cornu::activations {
namespace {

constexpr double kSeluAlpha = 1.6732632423543772848170429916717;
constexpr double kSeluScale = 1.0507009873554804934193349852946;

Value negative_part(Value x) { return ops::where(ops::greater(x, 0.0), 0.0, x); }

}  // namespace

Value leaky_relu(Value x, double negative_slope) { return ops::where(ops::greater(x, 0.0), x, x * negative_slope); }

Value relu(Value x, ReluOptions options) {
  const auto [slope, max_value, threshold] = options;
  if (slope == 0.0 && !max_value && threshold == 0.0) return ops::relu(x);
  if (max_value && *max_value < 0.0)
    throw ValueError(cat("[relu] max_value\n  received: ", *max_value, "\n  expected: a number >= 0, or none"));
  if (slope != 0.0 && !max_value && threshold == 0.0) return leaky_relu(x, slope);
  Value out = threshold == 0.0 ? ops::relu(x) : ops::where(ops::greater(x, threshold), x, 0.0);
  // At the limit itself the gradient passes, as through Keras's clip; but not through relu6, which Keras takes for 6.
  if (max_value == 6.0 && threshold == 0.0)
    out = ops::where(ops::less(out, 6.0), out, 6.0);
  else if (max_value)
    out = ops::minimum(out, *max_value);
  if (slope == 0.0) return out;
  return out - slope * ops::where(ops::less(x, threshold), threshold - x, 0.0);
}

Value relu6(Value x) { return relu(x, {.max_value = 6.0}); }

Value elu(Value x, double alpha) { return ops::where(ops::greater(x, 0.0), x, ops::expm1(negative_part(x)) * alpha); }

Value celu(Value x, double alpha) {
  if (alpha == 0.0) throw ValueError("[celu] alpha\n  received: 0\n  expected: a number other than zero");
  return ops::where(ops::greater(x, 0.0), x, ops::expm1(negative_part(x) / alpha) * alpha);
}

Value selu(Value x) {
  // Here, as in TensorFlow, zero belongs to the straight side.
  const Value straight = ops::greater_equal(x, 0.0);
  return ops::where(straight, x * kSeluScale, ops::expm1(ops::where(straight, 0.0, x)) * (kSeluScale * kSeluAlpha));
}

Value gelu(Value x, bool approximate) {
  if (!approximate) return 0.5 * x * (1.0 + ops::erf(x * std::sqrt(0.5)));
  const double c = std::sqrt(2.0 / 3.14159265358979323846);
  return 0.5 * x * (1.0 + ops::tanh(c * (x + 0.044715 * (x * x * x))));
}

Value silu(Value x) { return x * ops::sigmoid(x); }

Value mish(Value x) { return x * ops::tanh(softplus(x)); }

Value glu(Value x, int axis) {
  const int a = ops::canonical_axis(axis, x.rank(), "glu");
  const std::int64_t n = x.dim(a);
  if (n % 2 != 0)
    throw ValueError(
        cat("[glu] received: shape ", x.shape(), " with axis ", axis, "\n  expected: an even dimension there"));
  return ops::slice_axis(x, a, 0, n / 2) * ops::sigmoid(ops::slice_axis(x, a, n / 2, n));
}

Value squareplus(Value x, double b) { return (x + ops::sqrt(x * x + b)) / 2.0; }

Value sparse_plus(Value x) {
  const Value shifted = x + 1.0;
  return ops::where(ops::less_equal(x, -1.0), 0.0, ops::where(ops::less(x, 1.0), 0.25 * (shifted * shifted), x));
}

Value soft_shrink(Value x, double threshold) {
  return ops::where(ops::greater(x, threshold), x - threshold,
                    ops::where(ops::less(x, -threshold), x + threshold, 0.0));
}

Value hard_shrink(Value x, double threshold) { return ops::where(ops::greater(ops::abs(x), threshold), x, 0.0); }

Value threshold(Value x, double threshold, double default_value) {
  return ops::where(ops::greater(x, threshold), x, default_value);
}

}  // namespace cornu::activations
