// Private to the kernels: transposition of a matrix, by 4 x 4 blocks in registers.
#if defined(CORNU_ENGINE_CPU_KERNELS_TRANSPOSE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CORNU_ENGINE_CPU_KERNELS_TRANSPOSE_INL_H_
#undef CORNU_ENGINE_CPU_KERNELS_TRANSPOSE_INL_H_
#else
#define CORNU_ENGINE_CPU_KERNELS_TRANSPOSE_INL_H_
#endif

#include "cornu/engine/cpu/kernels/gemm.h"
#include "cornu/engine/cpu/kernels/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace cornu::cpu::HWY_NAMESPACE {

// y[j * ldy + i] = x[i * ldx + j] for 4 x 4 elements.
HWY_INLINE void transpose_4x4(const float* HWY_RESTRICT x, Size ldx, float* HWY_RESTRICT y, Size ldy) {
#if HWY_TARGET == HWY_SCALAR
  for (Size i = 0; i < 4; ++i) {
    for (Size j = 0; j < 4; ++j) y[j * ldy + i] = x[i * ldx + j];
  }
#else
  const hn::FixedTag<float, 4> d;
  const hn::FixedTag<std::uint64_t, 2> d64;
  const auto r0 = hn::LoadU(d, x), r1 = hn::LoadU(d, x + ldx);
  const auto r2 = hn::LoadU(d, x + 2 * ldx), r3 = hn::LoadU(d, x + 3 * ldx);
  const auto low01 = hn::BitCast(d64, hn::InterleaveLower(d, r0, r1));   // 00 10 01 11
  const auto high01 = hn::BitCast(d64, hn::InterleaveUpper(d, r0, r1));  // 02 12 03 13
  const auto low23 = hn::BitCast(d64, hn::InterleaveLower(d, r2, r3));
  const auto high23 = hn::BitCast(d64, hn::InterleaveUpper(d, r2, r3));
  hn::StoreU(hn::BitCast(d, hn::InterleaveLower(d64, low01, low23)), d, y);
  hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(d64, low01, low23)), d, y + ldy);
  hn::StoreU(hn::BitCast(d, hn::InterleaveLower(d64, high01, high23)), d, y + 2 * ldy);
  hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(d64, high01, high23)), d, y + 3 * ldy);
#endif
}

// y[j * ldy + i] = x[i * ldx + j] for 0 <= i < rows, 0 <= j < columns.
inline void transpose_block(const float* HWY_RESTRICT x, Size ldx, Size rows, Size columns, float* HWY_RESTRICT y,
                            Size ldy) {
  Size i = 0;
  for (; i + 4 <= rows; i += 4) {
    Size j = 0;
    for (; j + 4 <= columns; j += 4) transpose_4x4(x + i * ldx + j, ldx, y + j * ldy + i, ldy);
    for (; j < columns; ++j) {
      for (Size r = i; r < i + 4; ++r) y[j * ldy + r] = x[r * ldx + j];
    }
  }
  for (; i < rows; ++i) {
    for (Size j = 0; j < columns; ++j) y[j * ldy + i] = x[i * ldx + j];
  }
}

}  // namespace cornu::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
