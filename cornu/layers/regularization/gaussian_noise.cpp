#include "cornu/layers/regularization/gaussian_noise.h"

#include "cornu/layers/layer_of.h"

namespace cornu::layers {
namespace {

struct Arguments : GaussianNoiseOptions {
  Number stddev = 0.0;
  template <class F>
  void fields(F& f) {
    f.required("stddev", stddev);
    GaussianNoiseOptions::fields(f);
  }
};

class GaussianNoiseImpl final : public LayerOf<Arguments> {
 public:
  explicit GaussianNoiseImpl(Arguments&& arguments) : LayerOf(std::move(arguments)) {
    if (!(o_.stddev >= 0))
      throw ValueError(cat("[GaussianNoise] received: stddev=", double(o_.stddev), "\n  expected: stddev >= 0"));
  }
  std::string class_name() const override { return "GaussianNoise"; }
  void build(const Shape&) override {
    if (o_.stddev > 0) state_ = add_seed_state(o_.seed);
  }
  Value call(CallContext& context, Value x) override {
    if (!context.training() || o_.stddev == 0) return x;
    return x + ops::cast(ops::random_normal(context.next_random_state(state_), x.shape()) * o_.stddev, x.dtype());
  }
  Json default_call_arguments() const override { return Json{{"training", false}}; }
  Shape compute_output_shape(const Shape& input_shape) override { return input_shape; }

 private:
  Variable state_;
};

}  // namespace

GaussianNoise::GaussianNoise(Number stddev, GaussianNoiseOptions options)
    : Layer(make_layer<GaussianNoiseImpl>({std::move(options), stddev})) {}

void register_gaussian_noise(Registry<Layer>& registry) { add_layer<GaussianNoiseImpl>(registry, "GaussianNoise"); }

}  // namespace cornu::layers
