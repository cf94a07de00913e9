#include "cornu/layers/pooling/adaptive_pooling.h"

#include "cornu/layers/option_fields.h"

namespace cornu::layers {
namespace {

enum class Mode : std::uint8_t { kMax, kAverage };

struct Arguments {
  SizeList output_size;
  AdaptivePoolingOptions o;

  template <class F>
  void fields(F& f) {
    f("output_size", output_size);
    f("data_format", o.data_format);
  }
};

// Axes are pooled one after the other, as in Keras.
class AdaptivePoolingImpl final : public LayerImpl {
 public:
  AdaptivePoolingImpl(Mode mode, int rank, Arguments arguments) : mode_(mode), rank_(rank), a_(std::move(arguments)) {
    a_.output_size = SizeList(a_.output_size.for_axes(rank, class_name(), "output_size"));
    channels_first_ = is_channels_first(a_.o.data_format, class_name());
  }
  std::string class_name() const override {
    return cat("Adaptive", mode_ == Mode::kMax ? "Max" : "Average", "Pooling", rank_, "D");
  }
  Json own_config() const override { return write_options(a_); }

  Value call(CallContext&, Value x) override {
    compute_output_shape(x.shape());
    std::size_t i = 0;
    for (const int axis : spatial_axes(x.rank(), channels_first_)) x = pool_axis(x, axis, a_.output_size.sizes()[i++]);
    return x;
  }

  Shape compute_output_shape(const Shape& input_shape) override {
    if (input_shape.rank() != rank_ + 2)
      fail(cat("received: input of shape ", input_shape, "\n  expected: rank ", rank_ + 2));
    Shape out = input_shape;
    std::size_t i = 0;
    for (const int axis : spatial_axes(rank_ + 2, channels_first_)) out[axis] = a_.output_size.sizes()[i++];
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
    if (mode_ == Mode::kMax) return ops::reduce_window(x, ir::Reduction::kMaximum, window);
    return ops::reduce_window(x, ir::Reduction::kSum, window) / static_cast<double>(size);
  }

  Mode mode_;
  int rank_;
  Arguments a_;
  bool channels_first_ = false;
};

Layer make(Mode mode, int rank, const Arguments& a) {
  return Layer(make_impl<AdaptivePoolingImpl>(a.o, mode, rank, a));
}

}  // namespace

template <int kRank>
AdaptiveMaxPooling<kRank>::AdaptiveMaxPooling(SizeList output_size, AdaptivePoolingOptions options)
    : Layer(make(Mode::kMax, kRank, {std::move(output_size), std::move(options)})) {}
template class AdaptiveMaxPooling<1>;
template class AdaptiveMaxPooling<2>;
template class AdaptiveMaxPooling<3>;

template <int kRank>
AdaptiveAveragePooling<kRank>::AdaptiveAveragePooling(SizeList output_size, AdaptivePoolingOptions options)
    : Layer(make(Mode::kAverage, kRank, {std::move(output_size), std::move(options)})) {}
template class AdaptiveAveragePooling<1>;
template class AdaptiveAveragePooling<2>;
template class AdaptiveAveragePooling<3>;

void register_adaptive_pooling(Registry<Layer>& registry) {
  const auto add = [&registry](Mode mode, int rank, const char* name) {
    registry.add(name, {}, from_options(name, Arguments{}, {"output_size"}, [mode, rank](const Arguments& a) {
                   return make(mode, rank, a);
                 }));
  };
  add(Mode::kMax, 1, "AdaptiveMaxPooling1D");
  add(Mode::kMax, 2, "AdaptiveMaxPooling2D");
  add(Mode::kMax, 3, "AdaptiveMaxPooling3D");
  add(Mode::kAverage, 1, "AdaptiveAveragePooling1D");
  add(Mode::kAverage, 2, "AdaptiveAveragePooling2D");
  add(Mode::kAverage, 3, "AdaptiveAveragePooling3D");
}

}  // namespace cornu::layers
