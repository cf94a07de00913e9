// dot_general: for every batch, row and column, a sum over the contracted axes.
#include "cornu/engine/reference/kernels.h"
#include "cornu/engine/reference/numbers.h"

namespace cornu::reference {

void run_dot(const ir::Node& node, const Inputs& in, Output out) {
  const auto& a = node.as<ir::DotAttributes>();
  const Input x = in[0], y = in[1];
  const std::vector<Index> x_batch = positions_along(x.shape(), a.lhs_batch);
  const std::vector<Index> y_batch = positions_along(y.shape(), a.rhs_batch);
  const std::vector<Index> x_free =
      positions_along(x.shape(), other_axes(x.shape().rank(), a.lhs_batch, a.lhs_contract));
  const std::vector<Index> y_free =
      positions_along(y.shape(), other_axes(y.shape().rank(), a.rhs_batch, a.rhs_contract));
  const std::vector<Index> x_sum = positions_along(x.shape(), a.lhs_contract);
  const std::vector<Index> y_sum = positions_along(y.shape(), a.rhs_contract);
  dispatch(out.type.dtype, [&](auto zero) {
    using T = decltype(zero);
    T* to = out.as<T>();
    for (std::size_t b = 0; b < x_batch.size(); ++b)
      for (const Index row : x_free)
        for (const Index column : y_free) {
          const T* left = x.as<T>() + x_batch[b] + row;
          const T* right = y.as<T>() + y_batch[b] + column;
          Wide<T> sum = 0;
          for (std::size_t k = 0; k < x_sum.size(); ++k)
            sum = wrapping_add(sum, wrapping_multiply(widen(left[x_sum[k]]), widen(right[y_sum[k]])));
          *to++ = narrow<T>(sum);
        }
  });
}

}  // namespace cornu::reference
