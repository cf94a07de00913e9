#include "cornu/layers/pooling/adaptive_pooling.h"

#include "cornu/layers/data_format.h"
#include "cornu/layers/layer_of.h"

namespace cornu::layers {
namespace {

enum class Mode : std::uint8_t { kMax, kAverage };

struct Arguments : AdaptivePoolingOptions {
  SizeList output_size;

  template <class F>
  void fields(F& f) {
    f.required("output_size", output_size);
    f("data_format", data_format);
  }
};

// Axes are pooled one after the other, as in Keras.
template <Mode kMode, int kRank>
class AdaptivePoolingImpl final : public LayerOf<Arguments> {
 public:
  explicit AdaptivePoolingImpl(Arguments&& arguments) : LayerOf(std::move(arguments)) {
    o_.output_size = SizeList(o_.output_size.for_axes(kRank, class_name(), "output_size"));
    channels_first_ = is_channels_first(o_.data_format, class_name());
  }
  bool notes_build_shape() const override { return true; }
  std::string class_name() const override {
    return cat("Adaptive", kMode == Mode::kMax ? "Max" : "Average", "Pooling", kRank, "D");
  }

  Value call(CallContext&, Value x) override {
    compute_output_shape(x.shape());
    std::size_t i = 0;
    for (const int axis : spatial_axes(x.rank(), channels_first_)) x = pool_axis(x, axis, o_.output_size.sizes()[i++]);
    return x;
  }

  Shape compute_output_shape(const Shape& input_shape) override {
    check_rank(*this, input_shape, kRank + 2);
    Shape out = input_shape;
    std::size_t i = 0;
    for (const int axis : spatial_axes(kRank + 2, channels_first_)) out[axis] = o_.output_size.sizes()[i++];
    return out;
  }

 private:
  Value pool_axis(Value x, int axis, std::int64_t places) const {
    const std::int64_t length = x.dim(axis);
    if (length % places == 0) return pool_windows(x, axis, length / places);
    std::vector<Value> pooled;
    for (std::int64_t i = 0; i < places; ++i) {
      const std::int64_t begin = i * length / places, end = ((i + 1) * length + places - 1) / places;
      pooled.push_back(pool_windows(ops::slice_axis(x, axis, begin, end), axis, end - begin));
    }
    return ops::concatenate(pooled, axis);
  }
  // Windows side by side.
  Value pool_windows(Value x, int axis, std::int64_t size) const {
    ir::Window window(static_cast<std::size_t>(x.rank()));
    window[static_cast<std::size_t>(axis)] = {.size = size, .stride = size};
    if (kMode == Mode::kMax) return ops::reduce_window(x, ir::Reduction::kMaximum, window);
    return ops::reduce_window(x, ir::Reduction::kSum, window) / static_cast<double>(size);
  }

  bool channels_first_ = false;
};

}  // namespace

template <int kRank>
AdaptiveMaxPooling<kRank>::AdaptiveMaxPooling(SizeList output_size, AdaptivePoolingOptions options)
    : Layer(make_layer<AdaptivePoolingImpl<Mode::kMax, kRank>>({std::move(options), std::move(output_size)})) {}
template class AdaptiveMaxPooling<1>;
template class AdaptiveMaxPooling<2>;
template class AdaptiveMaxPooling<3>;

template <int kRank>
AdaptiveAveragePooling<kRank>::AdaptiveAveragePooling(SizeList output_size, AdaptivePoolingOptions options)
    : Layer(make_layer<AdaptivePoolingImpl<Mode::kAverage, kRank>>({std::move(options), std::move(output_size)})) {}
template class AdaptiveAveragePooling<1>;
template class AdaptiveAveragePooling<2>;
template class AdaptiveAveragePooling<3>;

void register_adaptive_pooling(Registry<Layer>& registry) {
  add_layer<AdaptivePoolingImpl<Mode::kMax, 1>>(registry, "AdaptiveMaxPooling1D");
  add_layer<AdaptivePoolingImpl<Mode::kMax, 2>>(registry, "AdaptiveMaxPooling2D");
  add_layer<AdaptivePoolingImpl<Mode::kMax, 3>>(registry, "AdaptiveMaxPooling3D");
  add_layer<AdaptivePoolingImpl<Mode::kAverage, 1>>(registry, "AdaptiveAveragePooling1D");
  add_layer<AdaptivePoolingImpl<Mode::kAverage, 2>>(registry, "AdaptiveAveragePooling2D");
  add_layer<AdaptivePoolingImpl<Mode::kAverage, 3>>(registry, "AdaptiveAveragePooling3D");
}

}  // namespace cornu::layers
