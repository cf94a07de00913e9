// Private to the kernels: transposition of a matrix, by blocks in registers.
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

// The side of the block that transpose_square moves.
#if HWY_TARGET == HWY_AVX3
inline constexpr Size kSquareSide = 16;
#else
inline constexpr Size kSquareSide = 4;
#endif

#if HWY_TARGET == HWY_AVX3
// Four rows of 16: block b of out[c] (4 floats) is column 4b + c of these rows.
HWY_INLINE void transpose_blocks(const float* x, Size ldx, __m512 (&out)[4]) {
  const __m512 r0 = _mm512_loadu_ps(x), r1 = _mm512_loadu_ps(x + ldx);
  const __m512 r2 = _mm512_loadu_ps(x + 2 * ldx), r3 = _mm512_loadu_ps(x + 3 * ldx);
  const __m512d low01 = _mm512_castps_pd(_mm512_unpacklo_ps(r0, r1)),
                high01 = _mm512_castps_pd(_mm512_unpackhi_ps(r0, r1));
  const __m512d low23 = _mm512_castps_pd(_mm512_unpacklo_ps(r2, r3)),
                high23 = _mm512_castps_pd(_mm512_unpackhi_ps(r2, r3));
  out[0] = _mm512_castpd_ps(_mm512_unpacklo_pd(low01, low23));
  out[1] = _mm512_castpd_ps(_mm512_unpackhi_pd(low01, low23));
  out[2] = _mm512_castpd_ps(_mm512_unpacklo_pd(high01, high23));
  out[3] = _mm512_castpd_ps(_mm512_unpackhi_pd(high01, high23));
}

HWY_INLINE void transpose_square(const float* HWY_RESTRICT x, Size ldx, float* HWY_RESTRICT y, Size ldy) {
  __m512 part[4][4];
  for (Size g = 0; g < 4; ++g) transpose_blocks(x + 4 * g * ldx, ldx, part[g]);
  CORNU_UNROLL(4)
  for (Size c = 0; c < 4; ++c) {
    // Now the 4 x 4 blocks themselves: 0x88 takes blocks 0 and 2 of both, 0xDD blocks 1 and 3.
    const __m512 even01 = _mm512_shuffle_f32x4(part[0][c], part[1][c], 0x88);
    const __m512 odd01 = _mm512_shuffle_f32x4(part[0][c], part[1][c], 0xDD);
    const __m512 even23 = _mm512_shuffle_f32x4(part[2][c], part[3][c], 0x88);
    const __m512 odd23 = _mm512_shuffle_f32x4(part[2][c], part[3][c], 0xDD);
    _mm512_storeu_ps(y + c * ldy, _mm512_shuffle_f32x4(even01, even23, 0x88));
    _mm512_storeu_ps(y + (4 + c) * ldy, _mm512_shuffle_f32x4(odd01, odd23, 0x88));
    _mm512_storeu_ps(y + (8 + c) * ldy, _mm512_shuffle_f32x4(even01, even23, 0xDD));
    _mm512_storeu_ps(y + (12 + c) * ldy, _mm512_shuffle_f32x4(odd01, odd23, 0xDD));
  }
}
#else
HWY_INLINE void transpose_square(const float* HWY_RESTRICT x, Size ldx, float* HWY_RESTRICT y, Size ldy) {
  transpose_4x4(x, ldx, y, ldy);
}
#endif

// What is left of a block beside the squares: by 4 x 4, then by single elements.
inline void transpose_edge(const float* HWY_RESTRICT x, Size ldx, Size rows, Size columns, float* HWY_RESTRICT y,
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

// y[j * ldy + i] = x[i * ldx + j] for 0 <= i < rows, 0 <= j < columns.
//
// By strips of 16 columns: a strip uses each cache line of x whole, and writes few rows of y from one end to the other.
inline void transpose_block(const float* HWY_RESTRICT x, Size ldx, Size rows, Size columns, float* HWY_RESTRICT y,
                            Size ldy) {
  constexpr Size kStrip = 16;
  for (; columns > 0; x += kStrip, y += kStrip * ldy, columns -= kStrip) {
    const Size width = columns < kStrip ? columns : kStrip;
    Size i = 0;
    if (width == kStrip) {
      for (; i + kSquareSide <= rows; i += kSquareSide) {
        // The strip after the next: rows far apart are no pattern that the processor foresees.
        for (Size r = i; columns > 2 * kStrip && r < i + kSquareSide; ++r) __builtin_prefetch(x + r * ldx + 2 * kStrip);
        for (Size j = 0; j < kStrip; j += kSquareSide) {
          transpose_square(x + i * ldx + j, ldx, y + j * ldy + i, ldy);
        }
      }
    }
    transpose_edge(x + i * ldx, ldx, rows - i, width, y + i, ldy);
  }
}

}  // namespace cornu::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
