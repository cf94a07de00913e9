#include "cornu/layers/reshaping/zero_padding.h"

#include "cornu/layers/data_format.h"
#include "cornu/layers/layer_of.h"

namespace cornu::layers {
namespace {

struct Arguments : ZeroPaddingOptions {
  EdgeList padding = 1;

  template <class F>
  void fields(F& f) {
    f("padding", padding);
    f("data_format", data_format);
  }
};

template <int kRank>
class ZeroPaddingImpl final : public LayerOf<Arguments> {
 public:
  explicit ZeroPaddingImpl(Arguments&& arguments)
      : LayerOf(std::move(arguments)), channels_first_(is_channels_first(o_.data_format, class_name())) {
    o_.padding = EdgeList(o_.padding.for_axes(kRank, class_name(), "padding"));
  }
  std::string class_name() const override { return cat("ZeroPadding", kRank, "D"); }
  bool notes_build_shape() const override { return true; }

  Value call(CallContext&, Value x) override {
    compute_output_shape(x.shape());
    std::vector<std::pair<std::int64_t, std::int64_t>> widths(static_cast<std::size_t>(x.rank()), {0, 0});
    std::size_t i = 0;
    for (const int axis : spatial_axes(x.rank(), channels_first_)) {
      widths[static_cast<std::size_t>(axis)] = {o_.padding.edges()[i].before, o_.padding.edges()[i].after};
      ++i;
    }
    return ops::pad(x, widths);
  }

  Shape compute_output_shape(const Shape& input_shape) override {
    check_rank(*this, input_shape, kRank + 2);
    Shape out = input_shape;
    std::size_t i = 0;
    for (const int axis : spatial_axes(kRank + 2, channels_first_)) {
      if (out[axis] >= 0) out[axis] += o_.padding.edges()[i].before + o_.padding.edges()[i].after;
      ++i;
    }
    return out;
  }

 private:
  bool channels_first_;
};

}  // namespace

template <int kRank>
ZeroPadding<kRank>::ZeroPadding(EdgeList padding, ZeroPaddingOptions options)
    : Layer(make_layer<ZeroPaddingImpl<kRank>>({std::move(options), std::move(padding)})) {}
template class ZeroPadding<1>;
template class ZeroPadding<2>;
template class ZeroPadding<3>;

void register_zero_padding(Registry<Layer>& registry) {
  add_layer<ZeroPaddingImpl<1>>(registry, "ZeroPadding1D");
  add_layer<ZeroPaddingImpl<2>>(registry, "ZeroPadding2D");
  add_layer<ZeroPaddingImpl<3>>(registry, "ZeroPadding3D");
}

}  // namespace cornu::layers
