// How per-sample values become one number, and how targets, predictions and weights are brought to one rank.
#pragma once

#include <string>

#include "cornu/ir/value.h"

namespace cornu::losses {

// Throws ValueError for a word that Keras does not know.
void check_reduction(const std::string& reduction);

// Keras's rule: when ranks differ by one and the longer shape ends in 1, that axis goes, or, when the shorter is of
// rank 1, it gets one. Other shapes stay as they are.
void same_rank(Shape& a, Shape& b);
void squeeze_or_expand_to_same_rank(Value& a, Value& b);

// The weight of each value: `mask` (bool) times `sample_weight`; either may be undefined. For the means over the batch
// the mask's ones grow to total / valid, so that the mean is one over the valid entries.
Value apply_mask(Value sample_weight, Value mask, const std::string& reduction, DType dtype);

// sum_over_batch_size (= mean): sum(values * weight) / number of values; sum; mean_with_sample_weight: divided by the
// sum of the weights; none: values * weight. Where replicas share the batch (Builder::share()), the result is what this
// one adds to the batch's loss: the sum over replicas is what one process would have. Throws ValueError when the weight
// does not broadcast to the values.
Value reduce_weighted_values(Value values, Value sample_weight, Value mask, const std::string& reduction);

}  // namespace cornu::losses
