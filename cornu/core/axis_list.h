// AxisList: what Keras writes as `axis=None`, `axis=0` or `axis=[0, 1]`.
#pragma once

#include <initializer_list>
#include <utility>
#include <vector>

namespace cornu {

class AxisList {
 public:
  AxisList() = default;  // None
  AxisList(int axis) : axes_{axis} {}
  AxisList(std::initializer_list<int> axes) : axes_(axes), list_(true) {}
  explicit AxisList(std::vector<int> axes) : axes_(std::move(axes)), list_(true) {}

  bool is_none() const { return axes_.empty() && !list_; }
  // Whether it was given as a list, which is how it is then written.
  bool is_list() const { return list_; }
  const std::vector<int>& axes() const { return axes_; }

 private:
  std::vector<int> axes_;
  bool list_ = false;
};

}  // namespace cornu
