#include "cornu/layers/reshaping/up_sampling.h"

#include "cornu/layers/option_fields.h"

namespace cornu::layers {
namespace {

// The arguments of all three; each has its own of them in its configuration.
struct UpSampling {
  int rank = 0;
  SizeList size = 2;
  std::string data_format = "channels_last", interpolation = "nearest";
  LayerOptions o = {};

  template <class F>
  void fields(F& f) {
    if (rank == 1) return f.single("size", size);
    f("size", size);
    f("data_format", data_format);
    if (rank == 2) f("interpolation", interpolation);
  }
};

class UpSamplingImpl final : public LayerImpl {
 public:
  explicit UpSamplingImpl(UpSampling arguments) : a_(std::move(arguments)) {
    a_.size = SizeList(a_.size.for_axes(a_.rank, class_name(), "size"));
    a_.interpolation = lower(a_.interpolation);
    channels_first_ = is_channels_first(a_.data_format, class_name());
    if (a_.interpolation != "nearest") ops::check_interpolation(a_.interpolation, class_name());
  }
  std::string class_name() const override { return cat("UpSampling", a_.rank, "D"); }
  Json own_config() const override { return write_options(a_); }

  Value call(CallContext&, Value x) override {
    const Shape out = compute_output_shape(x.shape());
    const std::vector<int> axes = spatial_axes(x.rank(), channels_first_);
    if (a_.interpolation != "nearest")
      return ops::resize(x, out[axes[0]], out[axes[1]], a_.interpolation, channels_first_);
    for (std::size_t i = 0; i < axes.size(); ++i) x = ops::repeat(x, a_.size.sizes()[i], axes[i]);
    return x;
  }

  Shape compute_output_shape(const Shape& input_shape) override {
    if (input_shape.rank() != a_.rank + 2)
      fail(cat("received: input of shape ", input_shape, "\n  expected: rank ", a_.rank + 2));
    Shape out = input_shape;
    std::size_t i = 0;
    for (const int axis : spatial_axes(a_.rank + 2, channels_first_)) {
      if (out[axis] >= 0) out[axis] *= a_.size.sizes()[i];
      ++i;
    }
    return out;
  }

 private:
  UpSampling a_;
  bool channels_first_ = false;
};

Layer make_layer(const UpSampling& a) { return Layer(make_impl<UpSamplingImpl>(a.o, a)); }

template <class Options>
LayerOptions common(const Options& o) {
  return {o.name, o.trainable, o.dtype, o.input_shape};
}

}  // namespace

UpSampling1D::UpSampling1D(std::int64_t size, LayerOptions options)
    : Layer(make_layer({.rank = 1, .size = size, .o = std::move(options)})) {}

UpSampling2D::UpSampling2D(SizeList size, UpSampling2DOptions options)
    : Layer(make_layer({2, std::move(size), options.data_format, options.interpolation, common(options)})) {}

UpSampling3D::UpSampling3D(SizeList size, UpSampling3DOptions options)
    : Layer(make_layer({3, std::move(size), options.data_format, "nearest", common(options)})) {}

void register_up_sampling(Registry<Layer>& registry) {
  for (const auto& [rank, name] : {std::pair{1, "UpSampling1D"}, {2, "UpSampling2D"}, {3, "UpSampling3D"}})
    registry.add(name, {}, from_options(name, UpSampling{.rank = rank}, {}, make_layer));
}

}  // namespace cornu::layers
