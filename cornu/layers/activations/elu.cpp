#include "cornu/layers/activations/elu.h"

#include "cornu/activations/functions.h"
#include "cornu/layers/from_config.h"

namespace cornu::layers {
namespace {

class ELUImpl final : public LayerImpl {
 public:
  explicit ELUImpl(double alpha) : alpha_(alpha) {}
  std::string class_name() const override { return "ELU"; }
  // Keras writes this layer's keys in an order of its own.
  Json config() const override {
    const Json common = LayerImpl::config();
    Json out = Json{{"name", common["name"]}, {"alpha", alpha_}};
    for (const auto& [key, value] : common.items())
      if (key != "name") out[key] = value;
    return out;
  }
  Value call(CallContext&, Value x) override { return cornu::activations::elu(x, alpha_); }

 private:
  double alpha_;
};

Layer from_config(const Json& config) {
  ConfigReader reader = reader_for(config, "ELU");
  ELUOptions o;
  read_common(reader, o);
  o.alpha = reader.number("alpha", o.alpha);
  return finish(reader, ELU(o));
}

}  // namespace

ELU::ELU(ELUOptions options) : Layer(make_impl<ELUImpl>(options, options.alpha)) {}

void register_elu(Registry<Layer>& registry) { registry.add("ELU", {}, from_config); }

}  // namespace cornu::layers
