#include "cornu/layers/normalization/batch_normalization.h"

#include "cornu/layers/from_config.h"

namespace cornu::layers {
namespace {

class BatchNormalizationImpl final : public LayerImpl {
 public:
  explicit BatchNormalizationImpl(BatchNormalizationOptions options) : o_(std::move(options)) {}
  std::string class_name() const override { return "BatchNormalization"; }

  Json own_config() const override {
    Json out = Json::object();
    out["axis"] = o_.axis;
    out["momentum"] = o_.momentum;
    out["epsilon"] = o_.epsilon;
    out["center"] = o_.center;
    out["scale"] = o_.scale;
    out["beta_initializer"] = o_.beta_initializer.serialize();
    out["gamma_initializer"] = o_.gamma_initializer.serialize();
    out["moving_mean_initializer"] = o_.moving_mean_initializer.serialize();
    out["moving_variance_initializer"] = o_.moving_variance_initializer.serialize();
    out["beta_regularizer"] = o_.beta_regularizer.serialize();
    out["gamma_regularizer"] = o_.gamma_regularizer.serialize();
    out["beta_constraint"] = o_.beta_constraint.serialize();
    out["gamma_constraint"] = o_.gamma_constraint.serialize();
    out["synchronized"] = o_.synchronized;
    out["renorm"] = false;
    out["renorm_clipping"] = nullptr;
    out["renorm_momentum"] = 0.99;
    return out;
  }

  void build(const Shape& input_shape) override {
    const int axis = ops::canonical_axis(o_.axis, input_shape.rank(), name());
    if (input_shape[axis] < 0)
      fail(cat("received: input of shape ", input_shape, "\n  expected: a known dimension at axis ", o_.axis));
    const Shape channels{input_shape[axis]};
    if (o_.scale)
      gamma_ = add_weight("gamma", channels, o_.gamma_initializer, {true, o_.gamma_regularizer, o_.gamma_constraint});
    if (o_.center)
      beta_ = add_weight("beta", channels, o_.beta_initializer, {true, o_.beta_regularizer, o_.beta_constraint});
    moving_mean_ = add_weight("moving_mean", channels, o_.moving_mean_initializer, {false, {}, {}});
    moving_variance_ = add_weight("moving_variance", channels, o_.moving_variance_initializer, {false, {}, {}});
  }

  Value call(CallContext& context, Value x) override {
    const int axis = ops::canonical_axis(o_.axis, x.rank(), name());
    Value mean = context[moving_mean_], variance = context[moving_variance_];
    if (context.training() && trainable()) {
      std::vector<int> others;
      for (int i = 0; i < x.rank(); ++i)
        if (i != axis) others.push_back(i);
      Shape wide(std::vector<std::int64_t>(static_cast<std::size_t>(x.rank()), 1));
      wide[axis] = x.dim(axis);
      const Value batch_mean = ops::mean(x, others);
      const Value batch_variance = ops::mean(ops::square(x - ops::reshape(batch_mean, wide)), others);
      context.update(moving_mean_, mean * o_.momentum + ops::stop_gradient(batch_mean) * (1.0 - o_.momentum));
      context.update(moving_variance_,
                     variance * o_.momentum + ops::stop_gradient(batch_variance) * (1.0 - o_.momentum));
      mean = batch_mean;
      variance = batch_variance;
    }
    // Keras's form: one multiplication and one addition an element.
    Value factor = ops::rsqrt(variance + o_.epsilon);
    if (o_.scale) factor = factor * context[gamma_];
    Value shift = -(mean * factor);
    if (o_.center) shift = shift + context[beta_];
    Shape wide(std::vector<std::int64_t>(static_cast<std::size_t>(x.rank()), 1));
    wide[axis] = x.dim(axis);
    return x * ops::reshape(factor, wide) + ops::reshape(shift, wide);
  }

  Shape compute_output_shape(const Shape& input_shape) override { return input_shape; }

 private:
  BatchNormalizationOptions o_;
  Variable gamma_, beta_, moving_mean_, moving_variance_;
};

Layer from_config(const Json& config) {
  ConfigReader reader = reader_for(config, "BatchNormalization");
  BatchNormalizationOptions o;
  read_common(reader, o);
  const std::vector<std::int64_t> axis = reader.integers("axis");
  if (axis.size() > 1) throw NotSupportedError(cat(reader.what(), ": several axes\n  expected: one axis"));
  if (!axis.empty()) o.axis = static_cast<int>(axis[0]);
  o.momentum = reader.number("momentum", o.momentum);
  o.epsilon = reader.number("epsilon", o.epsilon);
  o.center = reader.boolean("center", true);
  o.scale = reader.boolean("scale", true);
  const auto initializer = [&](const char* key, Initializer& target) {
    if (const Json j = reader.json(key); !j.is_null()) target = initializers::get(j);
  };
  initializer("beta_initializer", o.beta_initializer);
  initializer("gamma_initializer", o.gamma_initializer);
  initializer("moving_mean_initializer", o.moving_mean_initializer);
  initializer("moving_variance_initializer", o.moving_variance_initializer);
  o.beta_regularizer = regularizers::get(reader.json("beta_regularizer"));
  o.gamma_regularizer = regularizers::get(reader.json("gamma_regularizer"));
  o.beta_constraint = constraints::get(reader.json("beta_constraint"));
  o.gamma_constraint = constraints::get(reader.json("gamma_constraint"));
  o.synchronized = reader.boolean("synchronized", false);
  if (reader.boolean("renorm", false)) throw NotSupportedError(cat(reader.what(), ": renorm=true is not supported"));
  reader.ignore("renorm_clipping");
  reader.ignore("renorm_momentum");
  return finish(reader, BatchNormalization(o));
}

}  // namespace

BatchNormalization::BatchNormalization(BatchNormalizationOptions options)
    : Layer(make_impl<BatchNormalizationImpl>(options, options)) {}

void register_batch_normalization(Registry<Layer>& registry) { registry.add("BatchNormalization", {}, from_config); }

}  // namespace cornu::layers
