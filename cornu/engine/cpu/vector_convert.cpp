#include "cornu/engine/cpu/vector_ops.h"
#include "cornu/passes/scalar_ops.h"

namespace cornu::cpu {

VectorFunction convert_function(DType from, DType to) {
  return dispatch(from, [to](auto x) {
    return dispatch(to, [](auto y) -> VectorFunction {
      using From = decltype(x);
      using To = decltype(y);
      return [](const void* a, const void*, const void*, void* out, std::int64_t n) {
        for (std::int64_t i = 0; i < n; ++i)
          static_cast<To*>(out)[i] = scalar::convert<To, From>(static_cast<const From*>(a)[i]);
      };
    });
  });
}

}  // namespace cornu::cpu
