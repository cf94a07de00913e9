// DotStep: a product of matrices with what is fused to it, on slots.
#pragma once

#include <limits>

#include "cornu/engine/cpu/dot_shape.h"
#include "cornu/engine/cpu/kernels/gemm.h"

namespace cornu::cpu {

// C = act(A B + bias + add), or a relu's mask on A B, or C = start + alpha A B.
struct DotEpilogue {
  Slot bias = -1;                                       // one number a column of C
  Slot add = -1;                                        // a residual, of C's shape
  bool relu = false;                                    // C = max(C, 0)
  float most = std::numeric_limits<float>::infinity();  // with relu: C = min(C, most)
  Slot mask = -1;                                       // C = mask > 0 ? C : 0
  Slot start = -1;                                      // C = start + ...: start's memory may be C's
  Slot alpha = -1;                                      // a number that the product is multiplied with; -1: 1
  float alpha_sign = 1.0f;                              // beside alpha

  bool operator==(const DotEpilogue&) const = default;
};

// A step for float32: a product of matrices, or of patches, on two slots.
void emit_gemm(Lowering& lowering, GemmShape shape, Slot a, Slot b, const DotEpilogue& epilogue, Slot out);
void emit_gemm(Lowering& lowering, const DotShape& shape, const DotEpilogue& epilogue, Slot out);

// A convolution with what is fused to it, into `out`. False, and nothing is emitted, when it is not one product.
bool lower_convolution_with(Lowering& lowering, const ir::Node& node, const DotEpilogue& epilogue, Slot out);

}  // namespace cornu::cpu
