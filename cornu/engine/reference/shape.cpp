// Ops that move elements. Elements move as bytes, so one loop serves every dtype.
#include <algorithm>
#include <cstring>
#include <numeric>

#include "cornu/core/error.h"
#include "cornu/engine/reference/kernels.h"

namespace cornu::reference {
namespace {

// out[to[i]] = in[from[i]]; an empty list stands for 0, 1, 2, ...
void move(Input x, const std::vector<Index>& from, Output out, const std::vector<Index>& to, std::size_t count) {
  const std::size_t size = size_of(out.type.dtype);
  for (std::size_t i = 0; i < count; ++i) {
    const auto source = from.empty() ? i : static_cast<std::size_t>(from[i]);
    const auto target = to.empty() ? i : static_cast<std::size_t>(to[i]);
    std::memcpy(out.as<std::byte>() + target * size, x.as<std::byte>() + source * size, size);
  }
}

void gather(Input x, const std::vector<Index>& strides, Index start, Output out) {
  const std::vector<Index> from = positions(out.shape().dims(), strides, start);
  move(x, from, out, {}, from.size());
}

void broadcast(Input x, const ir::Axes& dims, Output out) {
  const std::vector<Index> x_strides = row_major_strides(x.shape());
  std::vector<Index> strides(static_cast<std::size_t>(out.shape().rank()), 0);
  for (std::size_t i = 0; i < dims.size(); ++i)
    if (x.shape()[static_cast<int>(i)] != 1) strides[static_cast<std::size_t>(dims[i])] = x_strides[i];
  gather(x, strides, 0, out);
}

void transpose(Input x, const ir::Axes& permutation, Output out) {
  const std::vector<Index> x_strides = row_major_strides(x.shape());
  std::vector<Index> strides;
  for (const int a : permutation) strides.push_back(x_strides[static_cast<std::size_t>(a)]);
  gather(x, strides, 0, out);
}

void reverse(Input x, const ir::Axes& axes, Output out) {
  std::vector<Index> strides = row_major_strides(x.shape());
  Index start = 0;
  for (const int a : axes) {
    Index& stride = strides[static_cast<std::size_t>(a)];
    start += (x.shape()[a] - 1) * stride;
    stride = -stride;
  }
  gather(x, strides, start, out);
}

void slice(Input x, const ir::SliceAttributes& a, Output out) {
  std::vector<Index> strides = row_major_strides(x.shape());
  Index start = 0;
  for (std::size_t i = 0; i < strides.size(); ++i) {
    start += a.start[i] * strides[i];
    strides[i] *= a.stride[i];
  }
  gather(x, strides, start, out);
}

void concatenate(const Inputs& in, int axis, Output out) {
  const std::vector<Index> strides = row_major_strides(out.shape());
  Index start = 0;
  for (const Input& x : in) {
    const std::vector<Index> to = positions(x.shape().dims(), strides, start);
    move(x, {}, out, to, to.size());
    start += x.shape()[axis] * strides[static_cast<std::size_t>(axis)];
  }
}

// Where index `i` of an axis lands, or -1 when it was cropped.
Index padded(Index i, Index low, Index interior, Index length) {
  const Index at = low + i * (interior + 1);
  return at < length ? at : -1;
}

void pad(Input x, Input value, const ir::PadAttributes& a, Output out) {
  const std::vector<Index> everywhere(static_cast<std::size_t>(out.size()), 0);
  move(value, everywhere, out, {}, everywhere.size());
  const std::vector<Index> x_strides = row_major_strides(x.shape()), strides = row_major_strides(out.shape());
  std::vector<Index> from, to;
  for (Index flat = 0; flat < x.size(); ++flat) {
    Index target = 0;
    bool inside = true;
    for (int axis = 0; axis < x.shape().rank(); ++axis) {
      const auto k = static_cast<std::size_t>(axis);
      const Index at = padded(flat / x_strides[k] % x.shape()[axis], a.low[k], a.interior[k], out.shape()[axis]);
      inside = inside && at >= 0;
      target += at * strides[k];
    }
    if (!inside) continue;
    from.push_back(flat);
    to.push_back(target);
  }
  if (!from.empty()) move(x, from, out, to, from.size());
}

}  // namespace

void run_shape(const ir::Node& node, const Inputs& in, Output out) {
  switch (node.op) {
    case ir::Op::kBroadcastInDim: return broadcast(in[0], node.as<ir::BroadcastAttributes>().dims, out);
    case ir::Op::kConcatenate: return concatenate(in, node.as<ir::AxisAttributes>().axis, out);
    case ir::Op::kPad: return pad(in[0], in[1], node.as<ir::PadAttributes>(), out);
    case ir::Op::kReshape: return move(in[0], {}, out, {}, static_cast<std::size_t>(out.size()));
    case ir::Op::kReverse: return reverse(in[0], node.as<ir::AxesAttributes>().axes, out);
    case ir::Op::kSlice: return slice(in[0], node.as<ir::SliceAttributes>(), out);
    case ir::Op::kTranspose: return transpose(in[0], node.as<ir::TransposeAttributes>().permutation, out);
    default: throw InternalError(cat(name_of(node.op), " moves nothing"));
  }
}

}  // namespace cornu::reference
