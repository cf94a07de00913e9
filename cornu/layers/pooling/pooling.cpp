#include "cornu/layers/pooling/pooling.h"

#include "cornu/layers/data_format.h"
#include "cornu/layers/layer_of.h"

namespace cornu::layers {
namespace {

enum class Mode : std::uint8_t { kMax, kAverage };

template <Mode kMode>
struct Arguments : PoolingOptions {
  SizeList pool_size = kMode == Mode::kMax ? SizeList(2) : SizeList();

  template <class F>
  void fields(F& f) {
    if (kMode == Mode::kMax)
      f("pool_size", pool_size);
    else
      f.required("pool_size", pool_size);
    f("padding", padding);
    f("strides", strides);
    f("data_format", data_format);
  }
};

template <Mode kMode, int kRank>
class PoolingImpl final : public LayerOf<Arguments<kMode>> {
 public:
  explicit PoolingImpl(Arguments<kMode>&& arguments) : LayerOf<Arguments<kMode>>(std::move(arguments)) {
    if (o_.strides.is_none()) o_.strides = o_.pool_size;
    o_.pool_size = SizeList(o_.pool_size.for_axes(kRank, class_name(), "pool_size"));
    o_.strides = SizeList(o_.strides.for_axes(kRank, class_name(), "strides"));
    channels_first_ = is_channels_first(o_.data_format, class_name());
    if (o_.padding != "valid" && o_.padding != "same")
      throw ValueError(
          cat("[", class_name(), "] received: padding=\"", o_.padding, "\"\n  expected: \"valid\" or \"same\""));
  }
  std::string class_name() const override {
    return cat(kMode == Mode::kMax ? "Max" : "Average", "Pooling", kRank, "D");
  }

  Value call(CallContext&, Value x) override {
    compute_output_shape(x.shape());
    const ops::PoolOptions o{o_.strides.sizes(), o_.padding, channels_first_};
    return kMode == Mode::kMax ? ops::max_pool(x, o_.pool_size.sizes(), o)
                               : ops::average_pool(x, o_.pool_size.sizes(), o);
  }

  Shape compute_output_shape(const Shape& input_shape) override {
    check_rank(*this, input_shape, kRank + 2);
    Shape out = input_shape;
    std::size_t i = 0;
    for (const int axis : spatial_axes(kRank + 2, channels_first_)) {
      const std::int64_t size = o_.pool_size.sizes()[i];
      out[axis] = ops::window_length(input_shape[axis], o_.padding, size, o_.strides.sizes()[i]);
      if (out[axis] == 0)
        this->fail(cat("received: input of shape ", input_shape, "\n  expected: at least pool_size (", size,
                       ") elements at axis ", axis));
      ++i;
    }
    return out;
  }

 private:
  using LayerOf<Arguments<kMode>>::o_;
  bool channels_first_ = false;
};

}  // namespace

template <int kRank>
MaxPooling<kRank>::MaxPooling(SizeList pool_size, PoolingOptions options)
    : Layer(make_layer<PoolingImpl<Mode::kMax, kRank>>({std::move(options), std::move(pool_size)})) {}
template class MaxPooling<1>;
template class MaxPooling<2>;
template class MaxPooling<3>;

template <int kRank>
AveragePooling<kRank>::AveragePooling(SizeList pool_size, PoolingOptions options)
    : Layer(make_layer<PoolingImpl<Mode::kAverage, kRank>>({std::move(options), std::move(pool_size)})) {}
template class AveragePooling<1>;
template class AveragePooling<2>;
template class AveragePooling<3>;

void register_pooling(Registry<Layer>& registry) {
  add_layer<PoolingImpl<Mode::kMax, 1>>(registry, "MaxPooling1D");
  add_layer<PoolingImpl<Mode::kMax, 2>>(registry, "MaxPooling2D");
  add_layer<PoolingImpl<Mode::kMax, 3>>(registry, "MaxPooling3D");
  add_layer<PoolingImpl<Mode::kAverage, 1>>(registry, "AveragePooling1D");
  add_layer<PoolingImpl<Mode::kAverage, 2>>(registry, "AveragePooling2D");
  add_layer<PoolingImpl<Mode::kAverage, 3>>(registry, "AveragePooling3D");
}

}  // namespace cornu::layers
