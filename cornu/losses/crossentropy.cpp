// The cross-entropies, from probabilities and from logits.
#include <limits>

#include "cornu/ir/ops.h"
#include "cornu/losses/functions.h"

namespace cornu::losses {
namespace {

constexpr double kEpsilon = 1e-7;  // keras.config.epsilon()

Value clip_probabilities(Value p) { return ops::clip(p, kEpsilon, 1.0 - kEpsilon); }

// The logits behind y_pred, or nothing when it is to be taken as probabilities. Keras does not ask whether it was a
// softmax or a sigmoid that they came from, so neither is asked here.
Value logits_of(Value y_pred, bool from_logits) {
  if (const auto origin = y_pred.builder().origin(y_pred)) return origin->logits;
  return from_logits ? y_pred : Value();
}

struct LogSoftmax {
  Value shifted;  // logits - their maximum
  Value log_sum;  // log(sum(exp(shifted))), the axis kept
};

// The same nodes in the same order as ops::softmax: after a softmax they become one with those of the forward pass, and
// the loss costs no further exponential.
LogSoftmax log_softmax_parts(Value logits, int axis) {
  const Value shifted = logits - ops::stop_gradient(ops::max(logits, {axis}, true));
  return {shifted, ops::log(ops::sum(ops::exp(shifted), {axis}, true))};
}

// sum(y * (log_sum - shifted)), with the gradient softmax(logits) - y whatever y sums to, which is TensorFlow's. It is
// also the cheap one: no second sum over the row on the way back. Where y sums to one it is the true gradient.
Value from_logits_categorical(Value y_true, Value logits, int axis) {
  const auto [shifted, log_sum] = log_softmax_parts(logits, axis);
  const Value values = ops::sum(y_true * (ops::stop_gradient(log_sum) - shifted), {axis});
  return values + ops::squeeze(log_sum - ops::stop_gradient(log_sum), axis);
}

// log_sum - shifted[class]; NaN for a class that does not exist (TensorFlow stops there on the CPU, NaN on the GPU).
Value from_logits_sparse(Value y_true, Value logits) {
  const auto [shifted, log_sum] = log_softmax_parts(logits, -1);
  Builder& b = logits.builder();
  const Value hit = ops::equal(ops::expand_dims(y_true, -1), ops::iota(b, logits.shape(), -1));
  const Value values = ops::squeeze(log_sum, -1) - ops::sum(ops::where(hit, shifted, 0.0), {-1});
  const Value exists =
      ops::logical_and(ops::greater_equal(y_true, 0.0), ops::less(y_true, static_cast<double>(logits.dim(-1))));
  return ops::where(exists, values, std::numeric_limits<double>::quiet_NaN());
}

Value smooth_classes(Value y_true, double label_smoothing) {
  if (label_smoothing == 0.0) return y_true;
  return y_true * (1.0 - label_smoothing) + label_smoothing / static_cast<double>(y_true.dim(-1));
}

Value smooth_binary(Value y_true, double label_smoothing) {
  return label_smoothing == 0.0 ? y_true : y_true * (1.0 - label_smoothing) + 0.5 * label_smoothing;
}

// Of y_pred's shape.
Value binary_terms(Value y_true, Value y_pred, bool from_logits, bool epsilon_inside_log = false) {
  if (const Value logits = logits_of(y_pred, from_logits)) return ops::softplus(logits) - logits * y_true;
  const Value p = clip_probabilities(y_pred);
  if (epsilon_inside_log) return -(y_true * ops::log(p + kEpsilon) + (1.0 - y_true) * ops::log(1.0 - p + kEpsilon));
  return -(y_true * ops::log(p) + (1.0 - y_true) * ops::log(1.0 - p));
}

}  // namespace

Value categorical_crossentropy(Value y_true, Value y_pred, bool from_logits, double label_smoothing, int axis) {
  y_true = smooth_classes(ops::cast(y_true, y_pred.dtype()), label_smoothing);
  if (const Value logits = logits_of(y_pred, from_logits)) return from_logits_categorical(y_true, logits, axis);
  const Value p = clip_probabilities(y_pred / ops::sum(y_pred, {axis}, true));
  return -ops::sum(y_true * ops::log(p), {axis});
}

Value sparse_categorical_crossentropy(Value y_true, Value y_pred, bool from_logits,
                                      std::optional<std::int64_t> ignore_class, int /*axis: checked to be the last*/) {
  if (y_true.rank() == y_pred.rank() && y_true.dim(-1) == 1) y_true = ops::squeeze(y_true, -1);
  y_true = ops::cast(y_true, int32);
  Value counts;
  if (ignore_class) {
    counts = ops::not_equal(y_true, static_cast<double>(*ignore_class));
    y_true = ops::where(counts, y_true, 0.0);
    y_pred = ops::where(ops::expand_dims(counts, -1), y_pred, 0.0);
  }
  Value logits = logits_of(y_pred, from_logits);
  // Clipped, then a softmax over the logarithms: so TensorFlow does it, and so the probabilities need not sum to one.
  if (!logits) logits = ops::log(clip_probabilities(y_pred));
  const Value values = from_logits_sparse(y_true, logits);
  return counts ? ops::where(counts, values, 0.0) : values;
}

Value binary_crossentropy(Value y_true, Value y_pred, bool from_logits, double label_smoothing, int axis,
                          bool epsilon_inside_log) {
  y_true = smooth_binary(ops::cast(y_true, y_pred.dtype()), label_smoothing);
  return ops::mean(binary_terms(y_true, y_pred, from_logits, epsilon_inside_log), {axis});
}

Value binary_focal_crossentropy(Value y_true, Value y_pred, bool apply_class_balancing, double alpha, double gamma,
                                bool from_logits, double label_smoothing, int axis) {
  y_true = smooth_binary(ops::cast(y_true, y_pred.dtype()), label_smoothing);
  if (from_logits) y_pred = ops::sigmoid(y_pred);
  const Value right = y_true * y_pred + (1.0 - y_true) * (1.0 - y_pred);
  Value focal = ops::power(1.0 - right, gamma) * binary_terms(y_true, y_pred, false);
  if (apply_class_balancing) focal = (y_true * alpha + (1.0 - y_true) * (1.0 - alpha)) * focal;
  return ops::mean(focal, {axis});
}

Value categorical_focal_crossentropy(Value y_true, Value y_pred, double alpha, double gamma, bool from_logits,
                                     double label_smoothing, int axis) {
  y_true = smooth_classes(ops::cast(y_true, y_pred.dtype()), label_smoothing);
  if (from_logits) y_pred = ops::softmax(y_pred, {axis});
  const Value p = clip_probabilities(y_pred / ops::sum(y_pred, {axis}, true));
  return ops::sum(ops::power(1.0 - p, gamma) * alpha * (-y_true * ops::log(p)), {axis});
}

Value categorical_generalized_cross_entropy(Value y_true, Value y_pred, double q) {
  if (y_true.rank() == y_pred.rank() && y_true.dim(-1) == 1) y_true = ops::squeeze(y_true, -1);
  const Value p = ops::sum(y_pred * ops::one_hot(ops::cast(y_true, int32), y_pred.dim(-1), y_pred.dtype()), {-1});
  return (1.0 - ops::power(p, q)) / q;
}

Value dice(Value y_true, Value y_pred, const AxisList& axis) {
  y_true = ops::cast(y_true, y_pred.dtype());
  const Value both = ops::sum(y_true * y_pred, axis.axes());
  return 1.0 - 2.0 * both / (ops::sum(y_true, axis.axes()) + ops::sum(y_pred, axis.axes()) + kEpsilon);
}

Value tversky(Value y_true, Value y_pred, double alpha, double beta, const AxisList& axis) {
  y_true = ops::cast(y_true, y_pred.dtype());
  const Value both = ops::sum(y_true * y_pred, axis.axes());
  const Value missed = ops::sum((1.0 - y_pred) * y_true, axis.axes());
  const Value wrong = ops::sum(y_pred * (1.0 - y_true), axis.axes());
  return 1.0 - both / (both + missed * alpha + wrong * beta + kEpsilon);
}

}  // namespace cornu::losses
