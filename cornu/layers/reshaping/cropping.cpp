#include "cornu/layers/reshaping/cropping.h"

#include "cornu/layers/data_format.h"
#include "cornu/layers/layer_of.h"

namespace cornu::layers {
namespace {

template <int kRank>
struct Arguments : CroppingOptions {
  EdgeList cropping = kRank == 2 ? 0 : 1;

  template <class F>
  void fields(F& f) {
    f("cropping", cropping);
    if (kRank > 1) f("data_format", data_format);  // in 1D channels are last
  }
};

template <int kRank>
class CroppingImpl final : public LayerOf<Arguments<kRank>> {
 public:
  explicit CroppingImpl(Arguments<kRank>&& arguments)
      : LayerOf<Arguments<kRank>>(std::move(arguments)),
        channels_first_(is_channels_first(o_.data_format, class_name())) {
    o_.cropping = EdgeList(o_.cropping.for_axes(kRank, class_name(), "cropping"));
  }
  std::string class_name() const override { return cat("Cropping", kRank, "D"); }
  bool notes_build_shape() const override { return true; }

  Value call(CallContext&, Value x) override {
    compute_output_shape(x.shape());
    std::size_t i = 0;
    for (const int axis : spatial_axes(x.rank(), channels_first_)) {
      const Edge& e = o_.cropping.edges()[i++];
      if (e.before + e.after > 0) x = ops::slice_axis(x, axis, e.before, x.dim(axis) - e.after);
    }
    return x;
  }

  Shape compute_output_shape(const Shape& input_shape) override {
    check_rank(*this, input_shape, kRank + 2);
    Shape out = input_shape;
    std::size_t i = 0;
    for (const int axis : spatial_axes(kRank + 2, channels_first_)) {
      const Edge& e = o_.cropping.edges()[i++];
      if (out[axis] < 0) continue;
      out[axis] -= e.before + e.after;
      if (out[axis] <= 0)
        this->fail(cat("received: input of shape ", input_shape, "\n  expected: more than cropping=(", e.before, ", ",
                       e.after, ") takes away at axis ", axis));
    }
    return out;
  }

 private:
  using LayerOf<Arguments<kRank>>::o_;
  bool channels_first_;
};

}  // namespace

Cropping1D::Cropping1D(EdgeList cropping, LayerOptions o)
    : Layer(make_layer<CroppingImpl<1>>(
          {{"channels_last", o.name, o.trainable, o.dtype, o.input_shape}, std::move(cropping)})) {}
Cropping2D::Cropping2D(EdgeList cropping, CroppingOptions options)
    : Layer(make_layer<CroppingImpl<2>>({std::move(options), std::move(cropping)})) {}
Cropping3D::Cropping3D(EdgeList cropping, CroppingOptions options)
    : Layer(make_layer<CroppingImpl<3>>({std::move(options), std::move(cropping)})) {}

void register_cropping(Registry<Layer>& registry) {
  add_layer<CroppingImpl<1>>(registry, "Cropping1D");
  add_layer<CroppingImpl<2>>(registry, "Cropping2D");
  add_layer<CroppingImpl<3>>(registry, "Cropping3D");
}

}  // namespace cornu::layers
