#include "cornu/layers/regularization/dropout.h"

#include "cornu/layers/from_config.h"

namespace cornu::layers {
namespace {

class DropoutImpl final : public LayerImpl {
 public:
  DropoutImpl(double rate, DropoutOptions options) : rate_(rate), o_(std::move(options)) {
    if (!(rate >= 0.0 && rate <= 1.0))
      throw ValueError(cat("[Dropout] received: rate=", rate, "\n  expected: 0 <= rate <= 1"));
  }
  std::string class_name() const override { return "Dropout"; }

  Json own_config() const override {
    Json noise = nullptr;
    if (o_.noise_shape) {
      noise = Json::array();
      for (const std::int64_t d : *o_.noise_shape) noise.push_back(d < 0 ? Json(nullptr) : Json(d));
    }
    return Json{{"rate", rate_}, {"seed", o_.seed ? Json(*o_.seed) : Json(nullptr)}, {"noise_shape", noise}};
  }

  // As in Keras, a rate of 0 has no random stream.
  void build(const Shape&) override {
    if (rate_ > 0) state_ = add_seed_state(o_.seed);
  }

  Value call(CallContext& context, Value x) override {
    if (!context.training() || rate_ == 0) return x;
    if (rate_ == 1) return ops::zeros_like(x);
    const Value uniform = ops::random_uniform(context.next_random_state(state_), noise_shape(x.shape()));
    const double keep = 1.0 - rate_;
    return ops::where(ops::less(uniform, keep), x / keep, 0.0);
  }

  Shape compute_output_shape(const Shape& input_shape) override { return input_shape; }

 private:
  Shape noise_shape(const Shape& input) const {
    if (!o_.noise_shape) return input;
    Shape out = *o_.noise_shape;
    if (out.rank() != input.rank()) fail(cat("received: noise_shape ", out, " for an input of shape ", input));
    for (int i = 0; i < out.rank(); ++i)
      if (out[i] < 0) out[i] = input[i];
    return out;
  }
  double rate_;
  DropoutOptions o_;
  Variable state_;
};

Layer from_config(const Json& config) {
  ConfigReader reader = reader_for(config, "Dropout");
  DropoutOptions o;
  read_common(reader, o);
  reader.require("rate");
  if (reader.has("noise_shape")) o.noise_shape = reader.shape("noise_shape");
  reader.ignore("noise_shape");
  o.seed = reader.optional_integer("seed");
  return finish(reader, Dropout(reader.number("rate", 0), o));
}

}  // namespace

Dropout::Dropout(double rate, DropoutOptions options) : Layer(make_impl<DropoutImpl>(options, rate, options)) {}

void register_dropout(Registry<Layer>& registry) { registry.add("Dropout", {}, from_config); }

}  // namespace cornu::layers
