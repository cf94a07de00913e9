#include "cornu/layers/regularization/activity_regularization.h"

#include "cornu/layers/layer_of.h"
#include "cornu/regularizers/regularizers.h"

namespace cornu::layers {
namespace {

class ActivityRegularizationImpl final : public LayerOf<ActivityRegularizationOptions> {
 public:
  explicit ActivityRegularizationImpl(ActivityRegularizationOptions&& options) : LayerOf(std::move(options)) {
    set_activity_regularizer(cornu::regularizers::L1L2({.l1 = o_.l1, .l2 = o_.l2}));
  }
  std::string class_name() const override { return "ActivityRegularization"; }
  // Keras does not write the regularizer that l1 and l2 make.
  Json config() const override {
    Json out = LayerImpl::config();
    out.erase("activity_regularizer");
    return out;
  }
  Value call(CallContext&, Value x) override { return x; }
  Shape compute_output_shape(const Shape& input_shape) override { return input_shape; }
};

}  // namespace

ActivityRegularization::ActivityRegularization(ActivityRegularizationOptions options)
    : Layer(make_layer<ActivityRegularizationImpl>(std::move(options))) {}

void register_activity_regularization(Registry<Layer>& registry) {
  add_layer<ActivityRegularizationImpl>(registry, "ActivityRegularization");
}

}  // namespace cornu::layers
