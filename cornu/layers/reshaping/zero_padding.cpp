#include "cornu/layers/reshaping/zero_padding.h"

#include "cornu/layers/option_fields.h"

namespace cornu::layers {
namespace {

struct Arguments {
  int rank = 0;
  EdgeList padding = 1;
  ZeroPaddingOptions o = {};

  template <class F>
  void fields(F& f) {
    f.edges("padding", padding, rank);
    f("data_format", o.data_format);
  }
};

class ZeroPaddingImpl final : public LayerImpl {
 public:
  explicit ZeroPaddingImpl(Arguments arguments)
      : a_(std::move(arguments)),
        edges_(a_.padding.for_axes(a_.rank, class_name(), "padding")),
        channels_first_(is_channels_first(a_.o.data_format, class_name())) {}
  std::string class_name() const override { return cat("ZeroPadding", a_.rank, "D"); }
  Json own_config() const override { return write_options(a_); }

  Value call(CallContext&, Value x) override {
    compute_output_shape(x.shape());
    std::vector<std::pair<std::int64_t, std::int64_t>> widths(static_cast<std::size_t>(x.rank()), {0, 0});
    std::size_t i = 0;
    for (const int axis : spatial_axes(x.rank(), channels_first_)) {
      widths[static_cast<std::size_t>(axis)] = {edges_[i].before, edges_[i].after};
      ++i;
    }
    return ops::pad(x, widths);
  }

  Shape compute_output_shape(const Shape& input_shape) override {
    if (input_shape.rank() != a_.rank + 2)
      fail(cat("received: input of shape ", input_shape, "\n  expected: rank ", a_.rank + 2));
    Shape out = input_shape;
    std::size_t i = 0;
    for (const int axis : spatial_axes(a_.rank + 2, channels_first_)) {
      if (out[axis] >= 0) out[axis] += edges_[i].before + edges_[i].after;
      ++i;
    }
    return out;
  }

 private:
  Arguments a_;
  std::vector<Edge> edges_;
  bool channels_first_;
};

Layer make_layer(const Arguments& a) { return Layer(make_impl<ZeroPaddingImpl>(a.o, a)); }

}  // namespace

template <int kRank>
ZeroPadding<kRank>::ZeroPadding(EdgeList padding, ZeroPaddingOptions options)
    : Layer(make_layer({kRank, std::move(padding), std::move(options)})) {}
template class ZeroPadding<1>;
template class ZeroPadding<2>;
template class ZeroPadding<3>;

void register_zero_padding(Registry<Layer>& registry) {
  for (const auto& [rank, name] : {std::pair{1, "ZeroPadding1D"}, {2, "ZeroPadding2D"}, {3, "ZeroPadding3D"}})
    registry.add(name, {}, from_options(name, Arguments{.rank = rank}, {}, make_layer));
}

}  // namespace cornu::layers
