#include "cornu/layers/regularization/spatial_dropout.h"

#include "cornu/layers/regularization/rate.h"

namespace cornu::layers {
namespace {

template <int kSpace>
struct Arguments : std::conditional_t<kSpace == 1, SpatialDropout1DOptions, SpatialDropoutOptions> {
  Number rate = 0.0;
  template <class F>
  void fields(F& f) {
    f.required("rate", rate);
    f("seed", this->seed);
    if constexpr (kSpace > 1) f("data_format", this->data_format);
  }
};

// With kSpace axes between or behind batch and channels.
template <int kSpace>
class SpatialDropoutImpl final : public RateLayer<Arguments<kSpace>> {
 public:
  explicit SpatialDropoutImpl(Arguments<kSpace>&& arguments)
      : RateLayer<Arguments<kSpace>>(class_of_space(), std::move(arguments)) {
    if constexpr (kSpace > 1) {
      const std::string& format = this->o_.data_format;
      if (format != "channels_last" && format != "channels_first")
        throw ValueError(cat("[", class_of_space(), "] received: data_format=\"", format,
                             "\"\n  expected: channels_last or channels_first"));
    }
  }
  std::string class_name() const override { return class_of_space(); }

  // Keras's own order for these layers: no `trainable`, and a plain dtype behind the name.
  Json config() const override {
    const Json own = this->own_config();
    Json out = Json{{"rate", own["rate"]}, {"seed", own["seed"]}};
    out["name"] = this->name();
    out["dtype"] = name_of(this->dtype());
    for (const auto& [key, value] : own.items()) out[key] = value;
    return out;
  }

  void build(const Shape& input_shape) override {
    check_rank(input_shape);
    RateLayer<Arguments<kSpace>>::build(input_shape);
  }

  Value call(CallContext& context, Value x) override {
    check_rank(x.shape());
    if (!this->acts(context)) return x;
    Shape noise = x.shape();
    const int first = channels_first() ? 2 : 1;
    for (int i = first; i < first + kSpace; ++i) noise[i] = 1;
    return this->drop(context, x, noise);
  }

 private:
  static std::string class_of_space() { return cat("SpatialDropout", kSpace, "D"); }
  bool channels_first() const {
    if constexpr (kSpace > 1) return this->o_.data_format == "channels_first";
    return false;
  }
  void check_rank(const Shape& shape) const {
    if (shape.rank() != kSpace + 2)
      this->fail(cat("received: input of shape ", shape, "\n  expected: rank ", kSpace + 2));
  }
};

}  // namespace

SpatialDropout1D::SpatialDropout1D(Number rate, SpatialDropout1DOptions options)
    : Layer(make_layer<SpatialDropoutImpl<1>>({std::move(options), rate})) {}
SpatialDropout2D::SpatialDropout2D(Number rate, SpatialDropoutOptions options)
    : Layer(make_layer<SpatialDropoutImpl<2>>({std::move(options), rate})) {}
SpatialDropout3D::SpatialDropout3D(Number rate, SpatialDropoutOptions options)
    : Layer(make_layer<SpatialDropoutImpl<3>>({std::move(options), rate})) {}

void register_spatial_dropout(Registry<Layer>& registry) {
  add_layer<SpatialDropoutImpl<1>>(registry, "SpatialDropout1D");
  add_layer<SpatialDropoutImpl<2>>(registry, "SpatialDropout2D");
  add_layer<SpatialDropoutImpl<3>>(registry, "SpatialDropout3D");
}

}  // namespace cornu::layers
