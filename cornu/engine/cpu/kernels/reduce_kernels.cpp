// Sums, maxima and softmax along the rows of a matrix, sums along its columns.
#include "cornu/engine/cpu/kernels/highway_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cornu/engine/cpu/kernels/reduce_kernels.cpp"
#include "hwy/foreach_target.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "cornu/engine/cpu/kernels/kernels.h"
#include "cornu/engine/cpu/kernels/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace cornu::cpu::HWY_NAMESPACE {
namespace {

// The largest lane. (Highway's MaxOfLanes for EMU128 starts from the lowest finite number, and so loses -inf.)
HWY_INLINE float largest_lane(Vector v) {
#if HWY_TARGET == HWY_EMU128
  HWY_ALIGN float lanes[kLanes];
  hn::Store(v, Floats(), lanes);
  return *std::max_element(lanes, lanes + kLanes);
#else
  return hn::GetLane(hn::MaxOfLanes(Floats(), v));
#endif
}

// A fold: its neutral element, one step on vectors, and the fold of the lanes of one vector.
struct SumFold {
  static constexpr float kNeutral = 0.0f;
  static HWY_INLINE Vector step(Vector a, Vector b) { return hn::Add(a, b); }
  static HWY_INLINE float lanes(Vector v) { return hn::GetLane(hn::SumOfLanes(Floats(), v)); }
};
struct MaxFold {
  static constexpr float kNeutral = -std::numeric_limits<float>::infinity();
  static HWY_INLINE Vector step(Vector a, Vector b) { return max_nan(a, b); }
  static HWY_INLINE float lanes(Vector v) {
    if (!hn::AllTrue(Floats(), hn::Eq(v, v))) return std::numeric_limits<float>::quiet_NaN();
    return largest_lane(v);
  }
};
struct MinFold {
  static constexpr float kNeutral = std::numeric_limits<float>::infinity();
  static HWY_INLINE Vector step(Vector a, Vector b) { return min_nan(a, b); }
  static HWY_INLINE float lanes(Vector v) {
    if (!hn::AllTrue(Floats(), hn::Eq(v, v))) return std::numeric_limits<float>::quiet_NaN();
    return -largest_lane(hn::Neg(v));
  }
};

// The first n lanes of memory, the others neutral.
template <class Fold>
HWY_INLINE Vector load_tail(const float* x, std::size_t n) {
  const Vector v = load_first(x, n);
  if constexpr (Fold::kNeutral == 0.0f) return v;
  return hn::IfThenElse(hn::FirstN(Floats(), n), v, all(Fold::kNeutral));
}

// Four accumulators for long rows; the order depends on the number of columns alone.
template <class Fold>
HWY_INLINE float fold_row(const float* x, std::size_t n) {
  Vector a = all(Fold::kNeutral);
  std::size_t i = 0;
  if (n >= 4 * kLanes) {
    Vector b = a, c = a, d = a;
    for (; i + 4 * kLanes <= n; i += 4 * kLanes) {
      a = Fold::step(a, load(x + i));
      b = Fold::step(b, load(x + i + kLanes));
      c = Fold::step(c, load(x + i + 2 * kLanes));
      d = Fold::step(d, load(x + i + 3 * kLanes));
    }
    a = Fold::step(Fold::step(a, b), Fold::step(c, d));
  }
  for (; i + kLanes <= n; i += kLanes) a = Fold::step(a, load(x + i));
  if (i < n) a = Fold::step(a, load_tail<Fold>(x + i, n - i));
  return Fold::lanes(a);
}

template <class Fold>
void fold_rows(const float* x, float* y, std::size_t rows, std::size_t columns) {
  for (std::size_t r = 0; r < rows; ++r) y[r] = fold_row<Fold>(x + r * columns, columns);
}

// First the largest value, then the first place where it stands: two passes over a row that is in the cache.
void row_argmax(const float* x, std::uint32_t* y, std::size_t rows, std::size_t columns) {
  for (std::size_t r = 0; r < rows; ++r, x += columns) {
    const float largest = fold_row<MaxFold>(x, columns);
    const bool nan = std::isnan(largest);
    const Vector wanted = all(largest);
    std::size_t at = 0;
    for (std::size_t i = 0; i < columns; i += kLanes) {
      const std::size_t n = std::min(kLanes, columns - i);
      const Vector v = n == kLanes ? load(x + i) : load_tail<MaxFold>(x + i, n);
      const VectorMask hit = nan ? hn::Not(hn::Eq(v, v)) : hn::Eq(v, wanted);
      const std::ptrdiff_t first = hn::FindFirstTrue(Floats(), hit);
      if (first < 0) continue;
      at = i + static_cast<std::size_t>(first);
      break;
    }
    y[r] = static_cast<std::uint32_t>(at);
  }
}

// V vectors of columns at once. Rows fall into four interleaved sums, so that a long sum does not wait for the latency
// of the addition; their order is the same for every width.
template <int V, bool kPartial>
HWY_NOINLINE void sum_columns(const float* x, std::size_t stride, float* y, std::size_t rows, float alpha, float beta,
                              std::size_t tail) {
  Vector sum[4][V];
  CORNU_UNROLL(16)
  for (int s = 0; s < 4; ++s) {
    CORNU_UNROLL(16)
    for (int v = 0; v < V; ++v) sum[s][v] = zero();
  }
  std::size_t r = 0;
  for (; r + 4 <= rows; r += 4) {
    CORNU_UNROLL(16)
    for (int s = 0; s < 4; ++s) {
      CORNU_UNROLL(16)
      for (int v = 0; v < V; ++v) {
        const float* row = x + (r + static_cast<std::size_t>(s)) * stride;
        sum[s][v] = hn::Add(sum[s][v], load_column<kPartial>(row, v, V - 1, tail));
      }
    }
  }
  for (; r < rows; ++r) {
    CORNU_UNROLL(16)
    for (int v = 0; v < V; ++v) {
      sum[0][v] = hn::Add(sum[0][v], load_column<kPartial>(x + r * stride, v, V - 1, tail));
    }
  }
  CORNU_UNROLL(16)
  for (int v = 0; v < V; ++v) {
    Vector total = hn::Add(hn::Add(sum[0][v], sum[1][v]), hn::Add(sum[2][v], sum[3][v]));
    total = hn::Mul(total, all(alpha));
    if (beta != 0.0f) total = hn::MulAdd(load_column<kPartial>(y, v, V - 1, tail), all(beta), total);
    float* to = y + static_cast<std::size_t>(v) * kLanes;
    if (kPartial && v == V - 1) {
      store_first(total, to, tail);
    } else {
      store(total, to);
    }
  }
}

void column_sum(const float* x, std::size_t stride, float* y, std::size_t rows, std::size_t columns, float alpha,
                float beta) {
  std::size_t c = 0;
  for (; c + 4 * kLanes <= columns; c += 4 * kLanes) sum_columns<4, false>(x + c, stride, y + c, rows, alpha, beta, 0);
  for (; c + kLanes <= columns; c += kLanes) sum_columns<1, false>(x + c, stride, y + c, rows, alpha, beta, 0);
  if (c < columns) sum_columns<1, true>(x + c, stride, y + c, rows, alpha, beta, columns - c);
}

// exp(x - max) and its sum, then the division, row by row.
void softmax(const float* x, float* y, std::size_t rows, std::size_t columns) {
  for (std::size_t r = 0; r < rows; ++r, x += columns, y += columns) {
    const Vector largest = all(fold_row<MaxFold>(x, columns));
    Vector sum = zero();
    std::size_t i = 0;
    Vector e = zero();
    for (; i + kLanes <= columns; i += kLanes) {
      e = exp_of(hn::Sub(load(x + i), largest));
      sum = hn::Add(sum, e);
      store(e, y + i);
    }
    const std::size_t tail = columns - i;
    if (tail > 0) {
      e = hn::IfThenElseZero(hn::FirstN(Floats(), tail), exp_of(hn::Sub(load_first(x + i, tail), largest)));
      sum = hn::Add(sum, e);
    }
    const Vector scale = all(1.0f / SumFold::lanes(sum));
    for (std::size_t j = 0; j < i; j += kLanes) store(hn::Mul(load(y + j), scale), y + j);
    if (tail > 0) store_first(hn::Mul(e, scale), y + i, tail);
  }
}

}  // namespace

void fill_reduce(Kernels& table) {
  table.reduce = {.row_sum = &fold_rows<SumFold>,
                  .row_max = &fold_rows<MaxFold>,
                  .row_min = &fold_rows<MinFold>,
                  .row_argmax = &row_argmax,
                  .column_sum = &column_sum,
                  .softmax = &softmax};
}

}  // namespace cornu::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace cornu::cpu {
void fill_reduce_table(Target target, Kernels& table) { CORNU_FILL_TABLE(target, fill_reduce, table); }
}  // namespace cornu::cpu
#endif
