#include "cornu/engine/cpu/computed_types.h"
#include "cornu/engine/cpu/vector_ops.h"
#include "cornu/passes/scalar_ops.h"

namespace cornu::cpu {
namespace {

template <ir::Op kOp, class T>
void loop(const void* a, const void* b, const void*, void* out, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i)
    static_cast<T*>(out)[i] = scalar::binary<kOp>(static_cast<const T*>(a)[i], static_cast<const T*>(b)[i]);
}

template <ir::Op kOp, int kOperands, ir::Family kFamily, class T>
VectorFunction pick() {
  if constexpr (kFamily == ir::Family::kElementwise && kOperands == 2 && kOp != ir::Op::kCompare)
    return loop<kOp, T>;
  else
    return nullptr;
}

template <class T>
VectorFunction pick(ir::Op op) {
  switch (op) {
#define CORNU_OP(id, text, operands, family) \
  case ir::Op::k##id:                        \
    return pick<ir::Op::k##id, operands, ir::Family::k##family, T>();
#include "cornu/ir/ops.def"
#undef CORNU_OP
  }
  return nullptr;
}

}  // namespace

VectorFunction binary_function(ir::Op op, DType dtype) {
  return dispatch_computed(dtype, [op](auto zero) { return pick<decltype(zero)>(op); });
}

}  // namespace cornu::cpu
