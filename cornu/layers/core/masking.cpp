#include "cornu/layers/core/masking.h"

#include "cornu/layers/layer_of.h"

namespace cornu::layers {
namespace {

class MaskingImpl final : public LayerOf<MaskingOptions> {
 public:
  using LayerOf::LayerOf;
  std::string class_name() const override { return "Masking"; }
  Value call(CallContext&, Value x) override {
    return ops::where(ops::any(ops::not_equal(x, o_.mask_value), {-1}, true), x, 0.0);
  }
  Shape compute_output_shape(const Shape& input_shape) override { return input_shape; }
};

}  // namespace

Masking::Masking(MaskingOptions options) : Layer(make_layer<MaskingImpl>(std::move(options))) {}

void register_masking(Registry<Layer>& registry) { add_layer<MaskingImpl>(registry, "Masking"); }

}  // namespace cornu::layers
