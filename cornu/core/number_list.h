// NumberList: what Keras writes as `thresholds=None`, `thresholds=0.5` or `thresholds=[0.3, 0.7]`.
#pragma once

#include <initializer_list>
#include <type_traits>
#include <utility>
#include <vector>

#include "cornu/core/number.h"

namespace cornu {

class NumberList {
 public:
  NumberList() = default;  // None
  template <class T, class = std::enable_if_t<std::is_arithmetic_v<T>>>
  NumberList(T number) : numbers_{Number(number)} {}
  NumberList(std::initializer_list<Number> numbers) : numbers_(numbers), list_(true) {}
  explicit NumberList(std::vector<Number> numbers) : numbers_(std::move(numbers)), list_(true) {}

  bool is_none() const { return numbers_.empty() && !list_; }
  // Whether it was given as a list, which is how it is then written.
  bool is_list() const { return list_; }
  const std::vector<Number>& numbers() const { return numbers_; }

 private:
  std::vector<Number> numbers_;
  bool list_ = false;
};

}  // namespace cornu
