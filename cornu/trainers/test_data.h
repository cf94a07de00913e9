// For tests only: data that a model can be trained on.
#pragma once

#include "cornu/core/random.h"
#include "cornu/core/tensor.h"

namespace cornu {

inline Tensor numbers(const Shape& shape, std::uint64_t seed) {
  Tensor t = Tensor::empty(shape);
  RandomStream random(seed);
  float* data = t.mutable_data<float>();
  for (std::int64_t i = 0; i < t.size(); ++i) data[i] = static_cast<float>(random.normal());
  return t;
}

// Of three classes.
inline Tensor labels(std::int64_t n) {
  Tensor t = Tensor::empty({n}, int32);
  for (std::int64_t i = 0; i < n; ++i) t.mutable_data<std::int32_t>()[i] = static_cast<std::int32_t>(i * 7 % 3);
  return t;
}

}  // namespace cornu
