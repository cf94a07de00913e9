#include "cornu/layers/activations/prelu.h"

#include "cornu/layers/from_config.h"

namespace cornu::layers {
namespace {

class PReLUImpl final : public LayerImpl {
 public:
  PReLUImpl(PReLUOptions options, bool has_shared_axes) : o_(std::move(options)), has_shared_axes_(has_shared_axes) {}
  std::string class_name() const override { return "PReLU"; }
  Json own_config() const override {
    return Json{{"alpha_initializer", o_.alpha_initializer.serialize()},
                {"alpha_regularizer", o_.alpha_regularizer.serialize()},
                {"alpha_constraint", o_.alpha_constraint.serialize()},
                {"shared_axes", has_shared_axes_ ? Json(o_.shared_axes) : Json(nullptr)}};
  }
  void build(const Shape& input_shape) override {
    Shape shape = input_shape.slice(1, input_shape.rank());
    for (const int axis : o_.shared_axes) {
      if (axis < 1 || axis >= input_shape.rank())
        fail(cat("received: shared axis ", axis, "\n  expected: 1 to ", input_shape.rank() - 1));
      shape[axis - 1] = 1;
    }
    alpha_ = add_weight("alpha", shape, o_.alpha_initializer, {true, o_.alpha_regularizer, o_.alpha_constraint});
  }
  Value call(CallContext& context, Value x) override { return ops::relu(x) - context[alpha_] * ops::relu(-x); }
  Shape compute_output_shape(const Shape& input_shape) override { return input_shape; }

 private:
  PReLUOptions o_;
  bool has_shared_axes_;
  Variable alpha_;
};

Layer from_config(const Json& config) {
  ConfigReader reader = reader_for(config, "PReLU");
  PReLUOptions o;
  read_common(reader, o);
  if (const Json j = reader.json("alpha_initializer"); !j.is_null()) o.alpha_initializer = initializers::get(j);
  o.alpha_regularizer = regularizers::get(reader.json("alpha_regularizer"));
  o.alpha_constraint = constraints::get(reader.json("alpha_constraint"));
  const bool has_shared_axes = reader.has("shared_axes");
  const std::vector<std::int64_t> axes = reader.integers("shared_axes");
  o.shared_axes.assign(axes.begin(), axes.end());
  return finish(reader, Layer(make_impl<PReLUImpl>(o, o, has_shared_axes)));
}

}  // namespace

PReLU::PReLU(PReLUOptions options) : Layer(make_impl<PReLUImpl>(options, options, !options.shared_axes.empty())) {}

void register_prelu(Registry<Layer>& registry) { registry.add("PReLU", {}, from_config); }

}  // namespace cornu::layers
