#include "cornu/layers/convolutional/conv.h"

#include "cornu/core/beside.h"
#include "cornu/layers/convolutional/base_conv.h"

namespace cornu::layers {
namespace {

struct Arguments : ConvOptions {
  std::int64_t filters = 0;
  SizeList kernel_size;
  Json cornu = nullptr;  // {"half_padding": true}: "same" as Theano pads, half a kernel in front (core/beside.h)

  template <class F>
  void fields(F& f) {
    f.required("filters", filters);
    f.required("kernel_size", kernel_size);
    f("strides", strides);
    f("padding", padding);
    f("data_format", data_format);
    f("dilation_rate", dilation_rate);
    f("groups", groups);
    f("activation", activation);
    f("use_bias", use_bias);
    f("kernel_initializer", kernel_initializer);
    f("bias_initializer", bias_initializer);
    f("kernel_regularizer", kernel_regularizer);
    f("bias_regularizer", bias_regularizer);
    f("activity_regularizer", activity_regularizer);
    f("kernel_constraint", kernel_constraint);
    f("bias_constraint", bias_constraint);
    f.forgotten("cornu", cornu, nullptr);
  }
};

template <int kRank>
class ConvImpl final : public LayerOf<Arguments, BaseConvImpl> {
 public:
  explicit ConvImpl(Arguments&& arguments) : LayerOf(std::move(arguments), cat("Conv", kRank, "D"), kRank) {
    set_window(o_.kernel_size, o_);
    check_positive("filters", o_.filters);
    check_positive("groups", o_.groups);
    if (o_.filters % o_.groups != 0)
      refuse("groups", std::to_string(o_.groups), cat("a divisor of filters=", o_.filters));
    check_strides_or_dilation();
    check_beside(o_.cornu, {"half_padding"}, class_name());
  }

  void build(const Shape& input_shape) override {
    const std::int64_t channels = channels_of(input_shape);
    if (channels % o_.groups != 0)
      fail(cat("received: input of shape ", input_shape, "\n  expected: channels that groups=", o_.groups, " divides"));
    compute_output_shape(input_shape);
    kernel_ = add_weight("kernel", kernel_shape(channels / o_.groups, o_.filters), o_.kernel_initializer,
                         {true, o_.kernel_regularizer, o_.kernel_constraint});
    add_bias(o_, o_.filters);
  }

  Value call(CallContext& context, Value x) override {
    compute_output_shape(x.shape());
    ops::ConvOptions options = window();
    if (o_.padding == "same" && beside(o_.cornu, "half_padding", false)) {
      x = half_padded(x);
      options.padding = "valid";
    }
    return o_.activation(with_bias(context, ops::conv(x, context[kernel_], options)));
  }

 protected:
  std::int64_t output_channels(std::int64_t) const override { return o_.filters; }

 private:
  Value half_padded(Value x) const {
    std::vector<std::pair<std::int64_t, std::int64_t>> widths(static_cast<std::size_t>(x.rank()), {0, 0});
    std::size_t i = 0;
    for (const int axis : spatial_axes(x.rank(), sizes().channels_first)) {
      const std::int64_t covered = (sizes().kernel_size[i] - 1) * sizes().dilation_rate[i] + 1;
      const std::int64_t places = output_length(i, x.dim(axis)), front = covered / 2;
      const std::int64_t all = (places - 1) * sizes().strides[i] + covered;
      widths[static_cast<std::size_t>(axis)] = {front, std::max<std::int64_t>(all - front - x.dim(axis), 0)};
      ++i;
    }
    return ops::pad(x, widths);
  }

  Variable kernel_;
};

}  // namespace

template <int kRank>
Conv<kRank>::Conv(std::int64_t filters, SizeList kernel_size, ConvOptions options)
    : Layer(make_layer<ConvImpl<kRank>>({std::move(options), filters, std::move(kernel_size)})) {}
template class Conv<1>;
template class Conv<2>;
template class Conv<3>;

void register_conv(Registry<Layer>& registry) {
  add_layer<ConvImpl<1>>(registry, "Conv1D");
  add_layer<ConvImpl<2>>(registry, "Conv2D");
  add_layer<ConvImpl<3>>(registry, "Conv3D");
}

}  // namespace cornu::layers
