// Plans of matrix products: which path, which cache blocks, how the parts divide C. No vectors here.
#include "cornu/engine/cpu/kernels/gemm.h"

#include <algorithm>
#include <limits>

#include "cornu/engine/cpu/kernels/kernels.h"

namespace cornu::cpu {
namespace {

Size round_up(Size value, Size unit) { return (value + unit - 1) / unit * unit; }
Size divide_up(Size value, Size unit) { return (value + unit - 1) / unit; }

// Below this many multiply-adds a part is not worth the hand-over to another thread: about 1 us of work.
constexpr double kLeastWorkOfPart = 50e3;

// Short segments would be all pointers; long ones need as many zeros for what hangs over the edge.
bool worth_pointing(const Patches& patches) { return patches.segment() >= 8 && patches.segment() <= kMostZeros; }

// Not constant, so that they take no place in the file of a program.
const float* some_zeros() {
  alignas(64) static float zeros[kMostZeros];
  asm volatile("" : : "r"(zeros) : "memory");  // else the compiler sees that nobody writes them
  return zeros;
}

// Short segments are best read with strides, where each line of places is long enough for a tile.
bool worth_lines(const Patches& patches) {
  return patches.inside() && patches.segment() <= 64 && patches.axes[2].places >= 4;
}

void choose_path(GemmPlan& plan) {
  const GemmShape& s = plan.shape;
  const GemmKernels& kernel = plan.kernels->gemm;
  const bool strided = s.a_form == GemmA::kStrided;
  const bool a_contiguous = s.a_column == 1 && !s.patches && strided;
  const bool column = s.n == 1 && (s.ldb == 1 || s.b_transposed);
  if (a_contiguous && (column || (s.b_transposed && s.m <= 3 && s.k >= 64))) {
    plan.path = GemmPlan::Path::kDots;
    return;
  }
  // Packing B pays when many rows use it, more so when its own rows lie far apart. (Measured on Zen 4: with 512 columns
  // 128 rows are 4 % faster in place, with 4096 columns 4 % slower.)
  plan.line_a = s.patches && !s.patches_transposed && worth_lines(*s.patches);
  plan.point_a = s.patches && !s.patches_transposed && !plan.line_a && worth_pointing(*s.patches);
  if (plan.point_a) plan.zeros = some_zeros();
  const bool copy_patches = s.patches && !plan.point_a && !plan.line_a;
  if (s.b_packed) {
    plan.pack_a = copy_patches;
    return;
  }
  const bool padded = s.n % kernel.lanes != 0 && !kernel.masked_memory;
  const bool reused = s.n > kernel.panel && s.m >= (s.ldb > 1024 ? 96 : 256);
  plan.pack_b = s.b_transposed || padded || reused;
  // A is read where it lies: the tile takes any strides. Only when the steps along k fall on the same few sets of the
  // L1 cache is it copied first.
  plan.pack_a = copy_patches || (!s.patches && strided && plan.pack_b && s.n >= 4 * kernel.panel && s.m >= 16 &&
                                 s.a_row == 1 && s.a_column % 256 == 0);
}

// Blocks: a panel of B (block_k rows) streams from the L2 cache into the tiles, `block_m` rows of A or C stay near, and
// so do the `block_n` packed columns of B.
void choose_blocks(GemmPlan& plan) {
  const GemmShape& s = plan.shape;
  const GemmKernels& kernel = plan.kernels->gemm;
  plan.block_m = 96;
  // A copy of A should serve many columns.
  plan.block_n = std::max<Size>(kernel.panel, plan.pack_a && s.n >= 2048 ? 512 : 256);
  if (s.b_packed) plan.block_n = 1024;
  plan.block_k = plan.pack_b && s.a_column == 1 ? 384 : 256;
  // Blocks of equal depth: a short last one would cost as much around it as a long one.
  if (s.patches) plan.block_k = divide_up(s.k, std::max<Size>(1, divide_up(s.k, 320)));
  if (plan.point_a || plan.line_a) {  // whole segments, or parts of one
    const Size segment = s.patches->segment();
    plan.block_k = segment <= 320 ? 320 / segment * segment : divide_up(segment, divide_up(segment, 320));
  }
  // Rows that lie scattered in memory are read from end to end, as it likes it.
  if (s.a_form == GemmA::kRowPointers) plan.block_k = 1024;
  // One row: a few rows of B at a time, over their whole length, as the memory likes it.
  if (s.m == 1 && s.a_form == GemmA::kStrided && !plan.pack_a && !plan.point_a && !plan.pack_b)
    plan.block_k = s.n > 512 ? 4 : std::max<Size>(1, s.k);
  const Size depth = std::max<Size>(1, std::min(plan.block_k, s.k));
  Size floats = 0;
  if (plan.pack_b) floats += room_of_b(depth, std::min(plan.block_n, round_up(s.n, kernel.lanes)));
  if (plan.point_a) {
    const Size pointers = plan.block_m * std::max<Size>(1, plan.block_k / s.patches->segment());
    floats += pointers * static_cast<Size>(sizeof(void*) / sizeof(float));
  }
  if (plan.pack_a) floats += depth * plan.block_m;
  plan.scratch_bytes = static_cast<std::size_t>(round_up(floats * static_cast<Size>(sizeof(float)), 64));
}

// A guess at the time of the largest part, in units of a multiply-add of vectors.
double cost_of(const GemmPlan& plan, int parts_m, int parts_n) {
  const GemmShape& s = plan.shape;
  const GemmKernels& kernel = plan.kernels->gemm;
  const double rows = static_cast<double>(divide_up(s.m, parts_m));
  const Size columns = std::min(s.n, divide_up(divide_up(s.n, plan.unit_n), parts_n) * plan.unit_n);
  const double vectors = static_cast<double>(divide_up(columns, kernel.lanes));
  const double k = static_cast<double>(s.k);
  // Each part reads (or packs) its columns of B and its rows of A: about two multiply-adds for a vector.
  const double read_b = 2.0 * k * vectors;
  const double read_a = 2.0 * k * rows / static_cast<double>(kernel.lanes) * std::max(1.0, vectors / 16.0);
  return rows * vectors * k + read_b + read_a;
}

void choose_parts(GemmPlan& plan, int threads) {
  const GemmShape& s = plan.shape;
  const GemmKernels& kernel = plan.kernels->gemm;
  // A packed B has whole panels only.
  plan.unit_n = s.b_packed || s.n >= 4 * kernel.panel ? kernel.panel : kernel.lanes;
  const double work =
      static_cast<double>(s.m) * static_cast<double>(s.n) * static_cast<double>(s.k) * static_cast<double>(s.batch);
  const int useful = static_cast<int>(std::min(static_cast<double>(std::max(threads, 1)), work / kLeastWorkOfPart));
  plan.parts = std::max(1, useful);
  if (s.batch >= plan.parts) {
    plan.parts_batch = plan.parts;
    return;
  }
  double best = std::numeric_limits<double>::max();
  for (int parts_m = 1; parts_m <= plan.parts; ++parts_m) {
    if (plan.parts % parts_m != 0) continue;
    const int parts_n = plan.parts / parts_m;
    const double cost = cost_of(plan, parts_m, parts_n);
    if (cost >= best) continue;
    best = cost;
    plan.parts_m = parts_m;
    plan.parts_n = parts_n;
  }
}

}  // namespace

GemmShape GemmShape::contiguous(Size m, Size n, Size k, bool a_transposed, bool b_transposed) {
  GemmShape s;
  s.m = m;
  s.n = n;
  s.k = k;
  s.a_row = a_transposed ? 1 : k;
  s.a_column = a_transposed ? m : 1;
  s.ldb = b_transposed ? k : n;
  s.b_transposed = b_transposed;
  s.ldc = n;
  s.a_batch = m * k;
  s.b_batch = n * k;
  s.c_batch = m * n;
  return s;
}

GemmPlan plan_gemm(const GemmShape& shape, const GemmEpilogue& epilogue, int threads, const Kernels& kernels) {
  GemmPlan plan;
  plan.shape = shape;
  plan.epilogue = epilogue;
  plan.kernels = &kernels;
  choose_path(plan);
  choose_blocks(plan);
  choose_parts(plan, threads);
  return plan;
}

GemmPlan plan_gemm(const GemmShape& shape, const GemmEpilogue& epilogue, int threads) {
  return plan_gemm(shape, epilogue, threads, kernels_for_columns(shape.n));
}

GemmRegion region_of(const GemmPlan& plan, int part) {
  const GemmShape& s = plan.shape;
  const int pn = part % plan.parts_n;
  const int pm = part / plan.parts_n % plan.parts_m;
  const int pb = part / (plan.parts_n * plan.parts_m);
  const auto cut = [](Size total, int index, int count) { return total * index / count; };
  const Size units = divide_up(s.n, plan.unit_n);
  return {
      .row_begin = cut(s.m, pm, plan.parts_m),
      .row_end = cut(s.m, pm + 1, plan.parts_m),
      .column_begin = cut(units, pn, plan.parts_n) * plan.unit_n,
      .column_end = std::min(s.n, cut(units, pn + 1, plan.parts_n) * plan.unit_n),
      .batch_begin = cut(s.batch, pb, plan.parts_batch),
      .batch_end = cut(s.batch, pb + 1, plan.parts_batch),
  };
}

void GemmPlan::run(int part, const GemmArguments& arguments, void* scratch) const {
  kernels->gemm.run(*this, region_of(*this, part), arguments, static_cast<float*>(scratch));
}

Size panel_count(const GemmShape& shape, const Kernels& kernels) { return divide_up(shape.n, kernels.gemm.panel); }

std::size_t packed_b_floats(const GemmShape& shape, const Kernels& kernels) {
  return static_cast<std::size_t>(shape.k * round_up(shape.n, kernels.gemm.lanes));
}

void pack_b(const GemmShape& shape, const Kernels& kernels, const float* b, float* packed, Size begin, Size end) {
  const Size panel = kernels.gemm.panel;
  for (Size j = begin * panel; j < std::min(shape.n, end * panel); j += panel)
    kernels.gemm.pack_panel(b + (shape.b_transposed ? j * shape.ldb : j), shape.ldb, shape.b_transposed, shape.k,
                            std::min(panel, shape.n - j), packed + j * shape.k);
}

void gemm_f64(const GemmShape& s, const GemmArguments64& g, Size row_begin, Size row_end) {
  constexpr Size kBlock = 64;
  for (Size batch = 0; batch < s.batch; ++batch) {
    const double* a = g.a + batch * s.a_batch;
    const double* b = g.b + batch * s.b_batch;
    for (Size i = row_begin; i < row_end; ++i) {
      double* c = g.c + batch * s.c_batch + i * s.ldc;
      for (Size j0 = 0; j0 < s.n; j0 += kBlock) {
        const Size columns = std::min(kBlock, s.n - j0);
        double sum[kBlock] = {};
        for (Size p = 0; p < s.k; ++p) {
          const double x = a[i * s.a_row + p * s.a_column];
          const double* row = b + (s.b_transposed ? j0 * s.ldb + p : p * s.ldb + j0);
          const Size step = s.b_transposed ? s.ldb : 1;
          for (Size j = 0; j < columns; ++j) sum[j] += x * row[j * step];
        }
        for (Size j = 0; j < columns; ++j) {
          const double before = g.beta == 0.0 ? 0.0 : g.beta * c[j0 + j];
          c[j0 + j] = before + g.alpha * sum[j];
        }
      }
    }
  }
}

}  // namespace cornu::cpu
