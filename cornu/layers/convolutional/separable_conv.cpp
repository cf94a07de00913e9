#include "cornu/layers/convolutional/separable_conv.h"

#include "cornu/layers/convolutional/base_conv.h"

namespace cornu::layers {
namespace {

struct Arguments : SeparableConvOptions {
  std::int64_t filters = 0;
  SizeList kernel_size;

  template <class F>
  void fields(F& f) {
    f("depth_multiplier", depth_multiplier);
    f.required("filters", filters);
    f.required("kernel_size", kernel_size);
    f("strides", strides);
    f("padding", padding);
    f("data_format", data_format);
    f("dilation_rate", dilation_rate);
    f("activation", activation);
    f("use_bias", use_bias);
    f("depthwise_initializer", depthwise_initializer);
    f("pointwise_initializer", pointwise_initializer);
    f("bias_initializer", bias_initializer);
    f("depthwise_regularizer", depthwise_regularizer);
    f("pointwise_regularizer", pointwise_regularizer);
    f("bias_regularizer", bias_regularizer);
    f("activity_regularizer", activity_regularizer);
    f("depthwise_constraint", depthwise_constraint);
    f("pointwise_constraint", pointwise_constraint);
    f("bias_constraint", bias_constraint);
  }
};

template <int kRank>
class SeparableConvImpl final : public LayerOf<Arguments, BaseConvImpl> {
 public:
  explicit SeparableConvImpl(Arguments&& arguments)
      : LayerOf(std::move(arguments), cat("SeparableConv", kRank, "D"), kRank) {
    set_window(o_.kernel_size, o_);
    check_positive("filters", o_.filters);
    check_positive("depth_multiplier", o_.depth_multiplier);
  }

  void build(const Shape& input_shape) override {
    const std::int64_t channels = channels_of(input_shape);
    compute_output_shape(input_shape);
    depthwise_kernel_ = add_weight("depthwise_kernel", kernel_shape(channels, o_.depth_multiplier),
                                   o_.depthwise_initializer, {true, o_.depthwise_regularizer, o_.depthwise_constraint});
    Shape pointwise(std::vector<std::int64_t>(static_cast<std::size_t>(rank()), 1));
    pointwise.push_back(channels * o_.depth_multiplier);
    pointwise.push_back(o_.filters);
    pointwise_kernel_ = add_weight("pointwise_kernel", pointwise, o_.pointwise_initializer,
                                   {true, o_.pointwise_regularizer, o_.pointwise_constraint});
    add_bias(o_, o_.filters);
  }

  Value call(CallContext& context, Value x) override {
    compute_output_shape(x.shape());
    const Value apart = ops::depthwise_conv(x, context[depthwise_kernel_], window());
    const Value mixed = ops::conv(apart, context[pointwise_kernel_], {.channels_first = window().channels_first});
    return o_.activation(with_bias(context, mixed));
  }

 protected:
  std::int64_t output_channels(std::int64_t) const override { return o_.filters; }

 private:
  Variable depthwise_kernel_, pointwise_kernel_;
};

}  // namespace

template <int kRank>
SeparableConv<kRank>::SeparableConv(std::int64_t filters, SizeList kernel_size, SeparableConvOptions options)
    : Layer(make_layer<SeparableConvImpl<kRank>>({std::move(options), filters, std::move(kernel_size)})) {}
template class SeparableConv<1>;
template class SeparableConv<2>;

void register_separable_conv(Registry<Layer>& registry) {
  add_layer<SeparableConvImpl<1>>(registry, "SeparableConv1D");
  add_layer<SeparableConvImpl<2>>(registry, "SeparableConv2D");
}

}  // namespace cornu::layers
