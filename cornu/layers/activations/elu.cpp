#include "cornu/layers/activations/elu.h"

#include "cornu/activations/functions.h"
#include "cornu/layers/layer_of.h"

namespace cornu::layers {
namespace {

class ELUImpl final : public LayerOf<ELUOptions> {
 public:
  using LayerOf::LayerOf;
  std::string class_name() const override { return "ELU"; }
  // Keras writes this layer's keys in an order of its own.
  Json config() const override {
    const Json common = LayerImpl::config();
    Json out = Json{{"name", common["name"]}, {"alpha", common["alpha"]}};
    for (const auto& [key, value] : common.items()) out[key] = value;
    return out;
  }
  Value call(CallContext&, Value x) override { return cornu::activations::elu(x, o_.alpha); }
};

}  // namespace

ELU::ELU(ELUOptions options) : Layer(make_layer<ELUImpl>(std::move(options))) {}

void register_elu(Registry<Layer>& registry) { add_layer<ELUImpl>(registry, "ELU"); }

}  // namespace cornu::layers
