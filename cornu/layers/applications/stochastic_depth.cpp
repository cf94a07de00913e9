#include "cornu/layers/applications/stochastic_depth.h"

#include "cornu/layers/applications/own_module.h"

namespace cornu::layers {
namespace {

struct Arguments : LayerOptions {
  Number drop_path_rate = 0.0;
  template <class F>
  void fields(F& f) {
    f.required("drop_path_rate", drop_path_rate);
  }
};

class StochasticDepthImpl final : public OwnModule<LayerOf<Arguments>> {
 public:
  explicit StochasticDepthImpl(Arguments&& arguments) : OwnModule("convnext", std::move(arguments)) {
    if (!(o_.drop_path_rate >= 0.0 && o_.drop_path_rate < 1.0))
      throw ValueError(cat("[StochasticDepth] received: drop_path_rate=", static_cast<double>(o_.drop_path_rate),
                           "\n  expected: 0 <= drop_path_rate < 1"));
  }
  std::string class_name() const override { return "StochasticDepth"; }
  void build(const Shape&) override { state_ = add_seed_state(std::nullopt); }
  Value call(CallContext& context, Value x) override {
    if (!context.training()) return x;
    Shape samples = x.shape();
    for (int i = 1; i < samples.rank(); ++i) samples[i] = 1;
    const double keep = 1.0 - o_.drop_path_rate;
    const Value uniform = ops::random_uniform(context.next_random_state(state_), samples);
    return ops::where(ops::less(uniform, keep), x / keep, 0.0);
  }
  Shape compute_output_shape(const Shape& input_shape) override { return input_shape; }

 private:
  Variable state_;
};

}  // namespace

StochasticDepth::StochasticDepth(Number drop_path_rate, LayerOptions options)
    : Layer(make_layer<StochasticDepthImpl>({std::move(options), drop_path_rate})) {}

void register_stochastic_depth(Registry<Layer>& registry) {
  add_layer<StochasticDepthImpl>(registry, "StochasticDepth");
}

}  // namespace cornu::layers
