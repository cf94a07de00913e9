// Private to the kernels: the register tile of the matrix product, compiled once for each target.
#if defined(CORNU_ENGINE_CPU_KERNELS_GEMM_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CORNU_ENGINE_CPU_KERNELS_GEMM_TILE_INL_H_
#undef CORNU_ENGINE_CPU_KERNELS_GEMM_TILE_INL_H_
#else
#define CORNU_ENGINE_CPU_KERNELS_GEMM_TILE_INL_H_
#endif

#include <algorithm>
#include <array>
#include <type_traits>
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
  // A consists of so many segments of `segment` elements. With strides they lie `segment_pitch` apart; by pointers they
  // start at `segment_offset`, and the pointers of the rows of one segment stand together, `pointer_rows` before those
  // of the next.
  Size segments = 1, segment = 0, segment_pitch = 0, segment_offset = 0, pointer_rows = 0;
};

// The widest tile in vectors, and the most rows for each width: as many accumulators as the registers hold beside the
// row of B and one element of A, and at least 8, so that the latency of the FMA is hidden.
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_NEON
inline constexpr int kTileVectors = 4;
inline constexpr int kTileRows[] = {0, 16, 8, 8, 6};
#elif HWY_TARGET == HWY_SCALAR
// Slow in any case, and so as few as will do.
inline constexpr int kTileVectors = 2;
inline constexpr int kTileRows[] = {0, 4, 4};
#else
inline constexpr int kTileVectors = 2;
inline constexpr int kTileRows[] = {0, 12, 6};
#endif
inline constexpr int kMostRows = 16;
// Each row of an A by pointers wants a register for its own.
inline constexpr int kMostPointerRows = 8;
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

// acc += A B: element (r, p) of A is a[r * a_row + p * a_column].
template <int R, int V, bool kPartial>
HWY_INLINE void accumulate(const float* HWY_RESTRICT a, Size a_row, Size a_column, const float* HWY_RESTRICT b,
                           Size ldb, Size k, std::size_t tail, Vector (&acc)[R][V]) {
  for (Size p = k; p > 0; --p) {
    Vector row[V];
    CORNU_UNROLL(16)
    for (int v = 0; v < V; ++v) {
      // Where memory cannot be read under a mask, a partial panel has been packed and padded.
      row[v] = load_column < kPartial && kMaskedMemory > (b, v, V - 1, tail);
      if constexpr (R > 1) pin(row[v]);
    }
    CORNU_UNROLL(16)
    for (int r = 0; r < R; ++r) {
      const Vector x = all(a[r * a_row]);
      CORNU_UNROLL(16)
      for (int v = 0; v < V; ++v) acc[r][v] = hn::MulAdd(x, row[v], acc[r][v]);
    }
    a += a_column;
    b += ldb;
  }
}

// The same with a pointer for each row of A, segment by segment.
template <int R, int V, bool kPartial>
HWY_INLINE void accumulate_segments(const TileContext& t, const float* const* rows, const float* HWY_RESTRICT b,
                                    std::size_t tail, Vector (&acc)[R][V]) {
  const Size ldb = t.ldb, length = t.segment;
  for (Size s = 0; s < t.segments; ++s, rows += t.pointer_rows) {
    const float* x[R];
    CORNU_UNROLL(16)
    for (int r = 0; r < R; ++r) x[r] = rows[r] + t.segment_offset;
    for (Size p = 0; p < length; ++p, b += ldb) {
      Vector row[V];
      CORNU_UNROLL(16)
      for (int v = 0; v < V; ++v) {
        row[v] = load_column < kPartial && kMaskedMemory > (b, v, V - 1, tail);
        if constexpr (R > 1) pin(row[v]);
      }
      CORNU_UNROLL(16)
      for (int r = 0; r < R; ++r) {
        const Vector value = all(x[r][p]);
        CORNU_UNROLL(16)
        for (int v = 0; v < V; ++v) acc[r][v] = hn::MulAdd(value, row[v], acc[r][v]);
      }
    }
  }
}

// The rows of A^T: column p of A is columns[p], from `row` on.
struct ColumnPointers {
  const float* const* columns;
  Size row;
};

template <int R, int V, bool kPartial>
HWY_INLINE void accumulate_columns(const ColumnPointers& a, const float* HWY_RESTRICT b, Size ldb, Size k,
                                   std::size_t tail, Vector (&acc)[R][V]) {
  for (Size p = 0; p < k; ++p, b += ldb) {
    const float* x = a.columns[p] + a.row;
    Vector row[V];
    CORNU_UNROLL(16)
    for (int v = 0; v < V; ++v) {
      row[v] = load_column < kPartial && kMaskedMemory > (b, v, V - 1, tail);
      if constexpr (R > 1) pin(row[v]);
    }
    CORNU_UNROLL(16)
    for (int r = 0; r < R; ++r) {
      const Vector value = all(x[r]);
      CORNU_UNROLL(16)
      for (int v = 0; v < V; ++v) acc[r][v] = hn::MulAdd(value, row[v], acc[r][v]);
    }
  }
}

// R rows times V vectors of C. `c_offset` is where the tile starts in C (and in the mask), `column` its first column;
// kPartial: the last vector holds only `tail` columns. Not inline: in the blocking loops GCC would spill accumulators.
template <int R, int V, bool kPartial, class A>
HWY_NOINLINE void tile(const TileContext& t, A a, const float* HWY_RESTRICT b, Size c_offset, Size column,
                       std::size_t tail) {
  Vector acc[R][V];
  float* c = t.c + c_offset;
  const float* bias = t.bias == nullptr ? nullptr : t.bias + column;
  if (t.init == GemmStart::kZero) {
    CORNU_UNROLL(16)
    for (int r = 0; r < R; ++r) {
      CORNU_UNROLL(16)
      for (int v = 0; v < V; ++v) acc[r][v] = zero();
    }
  } else {
    CORNU_UNROLL(16)
    for (int r = 0; r < R; ++r) {
      CORNU_UNROLL(16)
      for (int v = 0; v < V; ++v) acc[r][v] = start_value<kPartial>(t, t.init, bias, c + r * t.ldc, v, V - 1, tail);
    }
  }

  if constexpr (std::is_same_v<A, const float*>)
    for (Size s = 0; s < t.segments; ++s, a += t.segment_pitch, b += t.segment * t.ldb)
      accumulate<R, V, kPartial>(a, t.a_row, t.a_column, b, t.ldb, t.segment, tail, acc);
  else if constexpr (std::is_same_v<A, ColumnPointers>)
    accumulate_columns<R, V, kPartial>(a, b, t.ldb, t.k, tail, acc);
  else
    accumulate_segments<R, V, kPartial>(t, a, b, tail, acc);

  if (t.scaled) {
    // All of C is read before any of it is written: a load beside a store under a mask waits for that store.
    const Vector alpha = all(t.alpha);
    CORNU_UNROLL(16)
    for (int r = 0; r < R; ++r) {
      CORNU_UNROLL(16)
      for (int v = 0; v < V; ++v) {
        const Vector start = start_value<kPartial>(t, t.finish, bias, c + r * t.ldc, v, V - 1, tail);
        acc[r][v] = hn::MulAdd(acc[r][v], alpha, start);
      }
    }
  }
  CORNU_UNROLL(16)
  for (int r = 0; r < R; ++r) {
    CORNU_UNROLL(16)
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

// `A` is const float*, rows and columns with strides, const float* const*, a pointer for each row, or ColumnPointers.
template <class A>
using Tile = void (*)(const TileContext&, A, const float*, Size, Size, std::size_t);

template <class A, int V, bool kPartial, std::size_t... I>
constexpr std::array<Tile<A>, kMostRows + 1> tiles_of(std::index_sequence<I...>) {
  return {nullptr, &tile<static_cast<int>(I) + 1, V, kPartial, A>...};
}

template <class A>
constexpr int most_rows(int vectors) {
  return std::is_same_v<A, const float* const*> ? std::min(kTileRows[vectors], kMostPointerRows) : kTileRows[vectors];
}

template <class A, bool kPartial, std::size_t... I>
constexpr std::array<std::array<Tile<A>, kMostRows + 1>, kTileVectors + 1> tile_table(std::index_sequence<I...>) {
  return {std::array<Tile<A>, kMostRows + 1>{},
          tiles_of<A, static_cast<int>(I) + 1, kPartial>(
              std::make_index_sequence<most_rows<A>(static_cast<int>(I) + 1)>{})...};
}

// kTiles<A>[partial][vectors][rows]; a vector of one lane is never partial.
template <class A>
inline constexpr std::array<std::array<std::array<Tile<A>, kMostRows + 1>, kTileVectors + 1>, 2> kTiles = {
    tile_table<A, false>(std::make_index_sequence<kTileVectors>{}),
    tile_table<A, (kLanes > 1)>(std::make_index_sequence<kTileVectors>{})};

}  // namespace cornu::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
