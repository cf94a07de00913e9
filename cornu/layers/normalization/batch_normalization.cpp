#include "cornu/layers/normalization/batch_normalization.h"

#include <algorithm>

#include "cornu/core/beside.h"
#include "cornu/layers/layer_of.h"
#include "cornu/layers/normalization/wide.h"

namespace cornu::layers {
namespace {

class BatchNormalizationImpl final : public LayerOf<BatchNormalizationOptions> {
 public:
  explicit BatchNormalizationImpl(BatchNormalizationOptions&& options) : LayerOf(std::move(options)) {
    if (o_.renorm)
      throw NotSupportedError(
          cat("[BatchNormalization] received: renorm=true, which is not supported\n  expected: renorm=false; batch "
              "renormalization adds corrections to training that change the weights for good"));
    check_beside(o_.cornu, {"fused_ranks", "sample_variance"}, "BatchNormalization");
    fused_ranks_ = beside(o_.cornu, "fused_ranks", std::vector<int>{});
    sample_variance_ = beside(o_.cornu, "sample_variance", false);
  }
  std::string class_name() const override { return "BatchNormalization"; }

  void build(const Shape& input_shape) override {
    axis_ = ops::canonical_axis(o_.axis, input_shape.rank(), name());
    if (input_shape[axis_] < 0)
      fail(cat("received: input of shape ", input_shape, "\n  expected: a known dimension at axis ", o_.axis));
    const Shape channels{input_shape[axis_]};
    if (o_.scale)
      gamma_ = add_weight("gamma", channels, o_.gamma_initializer,
                          {true, o_.gamma_regularizer, o_.gamma_constraint, {}, false});
    if (o_.center)
      beta_ =
          add_weight("beta", channels, o_.beta_initializer, {true, o_.beta_regularizer, o_.beta_constraint, {}, false});
    moving_mean_ = add_weight("moving_mean", channels, o_.moving_mean_initializer, {false, {}, {}, {}, false});
    moving_variance_ =
        add_weight("moving_variance", channels, o_.moving_variance_initializer, {false, {}, {}, {}, false});
  }

  Value call(CallContext& context, Value x) override {
    if (x.rank() != build_shape().rank() || x.dim(axis_) != moving_mean_.shape()[0])
      fail(cat("received: input of shape ", x.shape(), "\n  expected: rank ", build_shape().rank(), " and ",
               moving_mean_.shape()[0], " channels at axis ", o_.axis));
    x = wide(x);
    Shape broad(std::vector<std::int64_t>(static_cast<std::size_t>(x.rank()), 1));
    broad[axis_] = x.dim(axis_);
    Value mean = wide(context[moving_mean_]), variance = wide(context[moving_variance_]);
    if (context.training() && trainable()) {
      std::vector<int> others;
      for (int i = 0; i < x.rank(); ++i)
        if (i != axis_) others.push_back(i);
      const Value batch_mean = mean_over_batch(x, others);
      const Value batch_variance = mean_over_batch(ops::square(x - ops::reshape(batch_mean, broad)), others);
      context.update(moving_mean_, mean * o_.momentum + ops::stop_gradient(batch_mean) * (1.0 - o_.momentum));
      const double factor = variance_factor(x) * (1.0 - o_.momentum);
      context.update(moving_variance_, variance * o_.momentum + ops::stop_gradient(batch_variance) * factor);
      mean = batch_mean;
      variance = batch_variance;
    }
    // Keras's form: one multiplication and one addition an element.
    Value factor = ops::rsqrt(variance + o_.epsilon);
    if (o_.scale) factor = factor * wide(context[gamma_]);
    Value shift = -(mean * factor);
    if (o_.center) shift = shift + wide(context[beta_]);
    return ops::cast(x * ops::reshape(factor, broad) + ops::reshape(shift, broad), compute_dtype());
  }

  Json default_call_arguments() const override { return Json{{"mask", nullptr}}; }
  Shape compute_output_shape(const Shape& input_shape) override { return input_shape; }

 private:
  // Whether the moments are those of the rows of all replicas.
  bool is_synchronized(Value x) const { return o_.synchronized && !x.builder().share().is_whole(); }
  double rows_to_batch(Value x) const {
    return static_cast<double>(x.builder().share().batch) / static_cast<double>(x.dim(0));
  }
  Value mean_over_batch(Value x, const std::vector<int>& axes) const {
    if (!is_synchronized(x)) return ops::mean(x, axes);
    Value sum = ops::sum(x, axes);
    if (x.builder().share().rows == 0) sum = sum * 0.0;
    const double count = static_cast<double>(x.shape().size()) / static_cast<double>(x.dim(axis_)) * rows_to_batch(x);
    return ops::all_reduce(sum) / count;
  }
  // What a batch's variance is multiplied with before the average takes it: 1 in Keras 3.
  double variance_factor(Value x) const {
    double n = static_cast<double>(x.shape().size()) / static_cast<double>(x.dim(axis_));
    if (is_synchronized(x)) n *= rows_to_batch(x);
    double factor = 1.0;
    const bool fused = std::find(fused_ranks_.begin(), fused_ranks_.end(), x.rank()) != fused_ranks_.end();
    // The fused kernel of TensorFlow takes n - 1, and 1 for a single number.
    if (fused) factor *= n / std::max(n - 1.0, 1.0);
    if (sample_variance_) factor *= n / (n - (1.0 + o_.epsilon));
    return factor;
  }

  int axis_ = 0;
  std::vector<int> fused_ranks_;
  bool sample_variance_ = false;
  Variable gamma_, beta_, moving_mean_, moving_variance_;
};

}  // namespace

BatchNormalization::BatchNormalization(BatchNormalizationOptions options)
    : Layer(make_layer<BatchNormalizationImpl>(std::move(options))) {}

void register_batch_normalization(Registry<Layer>& registry) {
  add_layer<BatchNormalizationImpl>(registry, "BatchNormalization");
}

}  // namespace cornu::layers
