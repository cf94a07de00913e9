// Reductions and scans, in row-major order of what is folded.
#include "cornu/core/error.h"
#include "cornu/engine/reference/fold.h"
#include "cornu/engine/reference/kernels.h"

namespace cornu::reference {
namespace {

template <class T>
void reduce(Reduction kind, Input x, const ir::Axes& axes, Output out) {
  const std::vector<Index> kept = positions_along(x.shape(), other_axes(x.shape().rank(), axes));
  const std::vector<Index> folded =
      positions_along(x.shape(), other_axes(x.shape().rank(), other_axes(x.shape().rank(), axes)));
  for (std::size_t o = 0; o < kept.size(); ++o) {
    Wide<T> result = identity<Wide<T>>(kind);
    for (const Index i : folded) result = fold(kind, result, widen(x.as<T>()[kept[o] + i]));
    out.as<T>()[o] = narrow<T>(result);
  }
}

// The first of the largest; a NaN is larger than every number, as in numpy and XLA.
template <class T>
void argmax(Input x, int axis, Output out) {
  const std::vector<Index> kept = positions_along(x.shape(), other_axes(x.shape().rank(), {axis}));
  const std::vector<Index> along = positions_along(x.shape(), {axis});
  for (std::size_t o = 0; o < kept.size(); ++o) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < along.size(); ++i) {
      const Wide<T> value = widen(x.as<T>()[kept[o] + along[i]]), record = widen(x.as<T>()[kept[o] + along[best]]);
      if (value > record || (is_nan(value) && !is_nan(record))) best = i;
    }
    out.as<std::int32_t>()[o] = static_cast<std::int32_t>(best);
  }
}

template <class T>
void cumulative_sum(Input x, int axis, Output out) {
  const std::vector<Index> kept = positions_along(x.shape(), other_axes(x.shape().rank(), {axis}));
  const std::vector<Index> along = positions_along(x.shape(), {axis});
  for (const Index base : kept) {
    Wide<T> sum = 0;
    for (const Index i : along) {
      sum = wrapping_add(sum, widen(x.as<T>()[base + i]));
      out.as<T>()[base + i] = narrow<T>(sum);
    }
  }
}

}  // namespace

void run_reduce(const ir::Node& node, const Inputs& in, Output out) {
  dispatch(in[0].type.dtype, [&](auto zero) {
    using T = decltype(zero);
    switch (node.op) {
      case ir::Op::kReduce: {
        const auto& a = node.as<ir::ReduceAttributes>();
        return reduce<T>(a.kind, in[0], a.axes, out);
      }
      case ir::Op::kArgmax: return argmax<T>(in[0], node.as<ir::AxisAttributes>().axis, out);
      case ir::Op::kCumulativeSum: return cumulative_sum<T>(in[0], node.as<ir::AxisAttributes>().axis, out);
      default: throw InternalError(cat(name_of(node.op), " reduces nothing"));
    }
  });
}

}  // namespace cornu::reference
