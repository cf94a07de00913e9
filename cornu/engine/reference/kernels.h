// What program.cpp calls: one function a family of ops. Buffers are contiguous and row-major.
#pragma once

#include <cstdint>
#include <vector>

#include "cornu/ir/graph.h"

namespace cornu::reference {

using Index = std::int64_t;

struct Input {
  const ir::Type& type;
  const void* data;

  const Shape& shape() const { return type.shape; }
  Index size() const { return type.shape.size(); }
  template <class T>
  const T* as() const {
    return static_cast<const T*>(data);
  }
};

struct Output {
  const ir::Type& type;
  void* data;

  const Shape& shape() const { return type.shape; }
  Index size() const { return type.shape.size(); }
  template <class T>
  T* as() const {
    return static_cast<T*>(data);
  }
};

using Inputs = std::vector<Input>;

void run_source(const ir::Node& node, const Inputs& in, Output out);
void run_elementwise(const ir::Node& node, const Inputs& in, Output out);
void run_convert(Input x, Output out);
void run_shape(const ir::Node& node, const Inputs& in, Output out);
void run_reduce(const ir::Node& node, const Inputs& in, Output out);
void run_dot(const ir::Node& node, const Inputs& in, Output out);
void run_convolution(const ir::Node& node, const Inputs& in, Output out);
void run_window(const ir::Node& node, const Inputs& in, Output out);
void run_index(const ir::Node& node, const Inputs& in, Output out);

// The flat positions start + sum(index[i] * strides[i]) for every index below `lengths`, in row-major order. Every op
// that moves, folds or contracts elements is a loop over one or two such tables.
std::vector<Index> positions(const std::vector<Index>& lengths, const std::vector<Index>& strides, Index start = 0);
// The same over some axes of a contiguous tensor.
std::vector<Index> positions_along(const Shape& shape, const std::vector<int>& axes);
// The axes below `rank` that are in none of the lists.
std::vector<int> other_axes(int rank, const std::vector<int>& axes, const std::vector<int>& more = {});

}  // namespace cornu::reference
