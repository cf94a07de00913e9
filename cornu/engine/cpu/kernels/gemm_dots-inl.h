// Private to the kernels: products with a vector, as dot products of contiguous rows.
//
// For one to three rows times a transposed B, and for a single column: packing or padding would cost more than the
// product itself. The lanes of a vector sum every kLanes-th element; the order is fixed by the target alone.
#if defined(CORNU_ENGINE_CPU_KERNELS_GEMM_DOTS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CORNU_ENGINE_CPU_KERNELS_GEMM_DOTS_INL_H_
#undef CORNU_ENGINE_CPU_KERNELS_GEMM_DOTS_INL_H_
#else
#define CORNU_ENGINE_CPU_KERNELS_GEMM_DOTS_INL_H_
#endif

#include "cornu/engine/cpu/kernels/gemm.h"
#include "cornu/engine/cpu/kernels/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace cornu::cpu::HWY_NAMESPACE {

// out[i] = dot(x, y + i * stride) for i < S. Two accumulators a row.
template <int S>
HWY_NOINLINE void dots(const float* HWY_RESTRICT x, const float* HWY_RESTRICT y, Size stride, Size k, float* out) {
  constexpr Size lanes = static_cast<Size>(kLanes);
  Vector even[S], odd[S];
  CORNU_UNROLL(16)
  for (int i = 0; i < S; ++i) even[i] = odd[i] = zero();
  Size p = 0;
  for (; p + 2 * lanes <= k; p += 2 * lanes) {
    const Vector x0 = load(x + p), x1 = load(x + p + lanes);
    CORNU_UNROLL(16)
    for (int i = 0; i < S; ++i) {
      even[i] = hn::MulAdd(x0, load(y + i * stride + p), even[i]);
      odd[i] = hn::MulAdd(x1, load(y + i * stride + p + lanes), odd[i]);
    }
  }
  if (p + lanes <= k) {
    const Vector x0 = load(x + p);
    CORNU_UNROLL(16)
    for (int i = 0; i < S; ++i) even[i] = hn::MulAdd(x0, load(y + i * stride + p), even[i]);
    p += lanes;
  }
  if (p < k) {
    const std::size_t tail = static_cast<std::size_t>(k - p);
    const Vector x0 = load_first(x + p, tail);
    CORNU_UNROLL(16)
    for (int i = 0; i < S; ++i) odd[i] = hn::MulAdd(x0, load_first(y + i * stride + p, tail), odd[i]);
  }
  CORNU_UNROLL(16)
  for (int i = 0; i < S; ++i) out[i] = hn::GetLane(hn::SumOfLanes(Floats(), hn::Add(even[i], odd[i])));
}

HWY_INLINE void finish_dot(const GemmPlan& plan, const GemmArguments& g, Size i, Size j, float sum) {
  const Size at = i * plan.shape.ldc + j;
  float value = g.alpha * sum;
  if (plan.epilogue.start == GemmStart::kBias) value += g.bias[j];
  if (plan.epilogue.start == GemmStart::kC) value += g.beta * g.c[at];
  if (plan.epilogue.add) value += g.add[at];
  if (plan.epilogue.relu && value < 0.0f) value = 0.0f;
  if (value > plan.epilogue.most) value = plan.epilogue.most;
  if (plan.epilogue.relu_mask && g.mask[at] <= 0.0f) value = 0.0f;
  g.c[at] = value;
}

inline void run_dots(const GemmPlan& plan, const GemmRegion& at, const GemmArguments& g) {
  const GemmShape& s = plan.shape;
  float sums[4];
  if (s.n == 1) {  // B is one contiguous column: it stays in the cache, and the rows of A stream by
    if (at.column_begin > 0) return;
    Size i = at.row_begin;
    for (; i + 4 <= at.row_end; i += 4) {
      dots<4>(g.b, g.a + i * s.a_row, s.a_row, s.k, sums);
      for (Size r = 0; r < 4; ++r) finish_dot(plan, g, i + r, 0, sums[r]);
    }
    for (; i < at.row_end; ++i) {
      dots<1>(g.b, g.a + i * s.a_row, s.a_row, s.k, sums);
      finish_dot(plan, g, i, 0, sums[0]);
    }
    return;
  }
  for (Size i = at.row_begin; i < at.row_end; ++i) {
    const float* x = g.a + i * s.a_row;
    Size j = at.column_begin;
    for (; j + 4 <= at.column_end; j += 4) {
      dots<4>(x, g.b + j * s.ldb, s.ldb, s.k, sums);
      for (Size c = 0; c < 4; ++c) finish_dot(plan, g, i, j + c, sums[c]);
    }
    for (; j < at.column_end; ++j) {
      dots<1>(x, g.b + j * s.ldb, s.ldb, s.k, sums);
      finish_dot(plan, g, i, j, sums[0]);
    }
  }
}

}  // namespace cornu::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
