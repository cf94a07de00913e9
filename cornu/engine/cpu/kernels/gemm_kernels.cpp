// The matrix product on one part of C: cache blocks around the register tile of gemm_tile-inl.h.
#include "cornu/engine/cpu/kernels/highway_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cornu/engine/cpu/kernels/gemm_kernels.cpp"
#include "hwy/foreach_target.h"

#include <algorithm>
#include <limits>

#include "cornu/core/judge_only.h"
#include "cornu/engine/cpu/kernels/gemm_dots-inl.h"
#include "cornu/engine/cpu/kernels/gemm_pack-inl.h"
#include "cornu/engine/cpu/kernels/gemm_tile-inl.h"
#include "cornu/engine/cpu/kernels/kernels.h"

HWY_BEFORE_NAMESPACE();
namespace cornu::cpu::HWY_NAMESPACE {
namespace {

constexpr Size kVectorLanes = static_cast<Size>(kLanes);

// A, `rows` rows further down.
const float* below(const float* a, const TileContext& t, Size rows) { return a + rows * t.a_row; }
const float* const* below(const float* const* a, const TileContext&, Size rows) { return a + rows; }
ColumnPointers below(ColumnPointers a, const TileContext&, Size rows) { return {a.columns, a.row + rows}; }

// All rows [row, row + rows) of one panel of columns, with tiles of nearly equal height.
template <class A>
void panel_rows(const TileContext& t, A a, const float* b, Size row, Size rows, Size column, Size columns) {
  const Size vectors = (columns + kVectorLanes - 1) / kVectorLanes;
  const Size tail = columns % kVectorLanes;
  const auto& tiles = kTiles<A>[tail != 0 ? 1 : 0][static_cast<std::size_t>(vectors)];
  const Size most = most_rows<A>(static_cast<int>(vectors));
  const Size count = (rows + most - 1) / most;
  const Size height = rows / count;
  Size taller = rows % count;  // so many tiles get one row more
  for (Size i = 0; i < count; ++i) {
    const Size r = height + (taller > 0 ? 1 : 0);
    if (taller > 0) --taller;
    tiles[static_cast<std::size_t>(r)](t, a, b, row * t.ldc + column, column, static_cast<std::size_t>(tail));
    a = below(a, t, r);
    row += r;
  }
}

// How the blocks of k follow each other: the first starts from the epilogue's start, the others from C; only the last
// applies relu and mask. With alpha != 1 the scaled block is added at its end instead.
void set_block(TileContext& t, const GemmPlan& plan, const GemmArguments& g, Size p, Size depth) {
  const bool first = p == 0, last = p + depth >= plan.shape.k;
  const GemmStart start = first ? plan.epilogue.start : GemmStart::kC;
  t.k = t.segment = depth;
  t.scaled = g.alpha != 1.0f;
  t.init = t.scaled ? GemmStart::kZero : start;
  t.finish = t.scaled ? start : GemmStart::kZero;
  t.beta = first ? g.beta : 1.0f;
  t.add = last && plan.epilogue.add ? g.add : nullptr;
  t.relu = last && plan.epilogue.relu;
  t.capped = t.relu && plan.epilogue.most < std::numeric_limits<float>::infinity();
  t.relu_mask = last && plan.epilogue.relu_mask;
}

// One row of C from an unpacked B: long pieces of a few rows of B at a time, each read once.
void run_row(const GemmPlan& plan, const GemmRegion& at, const GemmArguments& g, TileContext& t) {
  const GemmShape& s = plan.shape;
  constexpr Size wide = kWideVectors * kVectorLanes;
  for (Size p = 0; p == 0 || p < s.k; p += plan.block_k) {
    set_block(t, plan, g, p, std::min(plan.block_k, s.k - p));
    const float* a = g.a + at.row_begin * s.a_row + p * s.a_column;
    const float* b = g.b + p * s.ldb;
    Size j = at.column_begin;
    for (; j + wide <= at.column_end; j += wide) {
      tile<1, kWideVectors, false, const float*>(t, a, b + j, at.row_begin * s.ldc + j, j, 0);
    }
    for (; j < at.column_end; j += kPanel) {
      panel_rows(t, a, b + j, at.row_begin, 1, j, std::min(kPanel, at.column_end - j));
    }
  }
}

// Rows [row, row + rows) of a block of columns, from B where it lies.
template <class A>
void rows_in_place(TileContext& t, A a, const float* b, Size row, Size rows, Size column, Size columns) {
  for (Size j = 0; j < columns; j += kPanel)
    panel_rows(t, a, b + j, row, rows, column + j, std::min(kPanel, columns - j));
}

void pack_any_panel(const float* b, Size ldb, bool transposed, Size rows, Size columns, float* panel) {
  if (transposed)
    pack_panel_transposed(b, ldb, rows, columns, panel);
  else
    pack_panel(b, ldb, rows, columns, panel);
}

void pack_b_block(const GemmPlan& plan, const float* b, Size p, Size depth, Size column, Size columns, float* to) {
  const GemmShape& s = plan.shape;
  for (Size j = 0; j < columns; j += kPanel) {
    const Size width = std::min(kPanel, columns - j);
    const Size from = s.b_transposed ? (column + j) * s.ldb + p : p * s.ldb + column + j;
    pack_any_panel(b + from, s.ldb, s.b_transposed, depth, width, to);
    to += depth * padded_width(width);
  }
}

// Rows [row, row + rows) of a block of columns, from packed panels of B that have `depth` rows, of which those from
// `first` on are wanted.
template <class A>
void packed_rows(TileContext& t, A a, const float* panels, Size depth, Size first, Size row, Size rows, Size column,
                 Size columns) {
  for (Size j = 0; j < columns; j += kPanel) {
    const Size width = std::min(kPanel, columns - j);
    t.ldb = padded_width(width);
    panel_rows(t, a, panels + j * depth + first * t.ldb, row, rows, column + j, width);
  }
}

// Rows [i, i + rows) by columns [p, p + depth) of A, copied together when the plan says so.
const float* block_of_a(const GemmPlan& plan, const float* a, Size i, Size rows, Size p, Size depth, float* to,
                        TileContext& t) {
  const GemmShape& s = plan.shape;
  if (!plan.pack_a) return a + i * s.a_row + p * s.a_column;
  bool rows_first = false;  // a row of A is contiguous in the copy
  if (!s.patches) {
    pack_transposed_a(a + i * s.a_row + p * s.a_column, s.a_column, depth, rows, to);
  } else {
    rows_first = s.patches_transposed == s.patches->by_columns();
    const auto copy = plan.kernels->patches.copy;
    if (s.patches_transposed)
      copy(*s.patches, a, p, depth, i, rows, to, rows_first ? depth : rows);
    else
      copy(*s.patches, a, i, rows, p, depth, to, rows_first ? depth : rows);
  }
  t.a_row = rows_first ? depth : 1;
  t.a_column = rows_first ? 1 : rows;
  return to;
}

// Pointers to the segments in columns [p, p + depth) of rows [i, i + rows) of the patches.
const float* const* pointers_to_a(const GemmPlan& plan, const float* a, Size i, Size rows, Size p, Size depth,
                                  float* to, TileContext& t) {
  const Patches& patches = *plan.shape.patches;
  const Size segment = patches.segment();
  t.segments = std::max<Size>(1, depth / segment);
  t.segment = std::min(segment, depth);
  t.segment_offset = p % segment;
  t.pointer_rows = rows;
  auto** const pointers = reinterpret_cast<const float**>(to);
  plan.kernels->patches.point(patches, a, i, rows, p / segment, t.segments, plan.zeros, pointers);
  return pointers;
}

// Rows from i on that lie on one line of places, from columns [p, p + depth) of the patches: whole lines of taps.
const float* line_of_a(const GemmPlan& plan, const float* a, Size i, Size p, Size depth, TileContext& t) {
  const Patches& patches = *plan.shape.patches;
  t.segment = patches.segment();
  t.segments = depth / t.segment;
  t.segment_pitch = patches.line_pitch();
  t.a_row = patches.axes[2].stride * patches.pixel;
  t.a_column = 1;
  Size offset = p / t.segment * t.segment_pitch, floats = patches.pixel;
  for (std::size_t axis = 3; axis-- > 0;) {
    const PatchAxis& along = patches.axes[axis];
    offset += (i % along.places * along.stride - along.low) * floats;
    floats *= along.length;
    i /= along.places;
  }
  return a + offset + i * floats;
}

// How many rows make a block from row i on.
Size rows_at(const GemmPlan& plan, Size i, Size end) {
  if (!plan.line_a) return std::min(plan.block_m, end - i);
  const Size places = plan.shape.patches->axes[2].places;
  return std::min(places - i % places, end - i);
}

// Calls f with rows [i, i + rows) by columns [p, p + depth) of A, in the form that tiles read: `scratch` holds what is
// copied or pointed to first.
template <class F>
void with_a(const GemmPlan& plan, const GemmArguments& g, Size i, Size rows, Size p, Size depth, float* scratch,
            TileContext& t, F&& f) {
  if (plan.shape.a_form == GemmA::kRowPointers) {
    t.segments = 1;
    t.segment = depth;
    t.segment_offset = p;
    f(g.rows + i);
  } else if (!kJudgeOnly && plan.shape.a_form == GemmA::kColumnPointers) {  // a step that trains: a third of all tiles
    f(ColumnPointers{g.rows + p, i});
  } else if (plan.line_a) {
    f(line_of_a(plan, g.a, i, p, depth, t));
  } else if (plan.point_a) {
    f(pointers_to_a(plan, g.a, i, rows, p, depth, scratch, t));
  } else {
    f(block_of_a(plan, g.a, i, rows, p, depth, scratch, t));
  }
}

void run_in_place(const GemmPlan& plan, const GemmRegion& at, const GemmArguments& g, TileContext& t) {
  const GemmShape& s = plan.shape;
  for (Size i = at.row_begin; i < at.row_end; i += plan.block_m) {
    const Size rows = std::min(plan.block_m, at.row_end - i);
    for (Size p = 0; p == 0 || p < s.k; p += plan.block_k) {
      set_block(t, plan, g, p, std::min(plan.block_k, s.k - p));
      with_a(plan, g, i, rows, p, t.k, nullptr, t, [&](auto a) {
        rows_in_place(t, a, g.b + p * s.ldb + at.column_begin, i, rows, at.column_begin,
                      at.column_end - at.column_begin);
      });
    }
  }
}

// How many of the columns of A from p on make a block.
Size depth_at(const GemmPlan& plan, Size p) {
  const Size depth = std::min(plan.block_k, plan.shape.k - p);
  if (!plan.point_a) return depth;
  const Size segment = plan.shape.patches->segment();
  return plan.block_k < segment ? std::min(depth, segment - p % segment) : depth;
}

void run_packed(const GemmPlan& plan, const GemmRegion& at, const GemmArguments& g, TileContext& t, float* scratch) {
  const GemmShape& s = plan.shape;
  for (Size j = at.column_begin; j < at.column_end; j += plan.block_n) {
    const Size columns = std::min(plan.block_n, at.column_end - j);
    for (Size p = 0, depth = 0; p == 0 || p < s.k; p += std::max<Size>(1, depth)) {
      depth = depth_at(plan, p);
      set_block(t, plan, g, p, depth);
      if (plan.pack_b) pack_b_block(plan, g.b, p, depth, j, columns, scratch);
      float* const packed_a = scratch + (plan.pack_b ? room_of_b(depth, std::min(plan.block_n, padded_width(s.n))) : 0);
      for (Size i = at.row_begin, rows = 0; i < at.row_end; i += rows) {
        rows = rows_at(plan, i, at.row_end);
        with_a(plan, g, i, rows, p, depth, packed_a, t, [&](auto a) {
          if (plan.pack_b)
            packed_rows(t, a, scratch, depth, 0, i, rows, j, columns);
          else if (s.b_packed)
            packed_rows(t, a, g.b + j * s.k, s.k, p, i, rows, j, columns);
          else
            rows_in_place(t, a, g.b + p * s.ldb + j, i, rows, j, columns);
        });
      }
    }
  }
}

void run_gemm(const GemmPlan& plan, const GemmRegion& at, const GemmArguments& arguments, float* scratch) {
  const GemmShape& s = plan.shape;
  if (at.row_begin >= at.row_end || at.column_begin >= at.column_end) return;
  for (Size i = at.batch_begin; i < at.batch_end; ++i) {
    GemmArguments g = arguments;
    if (i != 0) {
      g.a += i * s.a_batch;
      g.b += i * s.b_batch;
      g.c += i * s.c_batch;
      if (g.bias != nullptr) g.bias += i * s.bias_batch;
      if (g.add != nullptr) g.add += i * s.c_batch;
      if (g.mask != nullptr) g.mask += i * s.c_batch;
    }
    if (plan.path == GemmPlan::Path::kDots) {
      run_dots(plan, at, g);
      continue;
    }
    TileContext t{.k = 0,
                  .a_row = s.a_row,
                  .a_column = s.a_column,
                  .ldb = s.ldb,
                  .ldc = s.ldc,
                  .c = g.c,
                  .bias = g.bias,
                  .mask = g.mask,
                  .add = nullptr,
                  .alpha = g.alpha,
                  .beta = g.beta,
                  .most = plan.epilogue.most,
                  .init = GemmStart::kZero,
                  .finish = GemmStart::kZero,
                  .scaled = false,
                  .relu = false,
                  .capped = false,
                  .relu_mask = false};
    if (plan.pack_a || plan.point_a || plan.line_a || plan.pack_b || s.b_packed) {
      run_packed(plan, at, g, t, scratch);
    } else if (s.m == 1 && s.a_form == GemmA::kStrided) {
      run_row(plan, at, g, t);
    } else {
      run_in_place(plan, at, g, t);
    }
  }
}

}  // namespace

void fill_gemm(Kernels& table) {
  table.gemm = {.lanes = kVectorLanes,
                .panel = kPanel,
                .tile_rows = kTileRows[kTileVectors],
                .masked_memory = kMaskedMemory,
                .pack_panel = &pack_any_panel,
                .run = &run_gemm};
}

}  // namespace cornu::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace cornu::cpu {
void fill_gemm_table(Target target, Kernels& table) { CORNU_FILL_TABLE(target, fill_gemm, table); }
}  // namespace cornu::cpu
#endif
