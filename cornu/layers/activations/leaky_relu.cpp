#include "cornu/layers/activations/leaky_relu.h"

#include "cornu/activations/functions.h"
#include "cornu/layers/from_config.h"

namespace cornu::layers {
namespace {

class LeakyReLUImpl final : public LayerImpl {
 public:
  explicit LeakyReLUImpl(double slope) : slope_(slope) {}
  std::string class_name() const override { return "LeakyReLU"; }
  Json own_config() const override { return Json{{"negative_slope", slope_}}; }
  Value call(CallContext&, Value x) override { return cornu::activations::leaky_relu(x, slope_); }

 private:
  double slope_;
};

Layer from_config(const Json& config) {
  ConfigReader reader = reader_for(config, "LeakyReLU");
  LeakyReLUOptions o;
  read_common(reader, o);
  o.negative_slope = reader.number("negative_slope", reader.number("alpha", o.negative_slope));
  return finish(reader, LeakyReLU(o));
}

}  // namespace

LeakyReLU::LeakyReLU(LeakyReLUOptions options) : Layer(make_impl<LeakyReLUImpl>(options, options.negative_slope)) {}

void register_leaky_relu(Registry<Layer>& registry) { registry.add("LeakyReLU", {}, from_config); }

}  // namespace cornu::layers
