// Matrix products in float32: C = epilogue(start + alpha * A B), planned once and run in parts.
//
// Every element is one chain of multiply-adds in the order of k, whatever the number of parts: work is split over rows
// and columns only, so the bits do not depend on the number of threads. (The dot path, for vectors, sums in lanes; it
// is chosen by the shape alone.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>

#include "cornu/engine/cpu/kernels/patches.h"

namespace cornu::cpu {

struct Kernels;

// Where A lies.
enum class GemmA : std::uint8_t {
  kStrided,         // at `a`, with strides
  kRowPointers,     // row i of A begins at rows[i]
  kColumnPointers,  // column p of A begins at rows[p]: A is the transposed of rows that lie scattered
};

struct GemmShape {
  Size m = 0, n = 0, k = 0;
  // A(i, p) = a[i * a_row + p * a_column]: a transposed A is the same matrix with the two swapped, and costs nothing.
  Size a_row = 0, a_column = 1;
  GemmA a_form = GemmA::kStrided;  // else the strides mean nothing, and there is no batch
  // A is the patches of the image at `a` (or, transposed, their columns are A's rows): a convolution, or its gradient
  // with respect to the kernel. a_row and a_column mean nothing then.
  std::shared_ptr<const Patches> patches = nullptr;
  bool patches_transposed = false;
  // B(p, j) = b[p * ldb + j], or b[j * ldb + p] when transposed.
  Size ldb = 0;
  bool b_transposed = false;
  // B has been packed by pack_b() for the kernels that run; ldb means nothing then.
  bool b_packed = false;
  Size ldc = 0;
  // A batch of independent products: the distances from one to the next, 0 for a shared operand.
  Size batch = 1, a_batch = 0, b_batch = 0, c_batch = 0, bias_batch = 0;

  // A [m,k] or [k,m] (a_transposed), B [k,n] or [n,k], C [m,n]: all contiguous, in row order.
  static GemmShape contiguous(Size m, Size n, Size k, bool a_transposed = false, bool b_transposed = false);
};

enum class GemmStart : std::uint8_t {
  kZero,  // C = alpha A B
  kBias,  // C = bias[j] + alpha A B
  kC,     // C = beta C + alpha A B: with alpha = -lr and B = dY this is the whole SGD step of a Dense layer
};

struct GemmEpilogue {
  GemmStart start = GemmStart::kZero;
  bool relu = false;       // C = max(C, 0)
  bool relu_mask = false;  // C = mask <= 0 ? 0 : C, with mask laid out as C: the gradient through a relu before
  bool add = false;        // before relu: C += add, laid out as C
  float most = std::numeric_limits<float>::infinity();  // after relu: C = min(C, most)
};

struct GemmArguments {
  const float* a = nullptr;
  const float* const* rows = nullptr;  // in the place of a, when A is read through pointers
  const float* b = nullptr;
  float* c = nullptr;
  const float* bias = nullptr;
  const float* mask = nullptr;
  const float* add = nullptr;
  float alpha = 1.0f;
  float beta = 1.0f;
};

struct GemmPlan {
  GemmShape shape;
  GemmEpilogue epilogue;
  // How many parts run() may be called with: at most the threads asked for, fewer when there is too little work.
  int parts = 1;
  // Each part needs its own scratch, aligned to 64 bytes. A multiple of 64, and 0 when nothing is packed.
  std::size_t scratch_bytes = 0;

  // Computes part `part` of `parts`. Parts may run at the same time; scratch is scratch_bytes of this part's own.
  void run(int part, const GemmArguments& arguments, void* scratch) const;

  // --- chosen by plan_gemm, used by the kernels ---
  enum class Path : std::uint8_t { kTiles, kDots };
  Path path = Path::kTiles;
  bool pack_a = false, pack_b = false;
  bool point_a = false;                        // patches are read where they lie, through pointers,
  bool line_a = false;                         // or, a line of places at a time, with strides
  const float* zeros = nullptr;                // with pointers: kMostZeros, for what hangs over the edge
  Size block_m = 0, block_n = 0, block_k = 0;  // cache blocks; multiples of the tile where that matters
  int parts_m = 1, parts_n = 1, parts_batch = 1;
  Size unit_n = 1;  // columns are split between parts in multiples of this
  const Kernels* kernels = nullptr;
};

// Prepares a product for `threads` threads with the kernels of this process (or the given ones).
GemmPlan plan_gemm(const GemmShape& shape, const GemmEpilogue& epilogue, int threads);
GemmPlan plan_gemm(const GemmShape& shape, const GemmEpilogue& epilogue, int threads, const Kernels& kernels);

// B in the order in which the tiles of these kernels read it: panels of columns, each with all of its rows. Pays for a
// B that many products use.
std::size_t packed_b_floats(const GemmShape& shape, const Kernels& kernels);
// Packs panels [begin, end) of the panel_count() there are.
Size panel_count(const GemmShape& shape, const Kernels& kernels);
void pack_b(const GemmShape& shape, const Kernels& kernels, const float* b, float* packed, Size begin, Size end);

// The same in float64, for graphs in that type: a blocked loop without a hand-written tile.
struct GemmArguments64 {
  const double* a = nullptr;
  const double* b = nullptr;
  double* c = nullptr;
  double alpha = 1.0, beta = 0.0;
};
void gemm_f64(const GemmShape& shape, const GemmArguments64& arguments, Size row_begin, Size row_end);

// The part of a plan that falls to one part. Shared by the kernels of all targets.
struct GemmRegion {
  Size row_begin, row_end, column_begin, column_end, batch_begin, batch_end;
};
GemmRegion region_of(const GemmPlan& plan, int part);

// Floats of a packed B before a copy of A, or pointers into A, may follow.
inline Size room_of_b(Size depth, Size columns) {
  constexpr Size pointer = sizeof(void*) / sizeof(float);
  return (depth * columns + pointer - 1) / pointer * pointer;
}

// Segments of patches may be so long and still be read where they lie.
inline constexpr Size kMostZeros = 4096;

// What a target tells plan_gemm about its register tile.
struct GemmKernels {
  Size lanes = 1;              // floats in a vector
  Size panel = 1;              // columns of the widest tile
  Size tile_rows = 1;          // rows of that tile
  bool masked_memory = false;  // can read part of a vector from an unpacked B
  // rows x columns (at most a panel) of B, or of a B that lies transposed, to a packed panel.
  void (*pack_panel)(const float* b, Size ldb, bool transposed, Size rows, Size columns, float* panel) = nullptr;
  void (*run)(const GemmPlan& plan, const GemmRegion& region, const GemmArguments& arguments, float* scratch) = nullptr;
};

}  // namespace cornu::cpu
