#include "cornu/layers/normalization/layer_normalization.h"

#include "cornu/layers/layer_of.h"
#include "cornu/layers/normalization/axes.h"
#include "cornu/layers/normalization/wide.h"

namespace cornu::layers {
namespace {

class LayerNormalizationImpl final : public LayerOf<LayerNormalizationOptions> {
 public:
  explicit LayerNormalizationImpl(LayerNormalizationOptions&& options) : LayerOf(std::move(options)) {
    check_has_axis(o_.axis, "LayerNormalization");
  }
  std::string class_name() const override { return "LayerNormalization"; }
  bool autocast() const override { return false; }

  void build(const Shape& input_shape) override {
    const AxisList sorted = sorted_axes(o_.axis);
    axes_ = canonical_axes(sorted, input_shape.rank(), name());
    const Shape shape = dimensions_at(input_shape, axes_);
    if (o_.scale || o_.rms_scaling)
      gamma_ = add_weight("gamma", shape, o_.gamma_initializer,
                          {true, o_.gamma_regularizer, o_.gamma_constraint, {}, false});
    if (o_.center && !o_.rms_scaling)
      beta_ =
          add_weight("beta", shape, o_.beta_initializer, {true, o_.beta_regularizer, o_.beta_constraint, {}, false});
    o_.axis = sorted;
  }

  Value call(CallContext& context, Value x) override {
    const DType given = x.dtype();
    return ops::cast(ops::cast(normalized(context, wide(x)), given), compute_dtype());
  }

  Shape compute_output_shape(const Shape& input_shape) override { return input_shape; }

 private:
  Value normalized(CallContext& context, Value x) const {
    const auto along = [&](const Variable& weight) { return along_axes(wide(context[weight]), x, axes_); };
    if (o_.rms_scaling) return x * ops::rsqrt(ops::var(x, axes_, true) + o_.epsilon) * along(gamma_);
    const Value centered = x - ops::mean(x, axes_, true);
    Value out = centered * ops::rsqrt(ops::mean(ops::square(centered), axes_, true) + o_.epsilon);
    if (o_.scale) out = out * along(gamma_);
    if (o_.center) out = out + along(beta_);
    return out;
  }

  std::vector<int> axes_;
  Variable gamma_, beta_;
};

}  // namespace

LayerNormalization::LayerNormalization(LayerNormalizationOptions options)
    : Layer(make_layer<LayerNormalizationImpl>(std::move(options))) {}

void register_layer_normalization(Registry<Layer>& registry) {
  add_layer<LayerNormalizationImpl>(registry, "LayerNormalization");
}

}  // namespace cornu::layers
