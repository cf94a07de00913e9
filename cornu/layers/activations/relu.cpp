#include "cornu/layers/activations/relu.h"

#include "cornu/activations/functions.h"
#include "cornu/layers/layer_of.h"

namespace cornu::layers {
namespace {

class ReLUImpl final : public LayerOf<ReLUOptions> {
 public:
  explicit ReLUImpl(ReLUOptions&& options) : LayerOf(std::move(options)) {
    if (o_.max_value && *o_.max_value < 0)
      throw ValueError(cat("[ReLU] received: max_value=", double(*o_.max_value), "\n  expected: >= 0"));
    if (o_.negative_slope < 0)
      throw ValueError(cat("[ReLU] received: negative_slope=", double(o_.negative_slope), "\n  expected: >= 0"));
    if (o_.threshold < 0)
      throw ValueError(cat("[ReLU] received: threshold=", double(o_.threshold), "\n  expected: >= 0"));
  }
  std::string class_name() const override { return "ReLU"; }
  Value call(CallContext&, Value x) override {
    return cornu::activations::relu(
        x, {.negative_slope = o_.negative_slope, .max_value = o_.max_value, .threshold = o_.threshold});
  }
};

}  // namespace

ReLU::ReLU(ReLUOptions options) : Layer(make_layer<ReLUImpl>(std::move(options))) {}

void register_relu(Registry<Layer>& registry) { add_layer<ReLUImpl>(registry, "ReLU"); }

}  // namespace cornu::layers
