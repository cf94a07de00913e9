// Activations that squash: sigmoid, tanh, softmax and their relatives; and the plain ones.
#include "cornu/activations/functions.h"
#include "cornu/ir/ops.h"

namespace cornu::activations {

Value linear(Value x) { return x; }
Value exponential(Value x) { return ops::exp(x); }
Value tanh(Value x) { return ops::tanh(x); }
Value tanh_shrink(Value x) { return x - ops::tanh(x); }
Value softplus(Value x) { return ops::softplus(x); }
Value softsign(Value x) { return x / (1.0 + ops::abs(x)); }

// A comparison, not clip: at the limits nothing flows back, as in TensorFlow's relu6.
Value hard_sigmoid(Value x) {
  return ops::where(ops::greater(x, -3.0), ops::where(ops::less(x, 3.0), (x + 3.0) / 6.0, 1.0), ops::zeros_like(x));
}

Value hard_sigmoid_keras2(Value x) { return ops::clip(0.2 * x + 0.5, 0.0, 1.0); }
Value hard_silu(Value x) { return x * hard_sigmoid(x); }
Value hard_tanh(Value x) { return ops::clip(x, -1.0, 1.0); }

Value sparse_sigmoid(Value x) {
  return ops::where(ops::less_equal(x, -1.0), 0.0, ops::where(ops::greater_equal(x, 1.0), 1.0, 0.5 * (x + 1.0)));
}

Value sigmoid(Value x) {
  const Value out = ops::sigmoid(x);
  x.builder().set_origin(out, {Builder::Origin::kSigmoid, x});
  return out;
}

Value log_sigmoid(Value x) { return -softplus(-x); }

Value softmax(Value x, int axis) {
  const Value out = ops::softmax(x, {axis});
  // ops::softmax remembers logits for the last axis only; Keras's activation does for any.
  x.builder().set_origin(out, {Builder::Origin::kSoftmax, x});
  return out;
}

Value log_softmax(Value x, int axis) { return ops::log_softmax(x, axis); }

Value sparsemax(Value x, int axis) {
  const int a = ops::canonical_axis(axis, x.rank(), "sparsemax");
  // All pairs (j, i) of one row: j along axis a, i along a + 1.
  const Value constant = ops::stop_gradient(x);
  const Value zj = ops::expand_dims(constant, a + 1), zi = ops::expand_dims(constant, a);
  // Keras sorts: z(k), the k-th largest, belongs to the support when 1 + k z(k) > z(1) + ... + z(k). The right side is
  // the sum of all z at least as large, so without sorting: sum over j of max(z_j - z_i, 0) < 1.
  const Value support = ops::cast(ops::less(ops::sum(ops::maximum(zj - zi, 0.0), {a}), 1.0), x.dtype());
  const Value k = ops::sum(support, {a}, true);
  // How many stand before z_i when sorted: larger ones, and equal ones with a smaller index.
  Shape pairs = x.shape();
  pairs.insert(a, x.dim(a));
  Builder& b = x.builder();
  const Value earlier = ops::less(ops::iota(b, pairs, a), ops::iota(b, pairs, a + 1));
  const Value before = ops::logical_or(ops::greater(zj, zi), ops::logical_and(ops::equal(zj, zi), earlier));
  const Value rank = ops::sum(ops::cast(before, x.dtype()), {a});
  // Martins and Astudillo subtract (z(1) + ... + z(k) - 1) / k. Keras 3.15.1 adds up the partial sums z(1), z(1) +
  // z(2),
  // ..., instead, in which the element of rank r occurs k - r times; kept, so that its models predict the same here.
  const Value tau = (ops::sum(x * support * (k - rank), {a}, true) - 1.0) / k;
  return ops::maximum(x - tau, 0.0);
}

}  // namespace cornu::activations
