// DotStep: a product of matrices with what is fused to it, on slots.
#pragma once

#include "cornu/engine/cpu/dot_shape.h"

namespace cornu::cpu {

// C = epilogue(A B) with at most one of: + bias, relu, a relu's mask; or C = start + alpha A B.
struct DotEpilogue {
  Slot bias = -1;           // one number a column of C
  bool relu = false;        // C = max(C, 0)
  Slot mask = -1;           // C = mask > 0 ? C : 0
  Slot start = -1;          // C = start + ...: start's memory may be C's
  Slot alpha = -1;          // a number that the product is multiplied with; -1: 1
  float alpha_sign = 1.0f;  // beside alpha
};

// A step for float32.
void emit_gemm(Lowering& lowering, const DotShape& shape, const DotEpilogue& epilogue, Slot out);

}  // namespace cornu::cpu
