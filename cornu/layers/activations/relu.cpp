#include "cornu/layers/activations/relu.h"

#include "cornu/activations/functions.h"
#include "cornu/layers/from_config.h"

namespace cornu::layers {
namespace {

class ReLUImpl final : public LayerImpl {
 public:
  explicit ReLUImpl(ReLUOptions options) : o_(std::move(options)) {
    if (o_.max_value && *o_.max_value < 0)
      throw ValueError(cat("[ReLU] received: max_value=", double(*o_.max_value), "\n  expected: >= 0"));
    if (o_.negative_slope < 0)
      throw ValueError(cat("[ReLU] received: negative_slope=", double(o_.negative_slope), "\n  expected: >= 0"));
    if (o_.threshold < 0)
      throw ValueError(cat("[ReLU] received: threshold=", double(o_.threshold), "\n  expected: >= 0"));
  }
  std::string class_name() const override { return "ReLU"; }
  Json own_config() const override { return write_fields(o_); }
  Value call(CallContext&, Value x) override {
    return cornu::activations::relu(
        x, {.negative_slope = o_.negative_slope, .max_value = o_.max_value, .threshold = o_.threshold});
  }

 private:
  ReLUOptions o_;
};

Layer from_config(const Json& config) {
  ConfigReader reader = reader_for(config, "ReLU");
  ReLUOptions o;
  read_common(reader, o);
  FieldReader fields(config, reader);
  o.fields(fields);
  return finish(reader, ReLU(o));
}

}  // namespace

ReLU::ReLU(ReLUOptions options) : Layer(make_impl<ReLUImpl>(options, options)) {}

void register_relu(Registry<Layer>& registry) { registry.add("ReLU", {}, from_config); }

}  // namespace cornu::layers
