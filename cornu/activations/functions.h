// Keras's activations as functions of symbolic values: activations::relu(x, {.negative_slope = 0.1}).
// Each gives a value of x's shape (glu halves one axis), and its gradient is finite wherever the function is.
#pragma once

#include <optional>

#include "cornu/ir/value.h"

namespace cornu::activations {

struct ReluOptions {
  double negative_slope = 0.0;
  std::optional<double> max_value = {};
  double threshold = 0.0;
};
// x above the threshold (at it: 0), negative_slope * (x - threshold) below it, never more than max_value.
Value relu(Value x, ReluOptions options = {});
Value relu6(Value x);  // min(max(x, 0), 6)
Value leaky_relu(Value x, double negative_slope = 0.2);
Value elu(Value x, double alpha = 1.0);         // x, or alpha * (e^x - 1) below zero
Value celu(Value x, double alpha = 1.0);        // x, or alpha * (e^(x / alpha) - 1) below zero
Value selu(Value x);                            // 1.0507 * elu(x, 1.6733)
Value gelu(Value x, bool approximate = false);  // x * P(N(0, 1) < x), by erf or by tanh
Value silu(Value x);                            // x * sigmoid(x); also "swish"
Value mish(Value x);                            // x * tanh(softplus(x))
Value glu(Value x, int axis = -1);              // first half * sigmoid(second half)

// sigmoid and softmax remember their logits, so that a cross-entropy after them starts from those.
Value sigmoid(Value x);
Value log_sigmoid(Value x);          // log(sigmoid(x)), finite for any finite x
Value hard_sigmoid(Value x);         // Keras 3: relu6(x + 3) / 6
Value hard_sigmoid_keras2(Value x);  // Keras 1 and 2: clip(0.2 x + 0.5, 0, 1)
Value hard_silu(Value x);            // x * hard_sigmoid(x); also "hard_swish"
Value sparse_sigmoid(Value x);       // 0, (x + 1) / 2 or 1
Value softmax(Value x, int axis = -1);
Value log_softmax(Value x, int axis = -1);
// Sparse probabilities by Keras 3.15.1's formula, which sums to one only where one or no element is left over (see the
// source). The support is found by comparing all pairs of one row (the IR has no sort): K classes take K * K numbers a
// row.
Value sparsemax(Value x, int axis = -1);

Value linear(Value x);
Value exponential(Value x);
Value tanh(Value x);
Value tanh_shrink(Value x);                                        // x - tanh(x)
Value hard_tanh(Value x);                                          // clip(x, -1, 1)
Value softplus(Value x);                                           // log(1 + e^x)
Value softsign(Value x);                                           // x / (1 + |x|)
Value squareplus(Value x, double b = 4.0);                         // (x + sqrt(x * x + b)) / 2
Value sparse_plus(Value x);                                        // 0, (x + 1)^2 / 4 or x
Value soft_shrink(Value x, double threshold = 0.5);                // x moved towards zero by the threshold
Value hard_shrink(Value x, double threshold = 0.5);                // x where |x| > threshold, else 0
Value threshold(Value x, double threshold, double default_value);  // x where x > threshold, else default_value

}  // namespace cornu::activations
