#include "cornu/layers/normalization/layer_normalization.h"

#include <algorithm>

#include "cornu/layers/from_config.h"

namespace cornu::layers {
namespace {

class LayerNormalizationImpl final : public LayerImpl {
 public:
  LayerNormalizationImpl(LayerNormalizationOptions options, bool axis_is_list, bool rms_scaling)
      : o_(std::move(options)), axis_is_list_(axis_is_list), rms_scaling_(rms_scaling) {
    if (o_.axis.empty()) throw ValueError("[LayerNormalization] received: no axis\n  expected: at least one");
  }
  std::string class_name() const override { return "LayerNormalization"; }

  Json own_config() const override {
    // Keras writes the axes of a built layer as a list.
    const Json axis = axis_is_list_ || built() ? Json(o_.axis) : Json(o_.axis[0]);
    Json out = Json::object();
    out["axis"] = axis;
    out["epsilon"] = o_.epsilon;
    out["center"] = o_.center;
    out["scale"] = o_.scale;
    out["rms_scaling"] = rms_scaling_;
    out["beta_initializer"] = o_.beta_initializer.serialize();
    out["gamma_initializer"] = o_.gamma_initializer.serialize();
    out["beta_regularizer"] = o_.beta_regularizer.serialize();
    out["gamma_regularizer"] = o_.gamma_regularizer.serialize();
    out["beta_constraint"] = o_.beta_constraint.serialize();
    out["gamma_constraint"] = o_.gamma_constraint.serialize();
    return out;
  }

  void build(const Shape& input_shape) override {
    axes_.clear();
    for (const int a : o_.axis) axes_.push_back(ops::canonical_axis(a, input_shape.rank(), name()));
    Shape shape;
    for (const int a : axes_) shape.push_back(input_shape[a]);
    if (o_.scale || rms_scaling_)
      gamma_ = add_weight("gamma", shape, o_.gamma_initializer, {true, o_.gamma_regularizer, o_.gamma_constraint});
    if (o_.center && !rms_scaling_)
      beta_ = add_weight("beta", shape, o_.beta_initializer, {true, o_.beta_regularizer, o_.beta_constraint});
  }

  Value call(CallContext& context, Value x) override {
    const auto wide = [&](Value w) {
      Shape shape(std::vector<std::int64_t>(static_cast<std::size_t>(x.rank()), 1));
      for (const int a : axes_) shape[a] = x.dim(a);
      return ops::reshape(w, shape);
    };
    if (rms_scaling_) return x * ops::rsqrt(ops::var(x, axes_, true) + o_.epsilon) * wide(context[gamma_]);
    const Value centered = x - ops::mean(x, axes_, true);
    Value out = centered * ops::rsqrt(ops::mean(ops::square(centered), axes_, true) + o_.epsilon);
    if (o_.scale) out = out * wide(context[gamma_]);
    if (o_.center) out = out + wide(context[beta_]);
    return out;
  }

  Shape compute_output_shape(const Shape& input_shape) override { return input_shape; }

 private:
  LayerNormalizationOptions o_;
  bool axis_is_list_, rms_scaling_;
  std::vector<int> axes_;
  Variable gamma_, beta_;
};

Layer from_config(const Json& config) {
  ConfigReader reader = reader_for(config, "LayerNormalization");
  LayerNormalizationOptions o;
  read_common(reader, o);
  const bool is_list = reader.json("axis").is_array();
  if (const std::vector<std::int64_t> axis = reader.integers("axis"); !axis.empty())
    o.axis.assign(axis.begin(), axis.end());
  o.epsilon = reader.number("epsilon", o.epsilon);
  o.center = reader.boolean("center", true);
  o.scale = reader.boolean("scale", true);
  const bool rms_scaling = reader.boolean("rms_scaling", false);
  if (const Json j = reader.json("beta_initializer"); !j.is_null()) o.beta_initializer = initializers::get(j);
  if (const Json j = reader.json("gamma_initializer"); !j.is_null()) o.gamma_initializer = initializers::get(j);
  o.beta_regularizer = regularizers::get(reader.json("beta_regularizer"));
  o.gamma_regularizer = regularizers::get(reader.json("gamma_regularizer"));
  o.beta_constraint = constraints::get(reader.json("beta_constraint"));
  o.gamma_constraint = constraints::get(reader.json("gamma_constraint"));
  return finish(reader, Layer(make_impl<LayerNormalizationImpl>(o, o, is_list, rms_scaling)));
}

}  // namespace

LayerNormalization::LayerNormalization(LayerNormalizationOptions options)
    : Layer(make_impl<LayerNormalizationImpl>(options, options, options.axis.size() > 1, false)) {}

void register_layer_normalization(Registry<Layer>& registry) { registry.add("LayerNormalization", {}, from_config); }

}  // namespace cornu::layers
