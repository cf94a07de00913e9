#include "cornu/layers/core/activation.h"

#include "cornu/layers/layer_of.h"

namespace cornu::layers {
namespace {

struct Arguments : LayerOptions {
  cornu::Activation activation = {};
  template <class F>
  void fields(F& f) {
    f.required("activation", activation);
  }
};

class ActivationImpl final : public LayerOf<Arguments> {
 public:
  using LayerOf::LayerOf;
  std::string class_name() const override { return "Activation"; }
  Value call(CallContext&, Value x) override { return o_.activation(x); }
};

}  // namespace

Activation::Activation(cornu::Activation activation, LayerOptions options)
    : Layer(make_layer<ActivationImpl>({std::move(options), std::move(activation)})) {}

void register_activation(Registry<Layer>& registry) { add_layer<ActivationImpl>(registry, "Activation"); }

}  // namespace cornu::layers
