#include "cornu/layers/convolutional/depthwise_conv.h"

#include "cornu/layers/convolutional/base_conv.h"

namespace cornu::layers {
namespace {

struct Arguments {
  SizeList kernel_size;
  DepthwiseConvOptions o;

  template <class F>
  void fields(F& f) {
    f("depth_multiplier", o.depth_multiplier);
    f("kernel_size", kernel_size);
    f("strides", o.strides);
    f("padding", o.padding);
    f("data_format", o.data_format);
    f("dilation_rate", o.dilation_rate);
    f.part("activation", o.activation);
    f("use_bias", o.use_bias);
    f.part("depthwise_initializer", o.depthwise_initializer);
    f.part("bias_initializer", o.bias_initializer);
    f.part("depthwise_regularizer", o.depthwise_regularizer);
    f.part("bias_regularizer", o.bias_regularizer);
    f.part("activity_regularizer", o.activity_regularizer);
    f.part("depthwise_constraint", o.depthwise_constraint);
    f.part("bias_constraint", o.bias_constraint);
  }
};

class DepthwiseConvImpl final : public BaseConvImpl {
 public:
  DepthwiseConvImpl(int rank, Arguments arguments)
      : BaseConvImpl(cat("DepthwiseConv", rank, "D"), rank), a_(std::move(arguments)) {
    set_window(a_.kernel_size, a_.o);
    check_positive("depth_multiplier", a_.o.depth_multiplier);
  }
  Json own_config() const override { return write_options(a_); }

  void build(const Shape& input_shape) override {
    const std::int64_t channels = channels_of(input_shape);
    compute_output_shape(input_shape);
    kernel_ = add_weight("kernel", kernel_shape(channels, a_.o.depth_multiplier), a_.o.depthwise_initializer,
                         {true, a_.o.depthwise_regularizer, a_.o.depthwise_constraint});
    add_bias(a_.o, output_channels(channels));
  }

  Value call(CallContext& context, Value x) override {
    compute_output_shape(x.shape());
    return a_.o.activation(with_bias(context, ops::depthwise_conv(x, context[kernel_], window())));
  }

 protected:
  std::int64_t output_channels(std::int64_t input_channels) const override {
    return input_channels * a_.o.depth_multiplier;
  }

 private:
  Arguments a_;
  Variable kernel_;
};

Layer make(int rank, const Arguments& a) {
  Layer out(make_impl<DepthwiseConvImpl>(a.o, rank, a));
  out.impl().set_activity_regularizer(a.o.activity_regularizer);
  return out;
}

}  // namespace

template <int kRank>
DepthwiseConv<kRank>::DepthwiseConv(SizeList kernel_size, DepthwiseConvOptions options)
    : Layer(make(kRank, {std::move(kernel_size), std::move(options)})) {}
template class DepthwiseConv<1>;
template class DepthwiseConv<2>;

void register_depthwise_conv(Registry<Layer>& registry) {
  for (const auto& [rank, name] : {std::pair{1, "DepthwiseConv1D"}, {2, "DepthwiseConv2D"}})
    registry.add(name, {}, from_options(name, Arguments{}, {"kernel_size"}, [rank = rank](const Arguments& a) {
                   return make(rank, a);
                 }));
}

}  // namespace cornu::layers
