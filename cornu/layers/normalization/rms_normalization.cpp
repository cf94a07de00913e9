#include "cornu/layers/normalization/rms_normalization.h"

#include "cornu/layers/layer_of.h"
#include "cornu/layers/normalization/axes.h"
#include "cornu/layers/normalization/wide.h"

namespace cornu::layers {
namespace {

class RMSNormalizationImpl final : public LayerOf<RMSNormalizationOptions> {
 public:
  explicit RMSNormalizationImpl(RMSNormalizationOptions&& options) : LayerOf(std::move(options)) {
    check_has_axis(o_.axis, "RMSNormalization");
  }
  std::string class_name() const override { return "RMSNormalization"; }

  void build(const Shape& input_shape) override {
    const AxisList sorted = sorted_axes(o_.axis);
    axes_ = canonical_axes(sorted, input_shape.rank(), name());
    const Shape shape = dimensions_at(input_shape, axes_);
    for (int i = 1; i <= shape.rank(); ++i)
      if (shape.at(-i) != 1 && shape.at(-i) != input_shape.at(-i))
        fail(cat("received: axes that give a scale of shape ", shape, " for an input of shape ", input_shape,
                 "\n  expected: the last axes, since Keras multiplies the scale along these"));
    scale_ = add_weight("scale", shape, "ones");
    o_.axis = sorted;
  }

  Value call(CallContext& context, Value x) override {
    const DType given = x.dtype();
    x = wide(x);
    const Value factor = ops::rsqrt(ops::mean(ops::square(x), axes_, true) + o_.epsilon);
    return ops::cast(x * factor * wide(context[scale_]), given);
  }

  Shape compute_output_shape(const Shape& input_shape) override { return input_shape; }

 private:
  std::vector<int> axes_;
  Variable scale_;
};

}  // namespace

RMSNormalization::RMSNormalization(RMSNormalizationOptions options)
    : Layer(make_layer<RMSNormalizationImpl>(std::move(options))) {}

void register_rms_normalization(Registry<Layer>& registry) {
  add_layer<RMSNormalizationImpl>(registry, "RMSNormalization");
}

}  // namespace cornu::layers
