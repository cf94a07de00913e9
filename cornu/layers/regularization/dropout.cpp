#include "cornu/layers/regularization/dropout.h"

#include "cornu/layers/regularization/rate.h"

namespace cornu::layers {
namespace {

struct Arguments : DropoutOptions {
  Number rate = 0.0;
  template <class F>
  void fields(F& f) {
    f.required("rate", rate);
    DropoutOptions::fields(f);
  }
};

class DropoutImpl final : public RateLayer<Arguments> {
 public:
  explicit DropoutImpl(Arguments&& arguments) : RateLayer("Dropout", std::move(arguments)) {
    if (o_.noise_shape)
      for (const std::int64_t d : *o_.noise_shape)
        if (d == 0)
          throw ValueError(
              cat("[Dropout] received: noise_shape=", *o_.noise_shape, "\n  expected: positive dimensions, or None"));
  }
  std::string class_name() const override { return "Dropout"; }
  Value call(CallContext& context, Value x) override {
    return acts(context) ? drop(context, x, noise_shape(o_.noise_shape, x.shape())) : x;
  }
};

}  // namespace

Dropout::Dropout(Number rate, DropoutOptions options) : Layer(make_layer<DropoutImpl>({std::move(options), rate})) {}

void register_dropout(Registry<Layer>& registry) { add_layer<DropoutImpl>(registry, "Dropout"); }

}  // namespace cornu::layers
