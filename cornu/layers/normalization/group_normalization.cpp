#include "cornu/layers/normalization/group_normalization.h"

#include "cornu/layers/layer_of.h"
#include "cornu/layers/normalization/wide.h"

namespace cornu::layers {
namespace {

class GroupNormalizationImpl final : public LayerOf<GroupNormalizationOptions> {
 public:
  explicit GroupNormalizationImpl(GroupNormalizationOptions&& options) : LayerOf(std::move(options)) {
    if (o_.groups <= 0 && o_.groups != -1)
      throw ValueError(cat("[GroupNormalization] received: groups=", o_.groups,
                           "\n  expected: a positive integer, or -1 for one group for each channel"));
  }
  std::string class_name() const override { return "GroupNormalization"; }
  bool autocast() const override { return false; }

  void build(const Shape& input_shape) override {
    axis_ = ops::canonical_axis(o_.axis, input_shape.rank(), name());
    if (axis_ == 0) fail(cat("received: axis ", o_.axis, ", the batch\n  expected: an axis behind it"));
    const std::int64_t channels = input_shape[axis_];
    if (channels < 0)
      fail(cat("received: input of shape ", input_shape, "\n  expected: a known dimension at axis ", o_.axis));
    const std::int64_t groups = o_.groups == -1 ? channels : o_.groups;
    if (channels < groups || channels % groups != 0)
      fail(cat("received: ", channels, " channels at axis ", o_.axis, "\n  expected: a multiple of groups=", groups,
               ", or groups=-1 for one group for each channel"));
    o_.groups = groups;  // a built layer of Keras's writes the number
    if (o_.scale)
      gamma_ = add_weight("gamma", {channels}, o_.gamma_initializer,
                          {true, o_.gamma_regularizer, o_.gamma_constraint, {}, false});
    if (o_.center)
      beta_ = add_weight("beta", {channels}, o_.beta_initializer,
                         {true, o_.beta_regularizer, o_.beta_constraint, {}, false});
  }

  Value call(CallContext& context, Value x) override {
    if (x.rank() != build_shape().rank() || x.dim(axis_) != build_shape()[axis_])
      fail(cat("received: input of shape ", x.shape(), "\n  expected: rank ", build_shape().rank(), " and ",
               build_shape()[axis_], " channels at axis ", o_.axis));
    // Channels become (groups, channels of a group).
    const std::int64_t size = x.dim(axis_) / o_.groups;
    Shape split = x.shape();
    split[axis_] = size;
    split.insert(axis_, o_.groups);
    Shape broad(std::vector<std::int64_t>(static_cast<std::size_t>(split.rank()), 1));
    broad[axis_] = o_.groups;
    broad[axis_ + 1] = size;
    std::vector<int> within;  // what a group is normalized over
    for (int i = 1; i < split.rank(); ++i)
      if (i != axis_) within.push_back(i);

    const Value grouped = wide(ops::reshape(x, split));
    const Value mean = ops::mean(grouped, within, true);
    Value factor = ops::rsqrt(ops::mean(ops::square(grouped - mean), within, true) + o_.epsilon);
    if (o_.scale) factor = factor * wide(ops::reshape(context[gamma_], broad));
    Value shift = -(mean * factor);
    if (o_.center) shift = shift + wide(ops::reshape(context[beta_], broad));
    const Value out = ops::cast(grouped * factor + shift, x.dtype());
    return ops::cast(ops::reshape(out, x.shape()), compute_dtype());
  }

  Shape compute_output_shape(const Shape& input_shape) override { return input_shape; }

 private:
  int axis_ = 0;
  Variable gamma_, beta_;
};

}  // namespace

GroupNormalization::GroupNormalization(GroupNormalizationOptions options)
    : Layer(make_layer<GroupNormalizationImpl>(std::move(options))) {}

void register_group_normalization(Registry<Layer>& registry) {
  add_layer<GroupNormalizationImpl>(registry, "GroupNormalization");
}

}  // namespace cornu::layers
