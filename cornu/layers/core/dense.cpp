#include "cornu/layers/core/dense.h"

#include "cornu/layers/from_config.h"

namespace cornu::layers {
namespace {

class DenseImpl final : public LayerImpl {
 public:
  DenseImpl(std::int64_t units, DenseOptions options) : units_(units), o_(std::move(options)) {
    if (units <= 0) throw ValueError(cat("[Dense] received: units=", units, "\n  expected: a positive integer"));
  }

  std::string class_name() const override { return "Dense"; }

  Json own_config() const override {
    Json out = Json::object();
    out["units"] = units_;
    out["activation"] = o_.activation.serialize();
    out["use_bias"] = o_.use_bias;
    out["kernel_initializer"] = o_.kernel_initializer.serialize();
    out["bias_initializer"] = o_.bias_initializer.serialize();
    out["kernel_regularizer"] = o_.kernel_regularizer.serialize();
    out["bias_regularizer"] = o_.bias_regularizer.serialize();
    out["kernel_constraint"] = o_.kernel_constraint.serialize();
    out["bias_constraint"] = o_.bias_constraint.serialize();
    out["quantization_config"] = nullptr;
    return out;
  }

  void build(const Shape& input_shape) override {
    if (input_shape.rank() < 2 || input_shape.back() < 0)
      fail(cat("received: input of shape ", input_shape, "\n  expected: rank >= 2 and a known last dimension"));
    kernel_ = add_weight("kernel", {input_shape.back(), units_}, o_.kernel_initializer,
                         {true, o_.kernel_regularizer, o_.kernel_constraint});
    if (o_.use_bias)
      bias_ = add_weight("bias", {units_}, o_.bias_initializer, {true, o_.bias_regularizer, o_.bias_constraint});
  }

  Value call(CallContext& context, Value x) override {
    if (x.dim(-1) != kernel_.shape()[0])
      fail(cat("received: input of shape ", x.shape(), "\n  expected: a last dimension of ", kernel_.shape()[0]));
    Value out = ops::matmul(x, context[kernel_]);
    if (o_.use_bias) out = out + context[bias_];
    return o_.activation(out);
  }

  Shape compute_output_shape(const Shape& input_shape) override {
    Shape out = input_shape;
    out[out.rank() - 1] = units_;
    return out;
  }

 private:
  std::int64_t units_;
  DenseOptions o_;
  Variable kernel_, bias_;
};

Layer from_config(const Json& config) {
  ConfigReader reader = reader_for(config, "Dense");
  DenseOptions o;
  read_common(reader, o);
  reader.require("units");
  o.activation = cornu::activations::get(reader.json("activation"));
  o.use_bias = reader.boolean("use_bias", true);
  if (reader.has("kernel_initializer")) o.kernel_initializer = initializers::get(reader.json("kernel_initializer"));
  if (reader.has("bias_initializer")) o.bias_initializer = initializers::get(reader.json("bias_initializer"));
  o.kernel_regularizer = regularizers::get(reader.json("kernel_regularizer"));
  o.bias_regularizer = regularizers::get(reader.json("bias_regularizer"));
  o.kernel_constraint = constraints::get(reader.json("kernel_constraint"));
  o.bias_constraint = constraints::get(reader.json("bias_constraint"));
  for (const char* key : {"kernel_initializer", "bias_initializer"}) reader.ignore(key);
  return finish(reader, Dense(reader.integer("units", 0), o));
}

}  // namespace

Dense::Dense(std::int64_t units, DenseOptions options) : Layer(make_impl<DenseImpl>(options, units, options)) {
  impl_->set_activity_regularizer(options.activity_regularizer);
}

void register_dense(Registry<Layer>& registry) { registry.add("Dense", {}, from_config); }

}  // namespace cornu::layers
