#include <algorithm>

#include "cornu/engine/reference/kernels.h"

namespace cornu::reference {

std::vector<Index> positions(const std::vector<Index>& lengths, const std::vector<Index>& strides, Index start) {
  std::vector<Index> out{start};
  for (std::size_t axis = 0; axis < lengths.size(); ++axis) {
    std::vector<Index> deeper;
    for (const Index base : out)
      for (Index i = 0; i < lengths[axis]; ++i) deeper.push_back(base + i * strides[axis]);
    out = std::move(deeper);
  }
  return out;
}

std::vector<Index> positions_along(const Shape& shape, const std::vector<int>& axes) {
  const std::vector<Index> all_strides = row_major_strides(shape);
  std::vector<Index> lengths, strides;
  for (const int a : axes) {
    lengths.push_back(shape[a]);
    strides.push_back(all_strides[static_cast<std::size_t>(a)]);
  }
  return positions(lengths, strides);
}

std::vector<int> other_axes(int rank, const std::vector<int>& axes, const std::vector<int>& more) {
  std::vector<int> out;
  for (int i = 0; i < rank; ++i)
    if (std::find(axes.begin(), axes.end(), i) == axes.end() && std::find(more.begin(), more.end(), i) == more.end())
      out.push_back(i);
  return out;
}

}  // namespace cornu::reference
