#include "cornu/losses/reduction.h"

#include "cornu/core/error.h"
#include "cornu/ir/ops.h"

namespace cornu::losses {
namespace {

// What a replica's rows count. A row that stands in for none counts nothing, but its graph is that of the others: they
// wait for its sums.
Value counted(Value x) { return x.builder().share().rows > 0 ? x : x * 0.0; }

// The sum over the whole batch, of which this graph may see a part only.
Value batch_sum(Value x) {
  const Value sum = ops::sum(x);
  return x.builder().share().is_whole() ? sum : ops::all_reduce(counted(sum));
}

bool is_mean(const std::string& reduction) { return reduction == "sum_over_batch_size" || reduction == "mean"; }

void weighted_rank_check(Value values, Value weight) {
  bool fits = weight.rank() <= values.rank() || values.rank() == 0;
  // Keras multiplies (batch,) along the last axis of (batch, steps): an error, or silently wrong when both are equal.
  if (values.rank() > 0 && weight.rank() != values.rank() && weight.rank() > 0) fits = false;
  for (int i = 0; fits && i < weight.rank() && values.rank() > 0; ++i)
    fits = weight.dim(i) == 1 || weight.dim(i) == values.dim(i);
  if (!fits)
    throw ValueError(cat("sample_weight does not fit the values of the loss\n  received: sample_weight of shape ",
                         weight.shape(), " for values of shape ", values.shape(),
                         "\n  expected: the shape of the values, ",
                         "with 1 on axes that share a weight; reshape a weight per sample to (batch, 1)"));
}

}  // namespace

void check_reduction(const std::string& reduction) {
  for (const char* known : {"sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none"})
    if (reduction == known) return;
  throw ValueError(
      cat("unknown reduction\n  received: \"", reduction,
          "\"\n  expected: \"sum_over_batch_size\", \"mean\", \"sum\", \"mean_with_sample_weight\" or \"none\""));
}

void same_rank(Shape& a, Shape& b) {
  const auto longer = [](Shape& x, Shape& y) {
    if (x.rank() != y.rank() + 1 || x.back() != 1) return;
    if (y.rank() == 1)
      y.push_back(1);
    else
      x.erase(x.rank() - 1);
  };
  longer(a, b);
  longer(b, a);
}

void squeeze_or_expand_to_same_rank(Value& a, Value& b) {
  Shape sa = a.shape(), sb = b.shape();
  same_rank(sa, sb);
  a = ops::reshape(a, sa);
  b = ops::reshape(b, sb);
}

Value apply_mask(Value sample_weight, Value mask, const std::string& reduction, DType dtype) {
  if (!mask) return sample_weight ? ops::cast(sample_weight, dtype) : Value();
  Value weight = ops::cast(mask, dtype);
  if (is_mean(reduction)) {
    const Builder::Share& share = mask.builder().share();
    auto total = static_cast<double>(mask.shape().size());
    if (!share.is_whole()) total *= static_cast<double>(share.batch) / static_cast<double>(mask.dim(0));
    // At least one, so that nothing valid gives 0 and not 0 * infinity.
    weight = weight * (total / ops::maximum(batch_sum(weight), 1.0));
  }
  if (!sample_weight) return weight;
  sample_weight = ops::cast(sample_weight, dtype);
  squeeze_or_expand_to_same_rank(weight, sample_weight);
  weighted_rank_check(weight, sample_weight);
  return sample_weight * weight;
}

Value reduce_weighted_values(Value values, Value sample_weight, Value mask, const std::string& reduction) {
  Value weight = apply_mask(sample_weight, mask, reduction, values.dtype());
  if (weight) {
    squeeze_or_expand_to_same_rank(values, weight);
    weighted_rank_check(values, weight);
    values = values * weight;
  }
  const Builder::Share& share = values.builder().share();
  // Of a mean over rows, a replica adds what its rows are of the batch.
  const auto part = [&share](Value mean) { return share.is_whole() ? mean : mean * share.fraction(); };
  if (reduction == "none") return values;
  if (values.rank() == 0) return part(values);
  const Value total = ops::sum(values);
  if (reduction == "sum") return counted(total);
  if (reduction == "mean_with_sample_weight" && weight) {
    const Value divisor = batch_sum(weight);
    const Value is_zero = ops::equal(divisor, 0.0);
    return ops::where(is_zero, 0.0, counted(total) / ops::where(is_zero, 1.0, divisor));
  }
  return part(total / static_cast<double>(std::max<std::int64_t>(values.shape().size(), 1)));
}

}  // namespace cornu::losses
