// Graphs that the tests of this folder run: a small network's training step, updates that overlap.
#pragma once

#include "cornu/ir/ops.h"

namespace cornu::cpu {

// x -> Dense(hidden, relu) -> Dense(classes), softmax cross-entropy, SGD; the backward pass is written by hand, since
// this folder knows no gradients. Parameters: x, y, w1, b1, w2, b2, loss total, rate. Outputs: the updated weights, the
// total, all aliased; then the logits.
inline ir::Graph training_step(std::int64_t batch, std::int64_t inputs, std::int64_t hidden, std::int64_t classes) {
  Builder b;
  const Value x = b.parameter("x", {batch, inputs}), y = b.parameter("y", {batch, classes});
  const Value w1 = b.parameter("w1", {inputs, hidden}), b1 = b.parameter("b1", {hidden});
  const Value w2 = b.parameter("w2", {hidden, classes}), b2 = b.parameter("b2", {classes});
  const Value total = b.parameter("total", {}), rate = b.parameter("rate", {});
  const Value h = ops::relu(ops::matmul(x, w1) + b1);
  const Value logits = ops::matmul(h, w2) + b2;
  const Value shifted = logits - ops::max(logits, {-1}, true);
  const Value e = ops::exp(shifted), sum = ops::sum(e, {-1}, true);
  const Value loss = ops::mean(ops::sum(y * (ops::log(sum) - shifted), {-1}));
  const Value dlogits = (e / sum - y) * (1.0 / static_cast<double>(batch));
  const Value dh = ops::where(ops::greater_equal(ops::zeros_like(h), h), 0.0, ops::matmul(dlogits, ops::transpose(w2)));
  const auto update = [&](Value w, Value g, int parameter) { b.graph().alias(b.output(w - rate * g), parameter); };
  update(w1, ops::matmul(ops::transpose(x), dh), 2);
  update(b1, ops::sum(dh, {0}), 3);
  update(w2, ops::matmul(ops::transpose(h), dlogits), 4);
  update(b2, ops::sum(dlogits, {0}), 5);
  b.graph().alias(b.output(total + loss), 6);
  b.output(logits);
  return std::move(b.graph());
}

// Fills a tensor with small numbers that repeat after 1009 elements.
inline Tensor sample(const ir::Type& type, int seed) {
  Tensor t = Tensor::empty(type.shape, float32);
  float* data = t.mutable_data<float>();
  for (std::int64_t i = 0; i < t.size(); ++i)
    data[i] = static_cast<float>((i * 7919 + seed * 104729) % 1009 - 504) * 1e-3f;
  return t.astype(type.dtype);
}

}  // namespace cornu::cpu
