// Number: a double that remembers whether it was written as an integer, because Python and its JSON do: a constraint
// made as MaxNorm(3) is saved as 3, one made as MaxNorm(3.0) as 3.0, and a file that is read comes back as it was.
#pragma once

#include <type_traits>

namespace cornu {

class Number {
 public:
  template <class T, class = std::enable_if_t<std::is_arithmetic_v<T> && !std::is_same_v<T, bool>>>
  constexpr Number(T value) : value_(static_cast<double>(value)), integer_(std::is_integral_v<T>) {}

  constexpr operator double() const { return value_; }
  constexpr bool is_integer() const { return integer_; }

 private:
  double value_;
  bool integer_;
};

}  // namespace cornu
