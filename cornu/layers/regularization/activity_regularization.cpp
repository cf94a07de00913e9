#include "cornu/layers/regularization/activity_regularization.h"

#include "cornu/layers/from_config.h"

namespace cornu::layers {
namespace {

class ActivityRegularizationImpl final : public LayerImpl {
 public:
  ActivityRegularizationImpl(double l1, double l2) : l1_(l1), l2_(l2) {
    set_activity_regularizer(
        regularizers::get(serialized_object("keras.regularizers", "L1L2", Json{{"l1", l1}, {"l2", l2}})));
  }
  std::string class_name() const override { return "ActivityRegularization"; }
  // Keras does not write the regularizer that l1 and l2 make.
  Json config() const override {
    Json out = LayerImpl::config();
    out.erase("activity_regularizer");
    out["l1"] = l1_;
    out["l2"] = l2_;
    return out;
  }
  Value call(CallContext&, Value x) override { return x; }
  Shape compute_output_shape(const Shape& input_shape) override { return input_shape; }

 private:
  double l1_, l2_;
};

Layer from_config(const Json& config) {
  ConfigReader reader = reader_for(config, "ActivityRegularization");
  ActivityRegularizationOptions o;
  read_common(reader, o);
  o.l1 = reader.number("l1", 0.0);
  o.l2 = reader.number("l2", 0.0);
  reader.ignore("activity_regularizer");  // made of l1 and l2
  reader.finish();
  return ActivityRegularization(o);
}

}  // namespace

ActivityRegularization::ActivityRegularization(ActivityRegularizationOptions options)
    : Layer(make_impl<ActivityRegularizationImpl>(options, options.l1, options.l2)) {}

void register_activity_regularization(Registry<Layer>& registry) {
  registry.add("ActivityRegularization", {}, from_config);
}

}  // namespace cornu::layers
