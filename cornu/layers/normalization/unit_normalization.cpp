#include "cornu/layers/normalization/unit_normalization.h"

#include "cornu/layers/layer_of.h"
#include "cornu/layers/normalization/axes.h"

namespace cornu::layers {
namespace {

constexpr double kEpsilon = 1e-12;  // the shortest length

class UnitNormalizationImpl final : public LayerOf<UnitNormalizationOptions> {
 public:
  explicit UnitNormalizationImpl(UnitNormalizationOptions&& options) : LayerOf(std::move(options)) {
    check_has_axis(o_.axis, "UnitNormalization");
  }
  std::string class_name() const override { return "UnitNormalization"; }

  Value call(CallContext&, Value x) override {
    const std::vector<int> axes = canonical_axes(o_.axis, x.rank(), name());
    return x * ops::minimum(ops::rsqrt(ops::sum(ops::square(x), axes, true)), 1.0 / kEpsilon);
  }

  Shape compute_output_shape(const Shape& input_shape) override {
    canonical_axes(o_.axis, input_shape.rank(), name());
    return input_shape;
  }
};

}  // namespace

UnitNormalization::UnitNormalization(UnitNormalizationOptions options)
    : Layer(make_layer<UnitNormalizationImpl>(std::move(options))) {}

void register_unit_normalization(Registry<Layer>& registry) {
  add_layer<UnitNormalizationImpl>(registry, "UnitNormalization");
}

}  // namespace cornu::layers
