#include "cornu/layers/convolutional/separable_conv.h"

#include "cornu/layers/convolutional/base_conv.h"

namespace cornu::layers {
namespace {

struct Arguments {
  std::int64_t filters = 0;
  SizeList kernel_size;
  SeparableConvOptions o;

  template <class F>
  void fields(F& f) {
    f("depth_multiplier", o.depth_multiplier);
    f("filters", filters);
    f("kernel_size", kernel_size);
    f("strides", o.strides);
    f("padding", o.padding);
    f("data_format", o.data_format);
    f("dilation_rate", o.dilation_rate);
    f.part("activation", o.activation);
    f("use_bias", o.use_bias);
    f.part("depthwise_initializer", o.depthwise_initializer);
    f.part("pointwise_initializer", o.pointwise_initializer);
    f.part("bias_initializer", o.bias_initializer);
    f.part("depthwise_regularizer", o.depthwise_regularizer);
    f.part("pointwise_regularizer", o.pointwise_regularizer);
    f.part("bias_regularizer", o.bias_regularizer);
    f.part("activity_regularizer", o.activity_regularizer);
    f.part("depthwise_constraint", o.depthwise_constraint);
    f.part("pointwise_constraint", o.pointwise_constraint);
    f.part("bias_constraint", o.bias_constraint);
  }
};

class SeparableConvImpl final : public BaseConvImpl {
 public:
  SeparableConvImpl(int rank, Arguments arguments)
      : BaseConvImpl(cat("SeparableConv", rank, "D"), rank), a_(std::move(arguments)) {
    set_window(a_.kernel_size, a_.o);
    check_positive("filters", a_.filters);
    check_positive("depth_multiplier", a_.o.depth_multiplier);
  }
  Json own_config() const override { return write_options(a_); }

  void build(const Shape& input_shape) override {
    const std::int64_t channels = channels_of(input_shape);
    compute_output_shape(input_shape);
    depthwise_kernel_ =
        add_weight("depthwise_kernel", kernel_shape(channels, a_.o.depth_multiplier), a_.o.depthwise_initializer,
                   {true, a_.o.depthwise_regularizer, a_.o.depthwise_constraint});
    Shape pointwise(std::vector<std::int64_t>(static_cast<std::size_t>(rank()), 1));
    pointwise.push_back(channels * a_.o.depth_multiplier);
    pointwise.push_back(a_.filters);
    pointwise_kernel_ = add_weight("pointwise_kernel", pointwise, a_.o.pointwise_initializer,
                                   {true, a_.o.pointwise_regularizer, a_.o.pointwise_constraint});
    add_bias(a_.o, a_.filters);
  }

  Value call(CallContext& context, Value x) override {
    compute_output_shape(x.shape());
    const Value apart = ops::depthwise_conv(x, context[depthwise_kernel_], window());
    const Value mixed = ops::conv(apart, context[pointwise_kernel_], {.channels_first = window().channels_first});
    return a_.o.activation(with_bias(context, mixed));
  }

 protected:
  std::int64_t output_channels(std::int64_t) const override { return a_.filters; }

 private:
  Arguments a_;
  Variable depthwise_kernel_, pointwise_kernel_;
};

Layer make(int rank, const Arguments& a) {
  Layer out(make_impl<SeparableConvImpl>(a.o, rank, a));
  out.impl().set_activity_regularizer(a.o.activity_regularizer);
  return out;
}

}  // namespace

template <int kRank>
SeparableConv<kRank>::SeparableConv(std::int64_t filters, SizeList kernel_size, SeparableConvOptions options)
    : Layer(make(kRank, {filters, std::move(kernel_size), std::move(options)})) {}
template class SeparableConv<1>;
template class SeparableConv<2>;

void register_separable_conv(Registry<Layer>& registry) {
  const auto add = [&registry](int rank, const char* name, const char* alias) {
    registry.add(name, {alias}, from_options(name, Arguments{}, {"filters", "kernel_size"}, [rank](const Arguments& a) {
                   return make(rank, a);
                 }));
  };
  add(1, "SeparableConv1D", "SeparableConvolution1D");
  add(2, "SeparableConv2D", "SeparableConvolution2D");
}

}  // namespace cornu::layers
