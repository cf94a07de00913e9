#include "cornu/layers/convolutional/conv.h"

#include "cornu/layers/convolutional/base_conv.h"

namespace cornu::layers {
namespace {

struct Arguments {
  std::int64_t filters = 0;
  SizeList kernel_size;
  ConvOptions o;

  template <class F>
  void fields(F& f) {
    f("filters", filters);
    f("kernel_size", kernel_size);
    f("strides", o.strides);
    f("padding", o.padding);
    f("data_format", o.data_format);
    f("dilation_rate", o.dilation_rate);
    f("groups", o.groups);
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

class ConvImpl final : public BaseConvImpl {
 public:
  ConvImpl(int rank, Arguments arguments) : BaseConvImpl(cat("Conv", rank, "D"), rank), a_(std::move(arguments)) {
    set_window(a_.kernel_size, a_.o);
    check_positive("filters", a_.filters);
    check_positive("groups", a_.o.groups);
    if (a_.filters % a_.o.groups != 0)
      refuse("groups", std::to_string(a_.o.groups), cat("a divisor of filters=", a_.filters));
    check_strides_or_dilation();
  }
  Json own_config() const override { return write_options(a_); }

  void build(const Shape& input_shape) override {
    const std::int64_t channels = channels_of(input_shape);
    if (channels % a_.o.groups != 0)
      fail(cat("received: input of shape ", input_shape, "\n  expected: channels that groups=", a_.o.groups,
               " divides"));
    compute_output_shape(input_shape);
    kernel_ = add_weight("kernel", kernel_shape(channels / a_.o.groups, a_.filters), a_.o.kernel_initializer,
                         {true, a_.o.kernel_regularizer, a_.o.kernel_constraint});
    add_bias(a_.o, a_.filters);
  }

  Value call(CallContext& context, Value x) override {
    compute_output_shape(x.shape());
    return a_.o.activation(with_bias(context, ops::conv(x, context[kernel_], window())));
  }

 protected:
  std::int64_t output_channels(std::int64_t) const override { return a_.filters; }

 private:
  Arguments a_;
  Variable kernel_;
};

Layer make(int rank, const Arguments& a) {
  Layer out(make_impl<ConvImpl>(a.o, rank, a));
  out.impl().set_activity_regularizer(a.o.activity_regularizer);
  return out;
}

}  // namespace

template <int kRank>
Conv<kRank>::Conv(std::int64_t filters, SizeList kernel_size, ConvOptions options)
    : Layer(make(kRank, {filters, std::move(kernel_size), std::move(options)})) {}
template class Conv<1>;
template class Conv<2>;
template class Conv<3>;

void register_conv(Registry<Layer>& registry) {
  const auto add = [&registry](int rank, const char* name, const char* alias) {
    registry.add(name, {alias}, from_options(name, Arguments{}, {"filters", "kernel_size"}, [rank](const Arguments& a) {
                   return make(rank, a);
                 }));
  };
  add(1, "Conv1D", "Convolution1D");
  add(2, "Conv2D", "Convolution2D");
  add(3, "Conv3D", "Convolution3D");
}

}  // namespace cornu::layers
