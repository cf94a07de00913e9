// Losses on real numbers, margins and distributions.
#include <cmath>

#include "cornu/ir/ops.h"
#include "cornu/losses/functions.h"

namespace cornu::losses {
namespace {

constexpr double kEpsilon = 1e-7;  // keras.config.epsilon()

// keras.ops.normalize(order=2) as TensorFlow's l2_normalize: a zero vector stays zero.
Value l2_normalize(Value x, int axis) {
  return x * ops::rsqrt(ops::maximum(ops::sum(ops::square(x), {axis}, true), 1e-12));
}

// The whole batch decides, as in Keras: only when every target is 0 or 1.
Value labels_to_signs(Value y_true) {
  const Value is_binary = ops::all(ops::logical_or(ops::equal(y_true, 0.0), ops::equal(y_true, 1.0)));
  return ops::where(is_binary, 2.0 * y_true - 1.0, y_true);
}

Value margin(Value y_true, Value y_pred) { return ops::maximum(1.0 - labels_to_signs(y_true) * y_pred, 0.0); }

}  // namespace

Value mean_squared_error(Value y_true, Value y_pred) { return ops::mean(ops::square(y_true - y_pred), {-1}); }

Value mean_absolute_error(Value y_true, Value y_pred) { return ops::mean(ops::abs(y_true - y_pred), {-1}); }

Value mean_absolute_percentage_error(Value y_true, Value y_pred) {
  return 100.0 * ops::mean(ops::abs((y_true - y_pred) / ops::maximum(ops::abs(y_true), kEpsilon)), {-1});
}

Value mean_squared_logarithmic_error(Value y_true, Value y_pred) {
  const auto log1 = [](Value x) { return ops::log(ops::maximum(x, kEpsilon) + 1.0); };
  return ops::mean(ops::square(log1(y_pred) - log1(y_true)), {-1});
}

Value huber(Value y_true, Value y_pred, double delta) {
  const Value error = ops::abs(y_pred - y_true);
  const Value quadratic = 0.5 * ops::square(error);
  const Value straight = delta * error - 0.5 * delta * delta;
  return ops::mean(ops::where(ops::less_equal(error, delta), quadratic, straight), {-1});
}

Value log_cosh(Value y_true, Value y_pred) {
  const Value d = y_pred - y_true;
  return ops::mean(d + ops::softplus(-2.0 * d) - std::log(2.0), {-1});
}

Value cosine_similarity(Value y_true, Value y_pred, int axis) {
  return -ops::sum(l2_normalize(y_true, axis) * l2_normalize(y_pred, axis), {axis});
}

Value hinge(Value y_true, Value y_pred) { return ops::mean(margin(y_true, y_pred), {-1}); }

Value squared_hinge(Value y_true, Value y_pred) { return ops::mean(ops::square(margin(y_true, y_pred)), {-1}); }

Value categorical_hinge(Value y_true, Value y_pred) {
  const Value positive = ops::sum(y_true * y_pred, {-1});
  const Value negative = ops::max((1.0 - y_true) * y_pred, {-1});
  return ops::relu(negative - positive + 1.0);
}

Value poisson(Value y_true, Value y_pred) { return ops::mean(y_pred - y_true * ops::log(y_pred + kEpsilon), {-1}); }

Value kl_divergence(Value y_true, Value y_pred) {
  const Value t = ops::clip(y_true, kEpsilon, 1.0), p = ops::clip(y_pred, kEpsilon, 1.0);
  return ops::sum(t * ops::log(t / p), {-1});
}

}  // namespace cornu::losses
