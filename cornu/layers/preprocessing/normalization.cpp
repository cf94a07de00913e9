#include "cornu/layers/preprocessing/normalization.h"

#include <algorithm>

#include "cornu/layers/layer_of.h"
#include "cornu/layers/normalization/axes.h"

namespace cornu::layers {
namespace {

constexpr double kEpsilon = 1e-7;  // the smallest standard deviation: Keras's backend.epsilon()

class NormalizationImpl final : public LayerOf<NormalizationOptions> {
 public:
  explicit NormalizationImpl(NormalizationOptions&& options) : LayerOf(std::move(options)) {
    o_.axis = AxisList(o_.axis.axes());  // Keras keeps a tuple, an empty one for None
    if (o_.mean.is_none() != o_.variance.is_none() || o_.mean.is_list() != o_.variance.is_list() ||
        o_.mean.numbers().size() != o_.variance.numbers().size())
      throw ValueError(
          "[Normalization] received: mean and variance of different form\n  expected: neither, two numbers, or two "
          "lists of one length");
    if (o_.mean.is_list() && (o_.axis.axes().empty() || o_.mean.numbers().empty()))
      throw ValueError(cat("[Normalization] received: a list of ", o_.mean.numbers().size(), " numbers for ",
                           o_.axis.axes().size(), " axes\n  expected: one number where there is no axis"));
  }
  std::string class_name() const override { return "Normalization"; }
  bool notes_build_shape() const override { return true; }

  void build(const Shape& input_shape) override {
    axes_ = canonical_axes(o_.axis, input_shape.rank(), name());
    std::sort(axes_.begin(), axes_.end());
    const Shape kept = dimensions_at(input_shape, axes_);
    if (o_.mean.is_none()) {
      mean_ = add_weight("mean", kept, "zeros", {false, {}, {}});
      variance_ = add_weight("variance", kept, "ones", {false, {}, {}});
      WeightOptions integer{false, {}, {}};
      integer.dtype = int64;
      count_ = add_weight("count", {}, "zeros", integer);
      return;
    }
    const auto given = static_cast<std::int64_t>(o_.mean.numbers().size());
    if (o_.mean.is_list() && given != 1 && given != kept.back())
      fail(cat("received: a mean of ", given, " numbers for an input of shape ", input_shape,
               "\n  expected: ", kept.back(), " for axis ", axes_.back()));
  }

  Value call(CallContext& context, Value x) override {
    x = ops::cast(x, compute_dtype());
    const Value mean = numbers(context, mean_, o_.mean, x);
    const Value deviation = ops::maximum(ops::sqrt(numbers(context, variance_, o_.variance, x)), kEpsilon);
    return o_.invert ? mean + x * deviation : (x - mean) / deviation;
  }

  Shape compute_output_shape(const Shape& input_shape) override { return input_shape; }

  void adapt(const Tensor& data) {
    if (!o_.mean.is_none()) fail("cannot adapt to data: mean and variance are given");
    if (data.size() == 0)
      fail(cat("[adapt] received: data of shape ", data.shape(), "\n  expected: at least one sample"));
    ensure_built(data.shape());
    bool fits = data.rank() == build_shape().rank();
    for (const int a : axes_) fits = fits && data.dim(a) == build_shape()[a];
    if (!fits) fail(cat("[adapt] received: data of shape ", data.shape(), "\n  expected: ", build_shape()));
    // Two passes in double: the second one sees deviations from the mean, so nothing cancels.
    const std::vector<std::int64_t> at = positions(data.shape());
    const double share = static_cast<double>(mean_.value().size()) / static_cast<double>(data.size());
    std::vector<double> mean(static_cast<std::size_t>(mean_.value().size())), variance(mean.size());
    for (std::size_t i = 0; i < at.size(); ++i)
      mean[static_cast<std::size_t>(at[i])] += data.at(static_cast<std::int64_t>(i)) * share;
    for (std::size_t i = 0; i < at.size(); ++i) {
      const auto k = static_cast<std::size_t>(at[i]);
      const double off = data.at(static_cast<std::int64_t>(i)) - mean[k];
      variance[k] += off * off * share;
    }
    mean_.assign(Tensor::from(mean, mean_.shape()));
    variance_.assign(Tensor::from(variance, variance_.shape()));
  }

 private:
  // The numbers in a shape that broadcasts to x.
  Value numbers(CallContext& context, const Variable& weight, const NumberList& given, Value x) const {
    if (given.is_none()) return along_axes(context[weight], x, axes_);
    const std::vector<double> values(given.numbers().begin(), given.numbers().end());
    Shape shape(std::vector<std::int64_t>(given.is_list() ? static_cast<std::size_t>(x.rank()) : 0, 1));
    if (given.is_list()) shape[axes_.back()] = static_cast<std::int64_t>(values.size());
    return ops::constant(context.builder(), Tensor::from(values, shape).astype(compute_dtype()));
  }

  // For each element of data of this shape, which of the numbers is its own.
  std::vector<std::int64_t> positions(const Shape& shape) const {
    const std::vector<std::int64_t> from = row_major_strides(shape), to = row_major_strides(mean_.shape());
    std::vector<std::int64_t> out(static_cast<std::size_t>(shape.size()));
    for (std::size_t i = 0; i < out.size(); ++i)
      for (std::size_t k = 0; k < axes_.size(); ++k)
        out[i] += static_cast<std::int64_t>(i) / from[static_cast<std::size_t>(axes_[k])] % shape[axes_[k]] * to[k];
    return out;
  }

  std::vector<int> axes_;
  Variable mean_, variance_, count_;
};

}  // namespace

Normalization::Normalization(NormalizationOptions options) : Layer(make_layer<NormalizationImpl>(std::move(options))) {}

void Normalization::adapt(const Tensor& data) const { dynamic_cast<NormalizationImpl&>(impl()).adapt(data); }

void register_normalization(Registry<Layer>& registry) { add_layer<NormalizationImpl>(registry, "Normalization"); }

}  // namespace cornu::layers
