// The words for convolutions and poolings: Keras's arguments become windows.
#include <algorithm>

#include "cornu/core/error.h"
#include "cornu/ir/ops.h"

namespace cornu::ops {
namespace {

using ir::Op;
using List = std::vector<std::int64_t>;

// One number for each spatial axis; throws when the list has another length.
List for_each_axis(const List& list, int axes, std::string_view what, std::string_view argument) {
  if (list.size() == 1) return List(static_cast<std::size_t>(axes), list[0]);
  if (static_cast<int>(list.size()) != axes)
    throw ValueError(cat("[", what, "] received: ", argument, " of ", list.size(), " numbers\n  expected: ", axes,
                         ", one for each spatial axis, or one for all"));
  return list;
}

ir::WindowAxis window_axis(std::int64_t length, const std::string& padding, std::int64_t size, std::int64_t stride,
                           std::int64_t dilation) {
  ir::WindowAxis out{.size = size, .stride = stride, .dilation = dilation};
  if (padding == "causal") {
    out.low = out.extent() - 1;
  } else if (padding == "same") {
    const std::int64_t places = (length + stride - 1) / stride;
    const std::int64_t total = std::max<std::int64_t>((places - 1) * stride + out.extent() - length, 0);
    out.low = total / 2;  // the odd one comes last
    out.high = total - out.low;
  }
  return out;
}

void check_padding(const std::string& padding, bool causal_too, std::string_view what) {
  if (padding == "valid" || padding == "same" || (causal_too && padding == "causal")) return;
  throw ValueError(cat("[", what, "] received: padding \"", padding, "\"\n  expected: \"valid\"",
                       causal_too ? ", \"same\" or \"causal\"" : " or \"same\""));
}

ir::ImageAxes image_axes(int spatial, bool channels_first) {
  ir::ImageAxes out{0, channels_first ? 1 : spatial + 1, {}};
  for (int i = 0; i < spatial; ++i) out.spatial.push_back(i + (channels_first ? 2 : 1));
  return out;
}

// Image and kernel of one rank, with at least one spatial axis.
int spatial_axes(Value x, Value kernel, std::string_view what) {
  if (x.rank() < 3 || kernel.rank() != x.rank())
    throw ValueError(cat("[", what, "] received: an input of shape ", x.shape(), " and a kernel of shape ",
                         kernel.shape(), "\n  expected: both of one rank: batch, spatial axes, channels"));
  return x.rank() - 2;
}

ir::ConvolutionAttributes attributes_of(Value x, Value kernel, const ConvOptions& o, std::string_view what) {
  const int spatial = spatial_axes(x, kernel, what);
  check_padding(o.padding, true, what);
  ir::ConvolutionAttributes out;
  out.image = out.result = image_axes(spatial, o.channels_first);
  out.kernel = {spatial, spatial + 1, {}};
  const List strides = for_each_axis(o.strides, spatial, what, "strides");
  const List dilations = for_each_axis(o.dilation_rate, spatial, what, "dilation_rate");
  for (int i = 0; i < spatial; ++i) {
    const auto k = static_cast<std::size_t>(i);
    out.kernel.spatial.push_back(i);
    out.window.push_back(window_axis(x.dim(out.image.spatial[k]), o.padding, kernel.dim(i), strides[k], dilations[k]));
  }
  return out;
}

struct Pool {
  ir::Window window;  // of all axes
  ir::ImageAxes axes;
};

Pool pool_of(Value x, const List& pool_size, const PoolOptions& o, std::string_view what) {
  if (x.rank() < 3)
    throw ValueError(
        cat("[", what, "] received: an input of shape ", x.shape(), "\n  expected: batch, spatial axes, channels"));
  check_padding(o.padding, false, what);
  const int spatial = x.rank() - 2;
  Pool out{ir::Window(static_cast<std::size_t>(x.rank())), image_axes(spatial, o.channels_first)};
  const List sizes = for_each_axis(pool_size, spatial, what, "pool_size");
  const List strides = o.strides.empty() ? sizes : for_each_axis(o.strides, spatial, what, "strides");
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const int axis = out.axes.spatial[i];
    out.window[static_cast<std::size_t>(axis)] = window_axis(x.dim(axis), o.padding, sizes[i], strides[i], 1);
  }
  return out;
}

// How many elements each window holds: of the result's shape, with ones at batch and channels.
Tensor window_counts(const Shape& x, const Shape& result, const Pool& pool) {
  Shape shape(List(static_cast<std::size_t>(x.rank()), 1));
  for (const int axis : pool.axes.spatial) shape[axis] = result[axis];
  Tensor out = Tensor::full(shape, 1.0, float32);
  const List strides = row_major_strides(shape);
  auto* counts = out.mutable_data<float>();
  for (std::int64_t flat = 0; flat < out.size(); ++flat)
    for (const int axis : pool.axes.spatial) {
      const auto k = static_cast<std::size_t>(axis);
      std::int64_t inside = 0;
      for (std::int64_t t = 0; t < pool.window[k].size; ++t)
        inside += pool.window[k].element(flat / strides[k] % shape[axis], t, x[axis]) >= 0;
      counts[flat] *= static_cast<float>(inside);
    }
  return out;
}

}  // namespace

std::int64_t window_length(std::int64_t length, const std::string& padding, std::int64_t size, std::int64_t stride,
                           std::int64_t dilation) {
  check_padding(padding, true, "window");
  return length < 0 ? length : window_axis(length, padding, size, stride, dilation).positions(length);
}

std::int64_t transposed_length(std::int64_t length, const std::string& padding, std::int64_t size, std::int64_t stride,
                               std::int64_t dilation, std::int64_t output_padding) {
  check_padding(padding, false, "conv_transpose");
  if (length < 0) return length;
  const std::int64_t extent = (size - 1) * dilation + 1;
  if (output_padding < 0) return length * stride + (padding == "same" ? 0 : std::max<std::int64_t>(extent - stride, 0));
  return (length - 1) * stride + (padding == "same" ? extent % 2 : extent) + output_padding;
}

Value conv(Value x, Value kernel, const ConvOptions& options) {
  ir::ConvolutionAttributes a = attributes_of(x, kernel, options, "conv");
  const std::int64_t channels = x.dim(a.image.feature), inputs = kernel.dim(-2), filters = kernel.dim(-1);
  if (inputs < 1 || channels % inputs != 0 || filters % (channels / inputs) != 0)
    throw ValueError(cat("[conv] received: an input of shape ", x.shape(), " and a kernel of shape ", kernel.shape(),
                         "\n  expected: ", channels, " channels that the kernel's ", inputs,
                         " divide into groups, and filters (", filters, ") that the groups divide"));
  a.feature_groups = channels / inputs;
  return convolution(x, kernel, a);
}

Value depthwise_conv(Value x, Value kernel, const ConvOptions& options) {
  const ir::ConvolutionAttributes a = attributes_of(x, kernel, options, "depthwise_conv");
  if (kernel.dim(-2) != x.dim(a.image.feature))
    throw ValueError(cat("[depthwise_conv] received: an input of shape ", x.shape(), " and a kernel of shape ",
                         kernel.shape(), "\n  expected: a kernel for ", x.dim(a.image.feature), " channels"));
  Shape grouped = kernel.shape();
  grouped[kernel.rank() - 2] = 1;
  grouped[kernel.rank() - 1] = kernel.dim(-2) * kernel.dim(-1);
  return conv(x, reshape(kernel, grouped), options);
}

Value conv_transpose(Value x, Value kernel, const ConvOptions& options, const List& output_padding) {
  check_padding(options.padding, false, "conv_transpose");
  ir::ConvolutionAttributes a = attributes_of(x, kernel, options, "conv_transpose");
  std::swap(a.kernel.input, a.kernel.output);
  List more(a.window.size(), -1);
  if (!output_padding.empty())
    more = for_each_axis(output_padding, static_cast<int>(more.size()), "conv_transpose", "output_padding");
  for (std::size_t i = 0; i < a.window.size(); ++i) {
    // The window of the convolution whose gradient this is, seen from the other side.
    const ir::WindowAxis& w = a.window[i];
    const std::int64_t length = x.dim(a.image.spatial[i]);
    const std::int64_t result = transposed_length(length, options.padding, w.size, w.stride, w.dilation, more[i]);
    const ir::WindowAxis forward = window_axis(result, options.padding, w.size, w.stride, w.dilation);
    if (result < 1 || forward.positions(result) != length)
      throw ValueError(
          cat("[conv_transpose] received: ", length, " elements, a kernel of ", w.size, ", strides ", w.stride,
              ", output_padding ", more[i], " and padding \"", options.padding,
              "\"\n  expected: numbers with which a convolution of the result (", result, " elements) has ", length,
              " places, not ", forward.positions(result),
              "; output_padding below strides, and above 0 where padding is \"same\" and the kernel even"));
    a.window[i] = ir::transposed(forward, result);
  }
  return convolution(x, kernel, a);
}

Value max_pool(Value x, const List& pool_size, const PoolOptions& options) {
  return reduce_window(x, ir::Reduction::kMaximum, pool_of(x, pool_size, options, "max_pool").window);
}

Value average_pool(Value x, const List& pool_size, const PoolOptions& options) {
  const Pool pool = pool_of(x, pool_size, options, "average_pool");
  const Value total = reduce_window(x, ir::Reduction::kSum, pool.window);
  const Tensor counts = window_counts(x.shape(), total.shape(), pool);
  const auto* first = counts.data<float>();
  if (std::all_of(first, first + counts.size(), [first](float n) { return n == *first; }))
    return total / (counts.size() ? static_cast<double>(*first) : 1.0);
  return total / cast(constant(x.builder(), counts), is_floating(x.dtype()) ? x.dtype() : float32);
}

Value convolution(Value x, Value kernel, const ir::ConvolutionAttributes& attributes) {
  return x.builder().add(Op::kConvolution, {x, kernel}, attributes);
}

Value reduce_window(Value x, ir::Reduction kind, const ir::Window& window) {
  return x.builder().add(Op::kReduceWindow, {x}, ir::ReduceWindowAttributes{kind, window});
}

}  // namespace cornu::ops
