#include "cornu/layers/convolutional/conv_transpose.h"

#include "cornu/layers/convolutional/base_conv.h"

namespace cornu::layers {
namespace {

struct Arguments : ConvTransposeOptions {
  std::int64_t filters = 0;
  SizeList kernel_size;

  template <class F>
  void fields(F& f) {
    f.required("filters", filters);
    f.required("kernel_size", kernel_size);
    f("strides", strides);
    f("padding", padding);
    f("output_padding", output_padding);
    f("data_format", data_format);
    f("dilation_rate", dilation_rate);
    f("activation", activation);
    f("use_bias", use_bias);
    f("kernel_initializer", kernel_initializer);
    f("bias_initializer", bias_initializer);
    f("kernel_regularizer", kernel_regularizer);
    f("bias_regularizer", bias_regularizer);
    f("activity_regularizer", activity_regularizer);
    f("kernel_constraint", kernel_constraint);
    f("bias_constraint", bias_constraint);
  }
};

template <int kRank>
class ConvTransposeImpl final : public LayerOf<Arguments, BaseConvImpl> {
 public:
  explicit ConvTransposeImpl(Arguments&& arguments)
      : LayerOf(std::move(arguments), cat("Conv", kRank, "DTranspose"), kRank) {
    set_window(o_.kernel_size, o_);
    check_positive("filters", o_.filters);
    check_strides_or_dilation();
    if (o_.output_padding.is_none()) return;
    output_padding_ = o_.output_padding.for_axes(kRank, class_name(), "output_padding", 0);
    o_.output_padding = SizeList(output_padding_);
    for (std::size_t i = 0; i < output_padding_.size(); ++i)
      if (output_padding_[i] >= sizes().strides[i])
        refuse("output_padding", std::to_string(output_padding_[i]), cat("less than strides=", sizes().strides[i]));
  }

  void build(const Shape& input_shape) override {
    kernel_ = add_weight("kernel", kernel_shape(o_.filters, channels_of(input_shape)), o_.kernel_initializer,
                         {true, o_.kernel_regularizer, o_.kernel_constraint});
    add_bias(o_, o_.filters);
  }

  Value call(CallContext& context, Value x) override {
    channels_of(x.shape());
    return o_.activation(with_bias(context, ops::conv_transpose(x, context[kernel_], window(), output_padding_)));
  }

 protected:
  std::int64_t output_channels(std::int64_t) const override { return o_.filters; }
  std::int64_t output_length(std::size_t axis, std::int64_t length) const override {
    const Window& w = sizes();
    return ops::transposed_length(length, w.padding, w.kernel_size[axis], w.strides[axis], w.dilation_rate[axis],
                                  output_padding_.empty() ? -1 : output_padding_[axis]);
  }

 private:
  std::vector<std::int64_t> output_padding_;  // empty: None
  Variable kernel_;
};

}  // namespace

template <int kRank>
ConvTranspose<kRank>::ConvTranspose(std::int64_t filters, SizeList kernel_size, ConvTransposeOptions options)
    : Layer(make_layer<ConvTransposeImpl<kRank>>({std::move(options), filters, std::move(kernel_size)})) {}
template class ConvTranspose<1>;
template class ConvTranspose<2>;
template class ConvTranspose<3>;

void register_conv_transpose(Registry<Layer>& registry) {
  add_layer<ConvTransposeImpl<1>>(registry, "Conv1DTranspose");
  add_layer<ConvTransposeImpl<2>>(registry, "Conv2DTranspose");
  add_layer<ConvTransposeImpl<3>>(registry, "Conv3DTranspose");
}

}  // namespace cornu::layers
