#include "cornu/layers/convolutional/base_conv.h"

#include <algorithm>

namespace cornu::layers {

void BaseConvImpl::refuse(std::string_view argument, const std::string& received, std::string_view expected) const {
  throw ValueError(cat("[", class_name_, "] received: ", argument, "=", received, "\n  expected: ", expected));
}

void BaseConvImpl::check_positive(std::string_view argument, std::int64_t value) const {
  if (value <= 0) refuse(argument, std::to_string(value), "a positive number");
}

void BaseConvImpl::check_strides_or_dilation() const {
  const auto largest = [](const auto& list) { return *std::max_element(list.begin(), list.end()); };
  if (largest(window_.strides) > 1 && largest(window_.dilation_rate) > 1)
    refuse("strides", cat(largest(window_.strides), " with dilation_rate=", largest(window_.dilation_rate)),
           "strides or dilation_rate to be 1");
}

std::string BaseConvImpl::checked_padding(const std::string& padding) const {
  const std::string out = lower(padding);
  const bool causal_too = class_name_ == "Conv1D";
  if (out != "valid" && out != "same" && !(causal_too && out == "causal"))
    refuse("padding", cat("\"", padding, "\""),
           causal_too ? "\"valid\", \"same\" or \"causal\"" : "\"valid\" or \"same\"");
  return out;
}

std::int64_t BaseConvImpl::channels_of(const Shape& input_shape) const {
  const std::int64_t channels =
      input_shape.rank() == rank_ + 2 ? input_shape.at(window_.channels_first ? 1 : -1) : Shape::kNone;
  if (channels < 1)
    fail(cat("received: input of shape ", input_shape, "\n  expected: rank ", rank_ + 2, " and known channels at axis ",
             window_.channels_first ? 1 : rank_ + 1));
  return channels;
}

Shape BaseConvImpl::kernel_shape(std::int64_t inputs, std::int64_t outputs) const {
  Shape out(window_.kernel_size);
  out.push_back(inputs);
  out.push_back(outputs);
  return out;
}

ops::ConvOptions BaseConvImpl::window() const {
  return {window_.strides, window_.padding, window_.channels_first, window_.dilation_rate};
}

Value BaseConvImpl::with_bias(CallContext& context, Value out) const {
  if (!bias_) return out;
  Shape shape{bias_.shape()[0]};
  if (window_.channels_first)
    for (int i = 0; i < rank_; ++i) shape.push_back(1);
  return out + ops::reshape(context[bias_], shape);
}

std::int64_t BaseConvImpl::output_length(std::size_t axis, std::int64_t length) const {
  return ops::window_length(length, window_.padding, window_.kernel_size[axis], window_.strides[axis],
                            window_.dilation_rate[axis]);
}

Shape BaseConvImpl::compute_output_shape(const Shape& input_shape) {
  Shape out = input_shape;
  out[window_.channels_first ? 1 : rank_ + 1] = output_channels(channels_of(input_shape));
  std::size_t i = 0;
  for (const int axis : spatial_axes(rank_ + 2, window_.channels_first)) {
    out[axis] = output_length(i, input_shape[axis]);
    if (out[axis] == 0)
      fail(cat("received: input of shape ", input_shape, "\n  expected: at least as much as the kernel (",
               window_.kernel_size[i], ", dilation ", window_.dilation_rate[i], ") covers at axis ", axis));
    ++i;
  }
  return out;
}

}  // namespace cornu::layers
