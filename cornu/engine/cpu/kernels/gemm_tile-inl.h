// Private to the kernels: the register tile of the matrix product, compiled once for each target.
#if defined(CORNU_ENGINE_CPU_KERNELS_GEMM_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CORNU_ENGINE_CPU_KERNELS_GEMM_TILE_INL_H_
#undef CORNU_ENGINE_CPU_KERNELS_GEMM_TILE_INL_H_
#else
#define CORNU_ENGINE_CPU_KERNELS_GEMM_TILE_INL_H_
#endif

#include <array>
#include <utility>

#include "cornu/engine/cpu/kernels/gemm.h"
#include "cornu/engine/cpu/kernels/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace cornu::cpu::HWY_NAMESPACE {

// What is the same for all tiles of one block of k.
struct TileContext {
  Size k;  // of this block
  Size a_row, a_column, ldb, ldc;
  float* c;
  const float* bias;
  const float* mask;
  const float* add;  // null: nothing
  float alpha, beta, most;
  GemmStart init;    // the accumulators start from this
  GemmStart finish;  // and this is added to alpha * accumulator; kZero with alpha == 1: nothing to do
  bool scaled;       // alpha != 1
  bool relu, capped, relu_mask;
};

// The widest tile in vectors, and the most rows for each width: as many accumulators as the registers hold beside the
// row of B and one element of A, and at least 8, so that the latency of the FMA is hidden.
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_NEON
inline constexpr int kTileVectors = 4;
inline constexpr int kTileRows[] = {0, 16, 8, 8, 6};
#else
inline constexpr int kTileVectors = 2;
inline constexpr int kTileRows[] = {0, 12, 6};
#endif
inline constexpr int kMostRows = 16;
// The tile for a single row, where the rows of B are read once: long pieces of them, for the memory's sake.
#if HWY_TARGET == HWY_AVX3
inline constexpr int kWideVectors = 16;
#else
inline constexpr int kWideVectors = 8;
#endif
inline constexpr Size kPanel = kTileVectors * static_cast<Size>(kLanes);

// Start value number v of a row of C: 0, the bias, or beta * C.
template <bool kPartial>
HWY_INLINE Vector start_value(const TileContext& t, GemmStart start, const float* bias, const float* c, int v, int last,
                              std::size_t tail) {
  if (start == GemmStart::kBias) return load_column<kPartial>(bias, v, last, tail);
  if (start == GemmStart::kC) return hn::Mul(load_column<kPartial>(c, v, last, tail), all(t.beta));
  return zero();
}

// R rows times V vectors of C. `c_offset` is where the tile starts in C (and in the mask), `column` its first column;
// kPartial: the last vector holds only `tail` columns. Not inline: in the blocking loops GCC would spill accumulators.
template <int R, int V, bool kPartial>
HWY_NOINLINE void tile(const TileContext& t, const float* HWY_RESTRICT a, const float* HWY_RESTRICT b, Size c_offset,
                       Size column, std::size_t tail) {
  Vector acc[R][V];
  float* c = t.c + c_offset;
  const float* bias = t.bias == nullptr ? nullptr : t.bias + column;
  if (t.init == GemmStart::kZero) {
    HWY_UNROLL(16)
    for (int r = 0; r < R; ++r) {
      HWY_UNROLL(16)
      for (int v = 0; v < V; ++v) acc[r][v] = zero();
    }
  } else {
    HWY_UNROLL(16)
    for (int r = 0; r < R; ++r) {
      HWY_UNROLL(16)
      for (int v = 0; v < V; ++v) acc[r][v] = start_value<kPartial>(t, t.init, bias, c + r * t.ldc, v, V - 1, tail);
    }
  }

  const Size a_row = t.a_row, a_column = t.a_column, ldb = t.ldb;
  for (Size p = t.k; p > 0; --p) {
    Vector row[V];
    HWY_UNROLL(16)
    for (int v = 0; v < V; ++v) {
      // Where memory cannot be read under a mask, a partial panel has been packed and padded.
      row[v] = load_column < kPartial && kMaskedMemory > (b, v, V - 1, tail);
      if constexpr (R > 1) pin(row[v]);
    }
    HWY_UNROLL(16)
    for (int r = 0; r < R; ++r) {
      const Vector x = all(a[r * a_row]);
      HWY_UNROLL(16)
      for (int v = 0; v < V; ++v) acc[r][v] = hn::MulAdd(x, row[v], acc[r][v]);
    }
    a += a_column;
    b += ldb;
  }

  if (t.scaled) {
    // All of C is read before any of it is written: a load beside a store under a mask waits for that store.
    const Vector alpha = all(t.alpha);
    HWY_UNROLL(16)
    for (int r = 0; r < R; ++r) {
      HWY_UNROLL(16)
      for (int v = 0; v < V; ++v) {
        const Vector start = start_value<kPartial>(t, t.finish, bias, c + r * t.ldc, v, V - 1, tail);
        acc[r][v] = hn::MulAdd(acc[r][v], alpha, start);
      }
    }
  }
  HWY_UNROLL(16)
  for (int r = 0; r < R; ++r) {
    HWY_UNROLL(16)
    for (int v = 0; v < V; ++v) {
      Vector x = acc[r][v];
      if (t.add != nullptr) x = hn::Add(x, load_column<kPartial>(t.add + c_offset + r * t.ldc, v, V - 1, tail));
      if (t.relu) x = relu_of(x);
      if (t.capped) x = min_nan(x, all(t.most));
      if (t.relu_mask) {
        const Vector mask = load_column<kPartial>(t.mask + c_offset + r * t.ldc, v, V - 1, tail);
        x = hn::IfThenZeroElse(hn::Le(mask, zero()), x);
      }
      float* to = c + r * t.ldc + static_cast<std::size_t>(v) * kLanes;
      if (kPartial && v == V - 1) {
        store_first(x, to, tail);
      } else {
        store(x, to);
      }
    }
  }
}

using Tile = void (*)(const TileContext&, const float*, const float*, Size, Size, std::size_t);

template <int V, bool kPartial, std::size_t... I>
constexpr std::array<Tile, kMostRows + 1> tiles_of(std::index_sequence<I...>) {
  return {nullptr, &tile<static_cast<int>(I) + 1, V, kPartial>...};
}

template <bool kPartial, std::size_t... I>
constexpr std::array<std::array<Tile, kMostRows + 1>, kTileVectors + 1> tile_table(std::index_sequence<I...>) {
  return {std::array<Tile, kMostRows + 1>{},
          tiles_of<static_cast<int>(I) + 1, kPartial>(std::make_index_sequence<kTileRows[I + 1]>{})...};
}

// kTiles[partial][vectors][rows]
inline constexpr std::array<std::array<std::array<Tile, kMostRows + 1>, kTileVectors + 1>, 2> kTiles = {
    tile_table<false>(std::make_index_sequence<kTileVectors>{}),
    tile_table<true>(std::make_index_sequence<kTileVectors>{})};

}  // namespace cornu::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
