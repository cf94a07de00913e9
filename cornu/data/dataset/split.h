// A dataset in two: what comes first and what comes after it.
//   auto [train, check] = split(all, 0.9);
#pragma once

#include "cornu/data/dataset/dataset.h"

namespace cornu::data {

struct Parts {
  Dataset left;
  Dataset right;
};

// `left_size` as keras.utils.split_dataset takes it: below 1 a fraction (rounded to whole samples), from 1 on a number
// of samples. The order stays; shuffle() first where samples are sorted. Both parts share the memory. Throws ValueError
// when left_size is not above 0 or one of the parts would be empty.
Parts split(const Dataset& dataset, double left_size);

}  // namespace cornu::data
