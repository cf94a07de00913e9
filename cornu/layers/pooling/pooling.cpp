#include "cornu/layers/pooling/pooling.h"

#include "cornu/layers/option_fields.h"

namespace cornu::layers {
namespace {

enum class Mode : std::uint8_t { kMax, kAverage };

struct Arguments {
  SizeList pool_size;
  PoolingOptions o;

  template <class F>
  void fields(F& f) {
    f("pool_size", pool_size);
    f("padding", o.padding);
    f("strides", o.strides);
    f("data_format", o.data_format);
  }
};

class PoolingImpl final : public LayerImpl {
 public:
  PoolingImpl(Mode mode, int rank, Arguments arguments) : mode_(mode), rank_(rank), a_(std::move(arguments)) {
    if (a_.o.strides.is_none()) a_.o.strides = a_.pool_size;
    a_.pool_size = SizeList(a_.pool_size.for_axes(rank, class_name(), "pool_size"));
    a_.o.strides = SizeList(a_.o.strides.for_axes(rank, class_name(), "strides"));
    channels_first_ = is_channels_first(a_.o.data_format, class_name());
    if (a_.o.padding != "valid" && a_.o.padding != "same")
      throw ValueError(
          cat("[", class_name(), "] received: padding=\"", a_.o.padding, "\"\n  expected: \"valid\" or \"same\""));
  }
  std::string class_name() const override {
    return cat(mode_ == Mode::kMax ? "Max" : "Average", "Pooling", rank_, "D");
  }
  Json own_config() const override { return write_options(a_); }

  Value call(CallContext&, Value x) override {
    compute_output_shape(x.shape());
    const ops::PoolOptions o{a_.o.strides.sizes(), a_.o.padding, channels_first_};
    return mode_ == Mode::kMax ? ops::max_pool(x, a_.pool_size.sizes(), o)
                               : ops::average_pool(x, a_.pool_size.sizes(), o);
  }

  Shape compute_output_shape(const Shape& input_shape) override {
    if (input_shape.rank() != rank_ + 2)
      fail(cat("received: input of shape ", input_shape, "\n  expected: rank ", rank_ + 2));
    Shape out = input_shape;
    std::size_t i = 0;
    for (const int axis : spatial_axes(rank_ + 2, channels_first_)) {
      out[axis] = ops::window_length(input_shape[axis], a_.o.padding, a_.pool_size.sizes()[i], a_.o.strides.sizes()[i]);
      if (out[axis] == 0)
        fail(cat("received: input of shape ", input_shape, "\n  expected: at least pool_size (",
                 a_.pool_size.sizes()[i], ") elements at axis ", axis));
      ++i;
    }
    return out;
  }

 private:
  Mode mode_;
  int rank_;
  Arguments a_;
  bool channels_first_ = false;
};

Layer make(Mode mode, int rank, const Arguments& a) { return Layer(make_impl<PoolingImpl>(a.o, mode, rank, a)); }

}  // namespace

template <int kRank>
MaxPooling<kRank>::MaxPooling(SizeList pool_size, PoolingOptions options)
    : Layer(make(Mode::kMax, kRank, {std::move(pool_size), std::move(options)})) {}
template class MaxPooling<1>;
template class MaxPooling<2>;
template class MaxPooling<3>;

template <int kRank>
AveragePooling<kRank>::AveragePooling(SizeList pool_size, PoolingOptions options)
    : Layer(make(Mode::kAverage, kRank, {std::move(pool_size), std::move(options)})) {}
template class AveragePooling<1>;
template class AveragePooling<2>;
template class AveragePooling<3>;

void register_pooling(Registry<Layer>& registry) {
  const auto add = [&registry](Mode mode, int rank, const char* name, const char* alias) {
    Arguments defaults;
    if (mode == Mode::kMax) defaults.pool_size = 2;
    const std::vector<const char*> required =
        mode == Mode::kMax ? std::vector<const char*>{} : std::vector{"pool_size"};
    registry.add(name, {alias}, from_options(name, defaults, required, [mode, rank](const Arguments& a) {
                   return make(mode, rank, a);
                 }));
  };
  add(Mode::kMax, 1, "MaxPooling1D", "MaxPool1D");
  add(Mode::kMax, 2, "MaxPooling2D", "MaxPool2D");
  add(Mode::kMax, 3, "MaxPooling3D", "MaxPool3D");
  add(Mode::kAverage, 1, "AveragePooling1D", "AvgPool1D");
  add(Mode::kAverage, 2, "AveragePooling2D", "AvgPool2D");
  add(Mode::kAverage, 3, "AveragePooling3D", "AvgPool3D");
}

}  // namespace cornu::layers
