#include "cornu/layers/convolutional/conv_transpose.h"

#include "cornu/layers/convolutional/base_conv.h"

namespace cornu::layers {
namespace {

struct Arguments {
  std::int64_t filters = 0;
  SizeList kernel_size;
  ConvTransposeOptions o;

  template <class F>
  void fields(F& f) {
    f("filters", filters);
    f("kernel_size", kernel_size);
    f("strides", o.strides);
    f("padding", o.padding);
    f("output_padding", o.output_padding);
    f("data_format", o.data_format);
    f("dilation_rate", o.dilation_rate);
    f.part("activation", o.activation);
    f("use_bias", o.use_bias);
    f.part("kernel_initializer", o.kernel_initializer);
    f.part("bias_initializer", o.bias_initializer);
    f.part("kernel_regularizer", o.kernel_regularizer);
    f.part("bias_regularizer", o.bias_regularizer);
    f.part("activity_regularizer", o.activity_regularizer);
    f.part("kernel_constraint", o.kernel_constraint);
    f.part("bias_constraint", o.bias_constraint);
  }
};

class ConvTransposeImpl final : public BaseConvImpl {
 public:
  ConvTransposeImpl(int rank, Arguments arguments)
      : BaseConvImpl(cat("Conv", rank, "DTranspose"), rank), a_(std::move(arguments)) {
    set_window(a_.kernel_size, a_.o);
    check_positive("filters", a_.filters);
    check_strides_or_dilation();
    if (a_.o.output_padding.is_none()) return;
    output_padding_ = a_.o.output_padding.for_axes(rank, class_name(), "output_padding", 0);
    a_.o.output_padding = SizeList(output_padding_);
    for (std::size_t i = 0; i < output_padding_.size(); ++i)
      if (output_padding_[i] >= BaseConvImpl::arguments().strides[i])
        refuse("output_padding", std::to_string(output_padding_[i]),
               cat("less than strides=", BaseConvImpl::arguments().strides[i]));
  }
  Json own_config() const override { return write_options(a_); }

  void build(const Shape& input_shape) override {
    kernel_ = add_weight("kernel", kernel_shape(a_.filters, channels_of(input_shape)), a_.o.kernel_initializer,
                         {true, a_.o.kernel_regularizer, a_.o.kernel_constraint});
    add_bias(a_.o, a_.filters);
  }

  Value call(CallContext& context, Value x) override {
    channels_of(x.shape());
    return a_.o.activation(with_bias(context, ops::conv_transpose(x, context[kernel_], window(), output_padding_)));
  }

 protected:
  std::int64_t output_channels(std::int64_t) const override { return a_.filters; }
  std::int64_t output_length(std::size_t axis, std::int64_t length) const override {
    const Window& w = BaseConvImpl::arguments();
    return ops::transposed_length(length, w.padding, w.kernel_size[axis], w.strides[axis], w.dilation_rate[axis],
                                  output_padding_.empty() ? -1 : output_padding_[axis]);
  }

 private:
  Arguments a_;
  std::vector<std::int64_t> output_padding_;  // empty: None
  Variable kernel_;
};

Layer make(int rank, const Arguments& a) {
  Layer out(make_impl<ConvTransposeImpl>(a.o, rank, a));
  out.impl().set_activity_regularizer(a.o.activity_regularizer);
  return out;
}

}  // namespace

template <int kRank>
ConvTranspose<kRank>::ConvTranspose(std::int64_t filters, SizeList kernel_size, ConvTransposeOptions options)
    : Layer(make(kRank, {filters, std::move(kernel_size), std::move(options)})) {}
template class ConvTranspose<1>;
template class ConvTranspose<2>;
template class ConvTranspose<3>;

void register_conv_transpose(Registry<Layer>& registry) {
  const auto add = [&registry](int rank, const char* name, std::vector<std::string> aliases) {
    registry.add(name, aliases, from_options(name, Arguments{}, {"filters", "kernel_size"}, [rank](const Arguments& a) {
                   return make(rank, a);
                 }));
  };
  add(1, "Conv1DTranspose", {"Convolution1DTranspose"});
  add(2, "Conv2DTranspose", {"Convolution2DTranspose"});
  add(3, "Conv3DTranspose", {"Convolution3DTranspose"});
}

}  // namespace cornu::layers
