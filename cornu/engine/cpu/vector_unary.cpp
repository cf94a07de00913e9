#include "cornu/engine/cpu/computed_types.h"
#include "cornu/engine/cpu/vector_ops.h"
#include "cornu/passes/scalar_ops.h"

namespace cornu::cpu {
namespace {

template <ir::Op kOp, class T>
void loop(const void* a, const void*, const void*, void* out, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) static_cast<T*>(out)[i] = scalar::unary<kOp>(static_cast<const T*>(a)[i]);
}

template <ir::Op kOp, int kOperands, ir::Family kFamily, class T>
VectorFunction pick() {
  // Convert and IsFinite change the dtype and have tables of their own.
  if constexpr (kFamily == ir::Family::kElementwise && kOperands == 1 && kOp != ir::Op::kConvert &&
                kOp != ir::Op::kIsFinite)
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

VectorFunction unary_function(ir::Op op, DType dtype) {
  return dispatch_computed(dtype, [op](auto zero) { return pick<decltype(zero)>(op); });
}

}  // namespace cornu::cpu
