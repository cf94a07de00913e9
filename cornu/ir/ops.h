// The vocabulary of layer authors: keras.ops' names over symbolic values. Shapes broadcast as numpy's; numbers become
// constants of the other side's dtype (integers that meet a fraction, and bools, become float32). Axes may be negative.
// Each function throws ValueError for shapes it cannot take.
#pragma once

#include "cornu/ir/value.h"

namespace cornu {

// Arithmetic.
Value operator+(Value a, Value b);
Value operator-(Value a, Value b);
Value operator*(Value a, Value b);
Value operator/(Value a, Value b);
Value operator-(Value a);
Value operator+(Value a, double b);
Value operator-(Value a, double b);
Value operator*(Value a, double b);
Value operator/(Value a, double b);
Value operator+(double a, Value b);
Value operator-(double a, Value b);
Value operator*(double a, Value b);
Value operator/(double a, Value b);

namespace ops {

// Constants.
Value constant(Builder& builder, const Tensor& value);
Value full(Builder& builder, const Shape& shape, double value, DType dtype = float32);
Value zeros_like(Value x);
Value ones_like(Value x);
// 0, 1, 2, ... along one axis.
Value iota(Builder& builder, const Shape& shape, int axis, DType dtype = int32);
// Uniform floats in [0, 1) of a counter-based stream; `state` is uint32 (2,): seed and draw number. The same state
// gives the same numbers (cornu/core/random.h says which).
Value random_uniform(Value state, const Shape& shape);
// Mean 0, standard deviation 1 (Box-Muller on two uniform draws of one state).
Value random_normal(Value state, const Shape& shape);

// Elementwise, one operand.
Value abs(Value x);
Value ceil(Value x);
Value cast(Value x, DType dtype);
Value cos(Value x);
Value erf(Value x);
Value exp(Value x);
Value expm1(Value x);
Value floor(Value x);
Value isfinite(Value x);
Value log(Value x);
Value log1p(Value x);
Value sigmoid(Value x);
Value logical_not(Value x);
Value round(Value x);
Value rsqrt(Value x);
Value sign(Value x);
Value sin(Value x);
Value sqrt(Value x);
Value square(Value x);
Value tanh(Value x);
// The same value, through which no gradient flows.
Value stop_gradient(Value x);

// Elementwise, two and three operands.
// maximum, minimum: where both are equal the gradient goes to a, as on TensorFlow.
Value maximum(Value a, Value b);
Value maximum(Value a, double b);
Value minimum(Value a, Value b);
Value minimum(Value a, double b);
Value power(Value a, Value b);
Value power(Value a, double b);
Value mod(Value a, Value b);
Value clip(Value x, double low, double high);
Value equal(Value a, Value b);
Value not_equal(Value a, Value b);
Value less(Value a, Value b);
Value less_equal(Value a, Value b);
Value greater(Value a, Value b);
Value greater_equal(Value a, Value b);
Value equal(Value a, double b);
Value not_equal(Value a, double b);
Value less(Value a, double b);
Value less_equal(Value a, double b);
Value greater(Value a, double b);
Value greater_equal(Value a, double b);
Value logical_and(Value a, Value b);
Value logical_or(Value a, Value b);
Value logical_xor(Value a, Value b);
// where(condition, a, b): the condition is a bool tensor.
Value where(Value condition, Value a, Value b);
Value where(Value condition, Value a, double b);
Value where(Value condition, double a, Value b);

// Shape.
Value reshape(Value x, const Shape& shape);  // one dimension may be -1
Value broadcast_to(Value x, const Shape& shape);
Value transpose(Value x, std::vector<int> axes = {});
Value expand_dims(Value x, int axis);
Value squeeze(Value x, int axis);
Value concatenate(const std::vector<Value>& xs, int axis = -1);
Value slice(Value x, const std::vector<std::int64_t>& start, const std::vector<std::int64_t>& limit,
            std::vector<std::int64_t> stride = {});
// x[..., begin:end, ...] along one axis.
Value slice_axis(Value x, int axis, std::int64_t begin, std::int64_t end);
Value flip(Value x, const std::vector<int>& axes);
// Slices of x along one axis, whose place the axes of the integer `indices` take: for axis 0 row indices[i] of x
// becomes row i. An index outside of x means the nearest one inside.
Value take(Value x, Value indices, int axis = 0);
// x, to whose slices `updates` are added: those of take(x, indices, axis), in the order of the indices. What an index
// outside of x would be added to is left out.
Value scatter_add(Value x, Value indices, Value updates, int axis = 0);
// Each element `times` times, side by side.
Value repeat(Value x, std::int64_t times, int axis);
// Constant padding; one pair (before, after) an axis.
Value pad(Value x, const std::vector<std::pair<std::int64_t, std::int64_t>>& widths, double value = 0.0);

// Reductions; an empty list of axes means all of them.
Value sum(Value x, std::vector<int> axes = {}, bool keepdims = false);
Value mean(Value x, std::vector<int> axes = {}, bool keepdims = false);
Value prod(Value x, std::vector<int> axes = {}, bool keepdims = false);
Value max(Value x, std::vector<int> axes = {}, bool keepdims = false);
Value min(Value x, std::vector<int> axes = {}, bool keepdims = false);
Value all(Value x, std::vector<int> axes = {}, bool keepdims = false);
Value any(Value x, std::vector<int> axes = {}, bool keepdims = false);
// Biased (divided by n), as keras.ops.var.
Value var(Value x, std::vector<int> axes = {}, bool keepdims = false);
Value argmax(Value x, int axis = -1);
Value cumsum(Value x, int axis = -1);
Value logsumexp(Value x, int axis = -1, bool keepdims = false);

// Products. matmul follows numpy: the last two axes multiply, the ones before are a batch; a matrix or vector on the
// right of a tensor of higher rank multiplies its last axis.
Value matmul(Value a, Value b);
Value dot_general(Value a, Value b, const ir::DotAttributes& axes);

// The sum of x over all replicas that run the graph; with one of them x itself. Every replica must have the same
// all_reduce ops in the same order, of the same types.
Value all_reduce(Value x);
// Which of the replicas runs the graph, from 0 on: uint32. For what must not be alike everywhere, as random numbers.
Value replica_id(Builder& builder);

// Convolutions and windows over the spatial axes of (batch, spatial..., channels), or of (batch, channels, spatial...)
// with channels_first. Lists have one number for each spatial axis, or one for all of them.
struct ConvOptions {
  std::vector<std::int64_t> strides = {1};
  std::string padding = "valid";  // "same": ceil(length / stride) places; "causal": none sees what comes after it
  bool channels_first = false;
  std::vector<std::int64_t> dilation_rate = {1};
};
// Kernel: (spatial..., channels / groups, filters).
Value conv(Value x, Value kernel, const ConvOptions& options = {});
// Kernel: (spatial..., channels, multiplier); channel c of x makes channels c * multiplier + 0, 1, ... of the result.
Value depthwise_conv(Value x, Value kernel, const ConvOptions& options = {});
// The gradient of conv, made a layer: kernel (spatial..., filters, channels). An empty output_padding is Keras's None.
Value conv_transpose(Value x, Value kernel, const ConvOptions& options = {},
                     const std::vector<std::int64_t>& output_padding = {});
struct PoolOptions {
  std::vector<std::int64_t> strides = {};  // empty: pool_size
  std::string padding = "valid";
  bool channels_first = false;
};
Value max_pool(Value x, const std::vector<std::int64_t>& pool_size, const PoolOptions& options = {});
// Padding is not counted.
Value average_pool(Value x, const std::vector<std::int64_t>& pool_size, const PoolOptions& options = {});
Value convolution(Value x, Value kernel, const ir::ConvolutionAttributes& attributes);
Value reduce_window(Value x, ir::Reduction kind, const ir::Window& window);
// What these do to the length of an axis; -1, an unknown one, stays so. Throws ValueError for unknown paddings.
std::int64_t window_length(std::int64_t length, const std::string& padding, std::int64_t size, std::int64_t stride,
                           std::int64_t dilation = 1);
// `output_padding`: -1 is Keras's None.
std::int64_t transposed_length(std::int64_t length, const std::string& padding, std::int64_t size, std::int64_t stride,
                               std::int64_t dilation = 1, std::int64_t output_padding = -1);

// keras.ops.image.resize without antialias: images of rank 4; interpolation is "nearest", "bilinear", "bicubic",
// "lanczos3" or "lanczos5", with TensorFlow's weights.
Value resize(Value images, std::int64_t height, std::int64_t width, const std::string& interpolation = "bilinear",
             bool channels_first = false);
// Throws ValueError that begins with `what` for an unknown interpolation.
void check_interpolation(const std::string& interpolation, std::string_view what);

// Neural network functions with more than one use; the others are in activations/.
Value relu(Value x);
Value softmax(Value x, std::vector<int> axes = {-1});
Value log_softmax(Value x, int axis = -1);
// max(x, 0) + log1p(exp(-|x|)), also at infinities, and with the slope 1/2 at 0.
Value softplus(Value x);
// Integer classes to rows with a one; classes outside of the range give zeros.
Value one_hot(Value x, std::int64_t num_classes, DType dtype = float32);

// Counts a negative axis from the end; throws ValueError when there is no such axis. `what` names the caller.
int canonical_axis(int axis, int rank, std::string_view what);

}  // namespace ops
}  // namespace cornu
