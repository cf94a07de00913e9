// Private to the kernels: copies of blocks of A and B in the order in which the tile reads them.
#if defined(CORNU_ENGINE_CPU_KERNELS_GEMM_PACK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CORNU_ENGINE_CPU_KERNELS_GEMM_PACK_INL_H_
#undef CORNU_ENGINE_CPU_KERNELS_GEMM_PACK_INL_H_
#else
#define CORNU_ENGINE_CPU_KERNELS_GEMM_PACK_INL_H_
#endif

#include <algorithm>

#include "cornu/engine/cpu/kernels/gemm.h"
#include "cornu/engine/cpu/kernels/transpose-inl.h"

HWY_BEFORE_NAMESPACE();
namespace cornu::cpu::HWY_NAMESPACE {

// The width in memory of a packed panel with that many columns: whole vectors.
HWY_INLINE Size padded_width(Size columns) {
  constexpr Size lanes = static_cast<Size>(kLanes);
  return (columns + lanes - 1) / lanes * lanes;
}

// rows x columns of a row-major B to a panel of padded rows.
inline void pack_panel(const float* b, Size ldb, Size rows, Size columns, float* panel) {
  const Size width = padded_width(columns);
  constexpr Size lanes = static_cast<Size>(kLanes);
  const Size whole = columns / lanes * lanes;
  for (Size p = 0; p < rows; ++p, b += ldb, panel += width) {
    // The next rows of this block lie far apart: the processor does not guess them.
    if (p + 8 < rows) __builtin_prefetch(b + 8 * ldb);
    for (Size j = 0; j < whole; j += lanes) store(load(b + j), panel + j);
    if (whole < columns) store(load_first(b + whole, static_cast<std::size_t>(columns - whole)), panel + whole);
  }
}

// The same from a transposed B (columns x rows in memory).
inline void pack_panel_transposed(const float* b, Size ldb, Size rows, Size columns, float* panel) {
  const Size width = padded_width(columns);
  transpose_block(b, ldb, columns, rows, panel, width);
  if (width == columns) return;
  for (Size p = 0; p < rows; ++p) std::fill(panel + p * width + columns, panel + (p + 1) * width, 0.0f);
}

// depth x rows of a transposed A (rows contiguous), without reordering: only brought together.
inline void pack_transposed_a(const float* a, Size stride, Size depth, Size rows, float* to) {
  for (Size p = 0; p < depth; ++p) std::copy(a + p * stride, a + p * stride + rows, to + p * rows);
}

}  // namespace cornu::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
