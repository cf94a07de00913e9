// What the layers that normalize over one or more axes share.
#pragma once

#include <algorithm>
#include <string_view>

#include "cornu/core/axis_list.h"
#include "cornu/ir/ops.h"

namespace cornu::layers {

// Throws ValueError, naming the class, for no axis at all.
inline void check_has_axis(const AxisList& axis, std::string_view class_name) {
  if (axis.axes().empty()) throw ValueError(cat("[", class_name, "] received: no axis\n  expected: at least one"));
}

// The axes as Keras keeps them in a built layer: a sorted list, whatever was given.
inline AxisList sorted_axes(const AxisList& axis) {
  std::vector<int> axes = axis.axes();
  std::sort(axes.begin(), axes.end());
  return AxisList(std::move(axes));
}

// Each counted from the front. Throws ValueError, naming `what`, for an axis that does not exist or comes twice.
inline std::vector<int> canonical_axes(const AxisList& axis, int rank, std::string_view what) {
  std::vector<int> out;
  for (const int a : axis.axes()) {
    const int front = ops::canonical_axis(a, rank, what);
    if (std::find(out.begin(), out.end(), front) != out.end())
      throw ValueError(
          cat(what, " received: axis ", a, ", which is axis ", front, " once more\n  expected: each axis once"));
    out.push_back(front);
  }
  return out;
}

// The dimensions of `shape` at these axes, in their order.
inline Shape dimensions_at(const Shape& shape, const std::vector<int>& axes) {
  Shape out;
  for (const int a : axes) out.push_back(shape[a]);
  return out;
}

// `weight` with the rank of x: the dimensions of x at these axes, 1 elsewhere.
inline Value along_axes(Value weight, Value x, const std::vector<int>& axes) {
  Shape shape(std::vector<std::int64_t>(static_cast<std::size_t>(x.rank()), 1));
  for (const int a : axes) shape[a] = x.dim(a);
  return ops::reshape(weight, shape);
}

}  // namespace cornu::layers
