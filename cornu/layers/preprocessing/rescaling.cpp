#include "cornu/layers/preprocessing/rescaling.h"

#include "cornu/layers/layer_of.h"

namespace cornu::layers {
namespace {

struct Arguments : RescalingOptions {
  NumberList scale = {};
  template <class F>
  void fields(F& f) {
    f.required("scale", scale);
    RescalingOptions::fields(f);
  }
};

class RescalingImpl final : public LayerOf<Arguments> {
 public:
  explicit RescalingImpl(Arguments&& arguments) : LayerOf(std::move(arguments)) {
    if (o_.offset.is_none()) o_.offset = 0.0;
    if (o_.scale.numbers().empty() || o_.offset.numbers().empty())
      throw ValueError("[Rescaling] received: an empty list\n  expected: a number, or one for each channel");
  }
  std::string class_name() const override { return "Rescaling"; }
  bool notes_build_shape() const override { return true; }
  Value call(CallContext& context, Value x) override {
    x = ops::cast(x, compute_dtype());
    return x * value(context, o_.scale, x) + value(context, o_.offset, x);
  }

 private:
  Value value(CallContext& context, const NumberList& list, Value x) const {
    const std::vector<double> numbers(list.numbers().begin(), list.numbers().end());
    if (!list.is_list()) return ops::constant(context.builder(), Tensor::full({}, numbers[0], compute_dtype()));
    if (static_cast<std::int64_t>(numbers.size()) != x.dim(-1))
      fail(cat("received: input of shape ", x.shape(), "\n  expected: a last dimension of ", numbers.size()));
    return ops::constant(context.builder(), Tensor::from(numbers).astype(compute_dtype()));
  }
};

}  // namespace

Rescaling::Rescaling(NumberList scale, RescalingOptions options)
    : Layer(make_layer<RescalingImpl>({std::move(options), std::move(scale)})) {}

void register_rescaling(Registry<Layer>& registry) { add_layer<RescalingImpl>(registry, "Rescaling"); }

}  // namespace cornu::layers
