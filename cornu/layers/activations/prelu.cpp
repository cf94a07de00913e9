#include "cornu/layers/activations/prelu.h"

#include "cornu/layers/layer_of.h"

namespace cornu::layers {
namespace {

class PReLUImpl final : public LayerOf<PReLUOptions> {
 public:
  explicit PReLUImpl(PReLUOptions&& options) : LayerOf(std::move(options)) {
    if (!o_.shared_axes.is_none()) o_.shared_axes = AxisList(o_.shared_axes.axes());  // Keras keeps a list
  }
  std::string class_name() const override { return "PReLU"; }
  void build(const Shape& input_shape) override {
    Shape shape = input_shape.slice(1, input_shape.rank());
    for (const int axis : o_.shared_axes.axes()) {
      if (axis < 1 || axis >= input_shape.rank())
        fail(cat("received: shared axis ", axis, "\n  expected: 1 to ", input_shape.rank() - 1));
      shape[axis - 1] = 1;
    }
    alpha_ = add_weight("alpha", shape, o_.alpha_initializer, {true, o_.alpha_regularizer, o_.alpha_constraint});
  }
  Value call(CallContext& context, Value x) override { return ops::relu(x) - context[alpha_] * ops::relu(-x); }
  Shape compute_output_shape(const Shape& input_shape) override { return input_shape; }

 private:
  Variable alpha_;
};

}  // namespace

PReLU::PReLU(PReLUOptions options) : Layer(make_layer<PReLUImpl>(std::move(options))) {}

void register_prelu(Registry<Layer>& registry) { add_layer<PReLUImpl>(registry, "PReLU"); }

}  // namespace cornu::layers
