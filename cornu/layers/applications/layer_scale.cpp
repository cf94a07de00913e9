#include "cornu/layers/applications/layer_scale.h"

#include "cornu/initializers/initializers.h"
#include "cornu/layers/applications/own_module.h"

namespace cornu::layers {
namespace {

struct Arguments : LayerOptions {
  Number init_values = 1e-6;
  std::int64_t projection_dim = 1;
  template <class F>
  void fields(F& f) {
    f.required("init_values", init_values);
    f.required("projection_dim", projection_dim);
  }
};

class LayerScaleImpl final : public OwnModule<LayerOf<Arguments>> {
 public:
  explicit LayerScaleImpl(Arguments&& arguments) : OwnModule("convnext", std::move(arguments)) {
    if (o_.projection_dim < 1)
      throw ValueError(cat("[LayerScale] received: projection_dim=", o_.projection_dim, "\n  expected: at least 1"));
  }
  std::string class_name() const override { return "LayerScale"; }
  void build(const Shape& input_shape) override {
    if (input_shape.rank() < 1 || input_shape.back() != o_.projection_dim)
      fail(cat("received: input of shape ", input_shape, "\n  expected: a last dimension of ", o_.projection_dim));
    gamma_ = add_weight(unique_name("variable"), {o_.projection_dim}, initializers::Constant(o_.init_values));
  }
  Value call(CallContext& context, Value x) override { return x * context[gamma_]; }
  Shape compute_output_shape(const Shape& input_shape) override {
    ensure_built(input_shape);
    return input_shape;
  }

 private:
  Variable gamma_;
};

}  // namespace

LayerScale::LayerScale(Number init_values, std::int64_t projection_dim, LayerOptions options)
    : Layer(make_layer<LayerScaleImpl>({std::move(options), init_values, projection_dim})) {}

void register_layer_scale(Registry<Layer>& registry) { add_layer<LayerScaleImpl>(registry, "LayerScale"); }

}  // namespace cornu::layers
