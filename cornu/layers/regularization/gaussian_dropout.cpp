#include "cornu/layers/regularization/gaussian_dropout.h"

#include <cmath>

#include "cornu/layers/regularization/rate.h"

namespace cornu::layers {
namespace {

struct Arguments : GaussianDropoutOptions {
  Number rate = 0.0;
  template <class F>
  void fields(F& f) {
    f.required("rate", rate);
    GaussianDropoutOptions::fields(f);
  }
};

class GaussianDropoutImpl final : public RateLayer<Arguments> {
 public:
  explicit GaussianDropoutImpl(Arguments&& arguments) : RateLayer("GaussianDropout", std::move(arguments)) {}
  std::string class_name() const override { return "GaussianDropout"; }

  Value call(CallContext& context, Value x) override {
    if (!acts(context)) return x;
    if (rate() == 1) fail("received: rate=1 in training\n  expected: rate < 1");
    const double stddev = std::sqrt(rate() / (1.0 - rate()));
    return x * ops::cast(ops::random_normal(next_state(context), x.shape()) * stddev + 1.0, x.dtype());
  }
};

}  // namespace

GaussianDropout::GaussianDropout(Number rate, GaussianDropoutOptions options)
    : Layer(make_layer<GaussianDropoutImpl>({std::move(options), rate})) {}

void register_gaussian_dropout(Registry<Layer>& registry) {
  add_layer<GaussianDropoutImpl>(registry, "GaussianDropout");
}

}  // namespace cornu::layers
