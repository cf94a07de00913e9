#include "cornu/layers/activations/leaky_relu.h"

#include "cornu/activations/functions.h"
#include "cornu/layers/layer_of.h"

namespace cornu::layers {
namespace {

class LeakyReLUImpl final : public LayerOf<LeakyReLUOptions> {
 public:
  using LayerOf::LayerOf;
  std::string class_name() const override { return "LeakyReLU"; }
  Value call(CallContext&, Value x) override { return cornu::activations::leaky_relu(x, o_.negative_slope); }
};

}  // namespace

LeakyReLU::LeakyReLU(LeakyReLUOptions options) : Layer(make_layer<LeakyReLUImpl>(std::move(options))) {}

void register_leaky_relu(Registry<Layer>& registry) { add_layer<LeakyReLUImpl>(registry, "LeakyReLU"); }

}  // namespace cornu::layers
