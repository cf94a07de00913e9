#include "cornu/layers/convolutional/depthwise_conv.h"

#include "cornu/layers/convolutional/base_conv.h"

namespace cornu::layers {
namespace {

struct Arguments : DepthwiseConvOptions {
  SizeList kernel_size;

  template <class F>
  void fields(F& f) {
    f("depth_multiplier", depth_multiplier);
    f.required("kernel_size", kernel_size);
    f("strides", strides);
    f("padding", padding);
    f("data_format", data_format);
    f("dilation_rate", dilation_rate);
    f("activation", activation);
    f("use_bias", use_bias);
    f("depthwise_initializer", depthwise_initializer);
    f("bias_initializer", bias_initializer);
    f("depthwise_regularizer", depthwise_regularizer);
    f("bias_regularizer", bias_regularizer);
    f("activity_regularizer", activity_regularizer);
    f("depthwise_constraint", depthwise_constraint);
    f("bias_constraint", bias_constraint);
  }
};

template <int kRank>
class DepthwiseConvImpl final : public LayerOf<Arguments, BaseConvImpl> {
 public:
  explicit DepthwiseConvImpl(Arguments&& arguments)
      : LayerOf(std::move(arguments), cat("DepthwiseConv", kRank, "D"), kRank) {
    set_window(o_.kernel_size, o_);
    check_positive("depth_multiplier", o_.depth_multiplier);
  }

  void build(const Shape& input_shape) override {
    const std::int64_t channels = channels_of(input_shape);
    compute_output_shape(input_shape);
    kernel_ = add_weight("kernel", kernel_shape(channels, o_.depth_multiplier), o_.depthwise_initializer,
                         {true, o_.depthwise_regularizer, o_.depthwise_constraint});
    add_bias(o_, output_channels(channels));
  }

  Value call(CallContext& context, Value x) override {
    compute_output_shape(x.shape());
    return o_.activation(with_bias(context, ops::depthwise_conv(x, context[kernel_], window())));
  }

 protected:
  std::int64_t output_channels(std::int64_t input_channels) const override {
    return input_channels * o_.depth_multiplier;
  }

 private:
  Variable kernel_;
};

}  // namespace

template <int kRank>
DepthwiseConv<kRank>::DepthwiseConv(SizeList kernel_size, DepthwiseConvOptions options)
    : Layer(make_layer<DepthwiseConvImpl<kRank>>({std::move(options), std::move(kernel_size)})) {}
template class DepthwiseConv<1>;
template class DepthwiseConv<2>;

void register_depthwise_conv(Registry<Layer>& registry) {
  add_layer<DepthwiseConvImpl<1>>(registry, "DepthwiseConv1D");
  add_layer<DepthwiseConvImpl<2>>(registry, "DepthwiseConv2D");
}

}  // namespace cornu::layers
