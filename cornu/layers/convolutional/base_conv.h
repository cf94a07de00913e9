// BaseConvImpl: what all convolution layers share: arguments checked and one number an axis, shapes, bias, activation.
#pragma once

#include "cornu/layers/data_format.h"
#include "cornu/layers/layer_of.h"

namespace cornu::layers {

class BaseConvImpl : public LayerImpl {
 public:
  std::string class_name() const override { return class_name_; }
  Shape compute_output_shape(const Shape& input_shape) override;

 protected:
  BaseConvImpl(std::string class_name, int rank) : class_name_(std::move(class_name)), rank_(rank) {}

  // Throws ValueError for arguments that no convolution can have. Gives lists their full length.
  template <class Options>
  void set_window(SizeList& kernel_size, Options& o) {
    window_.kernel_size = kernel_size.for_axes(rank_, class_name_, "kernel_size");
    window_.strides = o.strides.for_axes(rank_, class_name_, "strides");
    window_.dilation_rate = o.dilation_rate.for_axes(rank_, class_name_, "dilation_rate");
    window_.padding = o.padding = checked_padding(o.padding);
    window_.channels_first = is_channels_first(o.data_format, class_name_);
    kernel_size = SizeList(window_.kernel_size);
    o.strides = SizeList(window_.strides);
    o.dilation_rate = SizeList(window_.dilation_rate);
  }
  [[noreturn]] void refuse(std::string_view argument, const std::string& received, std::string_view expected) const;
  void check_positive(std::string_view argument, std::int64_t value) const;
  // Keras refuses both at once.
  void check_strides_or_dilation() const;

  // Checks the rank; throws ValueError when the channels are not known.
  std::int64_t channels_of(const Shape& input_shape) const;
  // (kernel_size..., inputs, outputs)
  Shape kernel_shape(std::int64_t inputs, std::int64_t outputs) const;
  ops::ConvOptions window() const;

  template <class Options>
  void add_bias(const Options& o, std::int64_t channels) {
    if (o.use_bias)
      bias_ = add_weight("bias", {channels}, o.bias_initializer, {true, o.bias_regularizer, o.bias_constraint});
  }
  Value with_bias(CallContext& context, Value out) const;

  virtual std::int64_t output_channels(std::int64_t input_channels) const = 0;
  virtual std::int64_t output_length(std::size_t axis, std::int64_t length) const;

  struct Window {
    std::vector<std::int64_t> kernel_size, strides, dilation_rate;
    std::string padding;
    bool channels_first = false;
  };
  const Window& sizes() const { return window_; }
  int rank() const { return rank_; }

 private:
  std::string checked_padding(const std::string& padding) const;

  std::string class_name_;
  int rank_;
  Window window_;
  Variable bias_;
};

}  // namespace cornu::layers
