// Windows: what a window holds is folded, or its extremum found again. Elements in row-major order of the window.
#include "cornu/core/error.h"
#include "cornu/engine/reference/fold.h"
#include "cornu/engine/reference/kernels.h"

namespace cornu::reference {
namespace {

// The flat positions of the operand's elements in the window at one place of the result.
std::vector<Index> elements_at(const ir::Window& window, const Shape& x, const Shape& places, Index place) {
  const std::vector<Index> x_strides = row_major_strides(x), place_strides = row_major_strides(places);
  std::vector<Index> out{0};
  for (std::size_t axis = 0; axis < window.size(); ++axis) {
    const auto a = static_cast<int>(axis);
    std::vector<Index> deeper;
    for (const Index base : out)
      for (Index t = 0; t < window[axis].size; ++t) {
        const Index at = window[axis].element(place / place_strides[axis] % places[a], t, x[a]);
        if (at >= 0) deeper.push_back(base + at * x_strides[axis]);
      }
    out = std::move(deeper);
  }
  return out;
}

template <class T>
void reduce_window(const ir::ReduceWindowAttributes& a, Input x, Output out) {
  for (Index place = 0; place < out.size(); ++place) {
    Wide<T> result = identity<Wide<T>>(a.kind);
    for (const Index i : elements_at(a.window, x.shape(), out.shape(), place))
      result = fold(a.kind, result, widen(x.as<T>()[i]));
    out.as<T>()[place] = narrow<T>(result);
  }
}

// The first of the extrema; a NaN comes before every number.
template <class T>
void select_and_scatter(const ir::SelectAndScatterAttributes& a, Input x, Input source, Output out) {
  const auto beats = [&a](Wide<T> value, Wide<T> record) {
    if (is_nan(record)) return false;
    return is_nan(value) || (a.kind == ir::Reduction::kMaximum ? value > record : value < record);
  };
  std::vector<Wide<T>> sums(static_cast<std::size_t>(out.size()), Wide<T>(0));
  for (Index place = 0; place < source.size(); ++place) {
    Index best = -1;
    for (const Index i : elements_at(a.window, x.shape(), source.shape(), place))
      if (best < 0 || beats(widen(x.as<T>()[i]), widen(x.as<T>()[best]))) best = i;
    if (best < 0) continue;  // a window of padding alone
    const auto at = static_cast<std::size_t>(best);
    sums[at] = wrapping_add<Wide<T>>(sums[at], widen(source.as<T>()[place]));
  }
  for (std::size_t i = 0; i < sums.size(); ++i) out.as<T>()[i] = narrow<T>(sums[i]);
}

}  // namespace

void run_window(const ir::Node& node, const Inputs& in, Output out) {
  dispatch(out.type.dtype, [&](auto zero) {
    using T = decltype(zero);
    switch (node.op) {
      case ir::Op::kReduceWindow: return reduce_window<T>(node.as<ir::ReduceWindowAttributes>(), in[0], out);
      case ir::Op::kSelectAndScatter:
        return select_and_scatter<T>(node.as<ir::SelectAndScatterAttributes>(), in[0], in[1], out);
      default: throw InternalError(cat(name_of(node.op), " has no window"));
    }
  });
}

}  // namespace cornu::reference
