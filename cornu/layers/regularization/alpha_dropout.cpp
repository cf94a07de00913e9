#include "cornu/layers/regularization/alpha_dropout.h"

#include <cmath>

#include "cornu/layers/regularization/rate.h"

namespace cornu::layers {
namespace {

struct Arguments : AlphaDropoutOptions {
  Number rate = 0.0;
  template <class F>
  void fields(F& f) {
    f.required("rate", rate);
    AlphaDropoutOptions::fields(f);
  }
};

class AlphaDropoutImpl final : public RateLayer<Arguments> {
 public:
  explicit AlphaDropoutImpl(Arguments&& arguments) : RateLayer("AlphaDropout", std::move(arguments)) {}
  std::string class_name() const override { return "AlphaDropout"; }

  Value call(CallContext& context, Value x) override {
    if (!acts(context)) return x;
    if (rate() == 1) fail("received: rate=1 in training\n  expected: rate < 1");
    constexpr double kSaturation = -1.6732632423543772 * 1.0507009873554805;  // of selu: -alpha * scale
    const double scale = 1.0 / std::sqrt((1 - rate()) * (1 + rate() * kSaturation * kSaturation));
    const double shift = -scale * kSaturation * rate();
    const Value uniform = ops::random_uniform(next_state(context), noise_shape(o_.noise_shape, x.shape()));
    return ops::where(ops::greater_equal(uniform, rate()), x, kSaturation) * scale + shift;
  }
};

}  // namespace

AlphaDropout::AlphaDropout(Number rate, AlphaDropoutOptions options)
    : Layer(make_layer<AlphaDropoutImpl>({std::move(options), rate})) {}

void register_alpha_dropout(Registry<Layer>& registry) { add_layer<AlphaDropoutImpl>(registry, "AlphaDropout"); }

}  // namespace cornu::layers
