#include "cornu/layers/pooling/global_pooling.h"

#include "cornu/layers/option_fields.h"

namespace cornu::layers {
namespace {

enum class Mode : std::uint8_t { kMax, kAverage };

struct Arguments {
  GlobalPoolingOptions o;

  template <class F>
  void fields(F& f) {
    f("data_format", o.data_format);
    f("keepdims", o.keepdims);
  }
};

class GlobalPoolingImpl final : public LayerImpl {
 public:
  GlobalPoolingImpl(Mode mode, int rank, Arguments arguments)
      : mode_(mode),
        rank_(rank),
        a_(std::move(arguments)),
        channels_first_(is_channels_first(a_.o.data_format, class_name())) {}
  std::string class_name() const override {
    return cat("Global", mode_ == Mode::kMax ? "Max" : "Average", "Pooling", rank_, "D");
  }
  Json own_config() const override { return write_options(a_); }

  Value call(CallContext&, Value x) override {
    check_rank(x.shape());
    const std::vector<int> axes = spatial_axes(x.rank(), channels_first_);
    return mode_ == Mode::kMax ? ops::max(x, axes, a_.o.keepdims) : ops::mean(x, axes, a_.o.keepdims);
  }

  Shape compute_output_shape(const Shape& input_shape) override {
    check_rank(input_shape);
    Shape out = input_shape;
    for (const int axis : spatial_axes(rank_ + 2, channels_first_)) out[axis] = 1;
    return a_.o.keepdims ? out : Shape{input_shape[0], input_shape.at(channels_first_ ? 1 : -1)};
  }

 private:
  void check_rank(const Shape& input_shape) const {
    if (input_shape.rank() != rank_ + 2)
      fail(cat("received: input of shape ", input_shape, "\n  expected: rank ", rank_ + 2));
  }

  Mode mode_;
  int rank_;
  Arguments a_;
  bool channels_first_;
};

Layer make(Mode mode, int rank, const Arguments& a) { return Layer(make_impl<GlobalPoolingImpl>(a.o, mode, rank, a)); }

}  // namespace

template <int kRank>
GlobalMaxPooling<kRank>::GlobalMaxPooling(GlobalPoolingOptions options)
    : Layer(make(Mode::kMax, kRank, {std::move(options)})) {}
template class GlobalMaxPooling<1>;
template class GlobalMaxPooling<2>;
template class GlobalMaxPooling<3>;

template <int kRank>
GlobalAveragePooling<kRank>::GlobalAveragePooling(GlobalPoolingOptions options)
    : Layer(make(Mode::kAverage, kRank, {std::move(options)})) {}
template class GlobalAveragePooling<1>;
template class GlobalAveragePooling<2>;
template class GlobalAveragePooling<3>;

void register_global_pooling(Registry<Layer>& registry) {
  const auto add = [&registry](Mode mode, int rank, const char* name, const char* alias) {
    registry.add(name, {alias},
                 from_options(name, Arguments{}, {}, [mode, rank](const Arguments& a) { return make(mode, rank, a); }));
  };
  add(Mode::kMax, 1, "GlobalMaxPooling1D", "GlobalMaxPool1D");
  add(Mode::kMax, 2, "GlobalMaxPooling2D", "GlobalMaxPool2D");
  add(Mode::kMax, 3, "GlobalMaxPooling3D", "GlobalMaxPool3D");
  add(Mode::kAverage, 1, "GlobalAveragePooling1D", "GlobalAvgPool1D");
  add(Mode::kAverage, 2, "GlobalAveragePooling2D", "GlobalAvgPool2D");
  add(Mode::kAverage, 3, "GlobalAveragePooling3D", "GlobalAvgPool3D");
}

}  // namespace cornu::layers
