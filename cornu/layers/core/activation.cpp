#include "cornu/layers/core/activation.h"

#include "cornu/layers/from_config.h"

namespace cornu::layers {
namespace {

class ActivationImpl final : public LayerImpl {
 public:
  explicit ActivationImpl(cornu::Activation activation) : activation_(std::move(activation)) {}
  std::string class_name() const override { return "Activation"; }
  Json own_config() const override { return Json{{"activation", activation_.serialize()}}; }
  Value call(CallContext&, Value x) override { return activation_(x); }

 private:
  cornu::Activation activation_;
};

Layer from_config(const Json& config) {
  ConfigReader reader = reader_for(config, "Activation");
  LayerOptions o;
  read_common(reader, o);
  reader.require("activation");
  return finish(reader, Activation(cornu::activations::get(reader.json("activation")), o));
}

}  // namespace

Activation::Activation(cornu::Activation activation, LayerOptions options)
    : Layer(make_impl<ActivationImpl>(options, std::move(activation))) {}

void register_activation(Registry<Layer>& registry) { registry.add("Activation", {}, from_config); }

}  // namespace cornu::layers
