#include "cornu/layers/pooling/global_pooling.h"

#include "cornu/layers/data_format.h"
#include "cornu/layers/layer_of.h"

namespace cornu::layers {
namespace {

enum class Mode : std::uint8_t { kMax, kAverage };

template <Mode kMode, int kRank>
class GlobalPoolingImpl final : public LayerOf<GlobalPoolingOptions> {
 public:
  explicit GlobalPoolingImpl(GlobalPoolingOptions&& options)
      : LayerOf(std::move(options)), channels_first_(is_channels_first(o_.data_format, class_name())) {}
  std::string class_name() const override {
    return cat("Global", kMode == Mode::kMax ? "Max" : "Average", "Pooling", kRank, "D");
  }

  Value call(CallContext&, Value x) override {
    check_rank(*this, x.shape(), kRank + 2);
    const std::vector<int> axes = spatial_axes(x.rank(), channels_first_);
    return kMode == Mode::kMax ? ops::max(x, axes, o_.keepdims) : ops::mean(x, axes, o_.keepdims);
  }

  // Of all poolings, Keras's GlobalAveragePooling1D alone takes a mask.
  Json default_call_arguments() const override {
    return kMode == Mode::kAverage && kRank == 1 ? Json{{"mask", nullptr}} : Json::object();
  }

  Shape compute_output_shape(const Shape& input_shape) override {
    check_rank(*this, input_shape, kRank + 2);
    Shape out = input_shape;
    for (const int axis : spatial_axes(kRank + 2, channels_first_)) out[axis] = 1;
    return o_.keepdims ? out : Shape{input_shape[0], input_shape.at(channels_first_ ? 1 : -1)};
  }

 private:
  bool channels_first_;
};

}  // namespace

template <int kRank>
GlobalMaxPooling<kRank>::GlobalMaxPooling(GlobalPoolingOptions options)
    : Layer(make_layer<GlobalPoolingImpl<Mode::kMax, kRank>>(std::move(options))) {}
template class GlobalMaxPooling<1>;
template class GlobalMaxPooling<2>;
template class GlobalMaxPooling<3>;

template <int kRank>
GlobalAveragePooling<kRank>::GlobalAveragePooling(GlobalPoolingOptions options)
    : Layer(make_layer<GlobalPoolingImpl<Mode::kAverage, kRank>>(std::move(options))) {}
template class GlobalAveragePooling<1>;
template class GlobalAveragePooling<2>;
template class GlobalAveragePooling<3>;

void register_global_pooling(Registry<Layer>& registry) {
  add_layer<GlobalPoolingImpl<Mode::kMax, 1>>(registry, "GlobalMaxPooling1D");
  add_layer<GlobalPoolingImpl<Mode::kMax, 2>>(registry, "GlobalMaxPooling2D");
  add_layer<GlobalPoolingImpl<Mode::kMax, 3>>(registry, "GlobalMaxPooling3D");
  add_layer<GlobalPoolingImpl<Mode::kAverage, 1>>(registry, "GlobalAveragePooling1D");
  add_layer<GlobalPoolingImpl<Mode::kAverage, 2>>(registry, "GlobalAveragePooling2D");
  add_layer<GlobalPoolingImpl<Mode::kAverage, 3>>(registry, "GlobalAveragePooling3D");
}

}  // namespace cornu::layers
