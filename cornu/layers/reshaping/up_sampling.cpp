#include "cornu/layers/reshaping/up_sampling.h"

#include "cornu/layers/data_format.h"
#include "cornu/layers/layer_of.h"

namespace cornu::layers {
namespace {

// The arguments of all three; each has its own of them in its configuration.
template <int kRank>
struct Arguments : UpSampling2DOptions {
  SizeList size = 2;

  template <class F>
  void fields(F& f) {
    if constexpr (kRank == 1) {  // one number, not a list of one
      std::int64_t number = size.sizes().at(0);
      f("size", number);
      size = number;
      return;
    }
    f("size", size);
    f("data_format", data_format);
    if (kRank == 2) f("interpolation", interpolation);
  }
};

template <int kRank>
class UpSamplingImpl final : public LayerOf<Arguments<kRank>> {
 public:
  explicit UpSamplingImpl(Arguments<kRank>&& arguments)
      : LayerOf<Arguments<kRank>>(std::move(arguments)),
        channels_first_(is_channels_first(o_.data_format, class_name())) {
    o_.size = SizeList(o_.size.for_axes(kRank, class_name(), "size"));
    o_.interpolation = lower(o_.interpolation);
    ops::check_interpolation(o_.interpolation, class_name());
  }
  std::string class_name() const override { return cat("UpSampling", kRank, "D"); }
  bool notes_build_shape() const override { return true; }

  Value call(CallContext&, Value x) override {
    const Shape out = compute_output_shape(x.shape());
    const std::vector<int> axes = spatial_axes(x.rank(), channels_first_);
    if (o_.interpolation != "nearest")
      return ops::resize(x, out[axes[0]], out[axes[1]], o_.interpolation, channels_first_);
    for (std::size_t i = 0; i < axes.size(); ++i) x = ops::repeat(x, o_.size.sizes()[i], axes[i]);
    return x;
  }

  Shape compute_output_shape(const Shape& input_shape) override {
    check_rank(*this, input_shape, kRank + 2);
    Shape out = input_shape;
    std::size_t i = 0;
    for (const int axis : spatial_axes(kRank + 2, channels_first_)) {
      if (out[axis] >= 0) out[axis] *= o_.size.sizes()[i];
      ++i;
    }
    return out;
  }

 private:
  using LayerOf<Arguments<kRank>>::o_;
  bool channels_first_;
};

}  // namespace

UpSampling1D::UpSampling1D(std::int64_t size, LayerOptions o)
    : Layer(make_layer<UpSamplingImpl<1>>(
          {{"channels_last", "nearest", o.name, o.trainable, o.dtype, o.input_shape}, size})) {}

UpSampling2D::UpSampling2D(SizeList size, UpSampling2DOptions options)
    : Layer(make_layer<UpSamplingImpl<2>>({std::move(options), std::move(size)})) {}

UpSampling3D::UpSampling3D(SizeList size, UpSampling3DOptions o)
    : Layer(make_layer<UpSamplingImpl<3>>(
          {{o.data_format, "nearest", o.name, o.trainable, o.dtype, o.input_shape}, std::move(size)})) {}

void register_up_sampling(Registry<Layer>& registry) {
  add_layer<UpSamplingImpl<1>>(registry, "UpSampling1D");
  add_layer<UpSamplingImpl<2>>(registry, "UpSampling2D");
  add_layer<UpSamplingImpl<3>>(registry, "UpSampling3D");
}

}  // namespace cornu::layers
