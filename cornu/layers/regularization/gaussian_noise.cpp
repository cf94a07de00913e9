#include "cornu/layers/regularization/gaussian_noise.h"

#include "cornu/layers/from_config.h"

namespace cornu::layers {
namespace {

class GaussianNoiseImpl final : public LayerImpl {
 public:
  GaussianNoiseImpl(double stddev, GaussianNoiseOptions options) : stddev_(stddev), o_(std::move(options)) {
    if (!(stddev >= 0)) throw ValueError(cat("[GaussianNoise] received: stddev=", stddev, "\n  expected: stddev >= 0"));
  }
  std::string class_name() const override { return "GaussianNoise"; }
  Json own_config() const override {
    return Json{{"stddev", stddev_}, {"seed", o_.seed ? Json(*o_.seed) : Json(nullptr)}};
  }
  void build(const Shape&) override {
    if (stddev_ > 0) state_ = add_seed_state(o_.seed);
  }
  Value call(CallContext& context, Value x) override {
    if (!context.training() || stddev_ == 0) return x;
    return x + ops::random_normal(context.next_random_state(state_), x.shape()) * stddev_;
  }
  Shape compute_output_shape(const Shape& input_shape) override { return input_shape; }

 private:
  double stddev_;
  GaussianNoiseOptions o_;
  Variable state_;
};

Layer from_config(const Json& config) {
  ConfigReader reader = reader_for(config, "GaussianNoise");
  GaussianNoiseOptions o;
  read_common(reader, o);
  reader.require("stddev");
  o.seed = reader.optional_integer("seed");
  return finish(reader, GaussianNoise(reader.number("stddev", 0), o));
}

}  // namespace

GaussianNoise::GaussianNoise(double stddev, GaussianNoiseOptions options)
    : Layer(make_impl<GaussianNoiseImpl>(options, stddev, options)) {}

void register_gaussian_noise(Registry<Layer>& registry) { registry.add("GaussianNoise", {}, from_config); }

}  // namespace cornu::layers
