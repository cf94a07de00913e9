#include "cornu/layers/reshaping/cropping.h"

#include "cornu/layers/option_fields.h"

namespace cornu::layers {
namespace {

struct Arguments {
  int rank = 0;
  EdgeList cropping = 1;
  CroppingOptions o = {};

  template <class F>
  void fields(F& f) {
    f.edges("cropping", cropping, rank);
    if (rank > 1) f("data_format", o.data_format);  // in 1D channels are last
  }
};

class CroppingImpl final : public LayerImpl {
 public:
  explicit CroppingImpl(Arguments arguments)
      : a_(std::move(arguments)),
        edges_(a_.cropping.for_axes(a_.rank, class_name(), "cropping")),
        channels_first_(is_channels_first(a_.o.data_format, class_name())) {}
  std::string class_name() const override { return cat("Cropping", a_.rank, "D"); }
  Json own_config() const override { return write_options(a_); }

  Value call(CallContext&, Value x) override {
    compute_output_shape(x.shape());
    std::size_t i = 0;
    for (const int axis : spatial_axes(x.rank(), channels_first_)) {
      const Edge& e = edges_[i++];
      if (e.before + e.after > 0) x = ops::slice_axis(x, axis, e.before, x.dim(axis) - e.after);
    }
    return x;
  }

  Shape compute_output_shape(const Shape& input_shape) override {
    if (input_shape.rank() != a_.rank + 2)
      fail(cat("received: input of shape ", input_shape, "\n  expected: rank ", a_.rank + 2));
    Shape out = input_shape;
    std::size_t i = 0;
    for (const int axis : spatial_axes(a_.rank + 2, channels_first_)) {
      const Edge& e = edges_[i++];
      if (out[axis] < 0) continue;
      out[axis] -= e.before + e.after;
      if (out[axis] <= 0)
        fail(cat("received: input of shape ", input_shape, "\n  expected: more than cropping=(", e.before, ", ",
                 e.after, ") takes away at axis ", axis));
    }
    return out;
  }

 private:
  Arguments a_;
  std::vector<Edge> edges_;
  bool channels_first_;
};

Layer make_layer(const Arguments& a) { return Layer(make_impl<CroppingImpl>(a.o, a)); }

}  // namespace

Cropping1D::Cropping1D(EdgeList cropping, LayerOptions options)
    : Layer(make_layer({1,
                        std::move(cropping),
                        {"channels_last", options.name, options.trainable, options.dtype, options.input_shape}})) {}
Cropping2D::Cropping2D(EdgeList cropping, CroppingOptions options)
    : Layer(make_layer({2, std::move(cropping), std::move(options)})) {}
Cropping3D::Cropping3D(EdgeList cropping, CroppingOptions options)
    : Layer(make_layer({3, std::move(cropping), std::move(options)})) {}

void register_cropping(Registry<Layer>& registry) {
  registry.add("Cropping1D", {}, from_options("Cropping1D", Arguments{.rank = 1}, {}, make_layer));
  registry.add("Cropping2D", {}, from_options("Cropping2D", Arguments{.rank = 2, .cropping = 0}, {}, make_layer));
  registry.add("Cropping3D", {}, from_options("Cropping3D", Arguments{.rank = 3}, {}, make_layer));
}

}  // namespace cornu::layers
