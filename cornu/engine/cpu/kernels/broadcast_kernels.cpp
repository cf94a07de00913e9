// matrix op row and matrix op column, for contiguous matrices of any width.
#include "cornu/engine/cpu/kernels/highway_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cornu/engine/cpu/kernels/broadcast_kernels.cpp"
#include "hwy/foreach_target.h"

#include <algorithm>

#include "cornu/engine/cpu/kernels/elementwise_ops-inl.h"
#include "cornu/engine/cpu/kernels/kernels.h"

HWY_BEFORE_NAMESPACE();
namespace cornu::cpu::HWY_NAMESPACE {
namespace {

// Op with its operands exchanged.
template <class Op>
struct Swapped {
  HWY_INLINE Vector operator()(Vector a, Vector b) const { return Op()(b, a); }
};

// Rows up to this width are narrow: kLanes of them are whole vectors, and the row repeated kLanes times fits beside
// them.
constexpr std::size_t kNarrow = 4 * kLanes;

// Narrow rows: the matrix as one long array against the row repeated, so that no row ends in part of a vector.
template <class Op>
void narrow_rows(const float* m, const float* v, float* y, std::size_t rows, std::size_t columns) {
  HWY_ALIGN float repeated[kNarrow * kLanes];
  const std::size_t period = columns * kLanes;
  for (std::size_t i = 0; i < period; i += columns) std::copy(v, v + columns, repeated + i);
  const std::size_t n = rows * columns;
  std::size_t i = 0;
  for (; i + period <= n; i += period) binary_loop<Op, kNoScalar>(m + i, repeated, y + i, period);
  binary_loop<Op, kNoScalar>(m + i, repeated, y + i, n - i);
}

template <class Op>
void row_loop(const float* m, const float* v, float* y, std::size_t rows, std::size_t columns) {
  if (columns < kNarrow && rows >= kLanes) return narrow_rows<Op>(m, v, y, rows, columns);
  for (std::size_t r = 0; r < rows; ++r) {
    binary_loop<Op, kNoScalar>(m + r * columns, v, y + r * columns, columns);
  }
}

template <class Op>
void column_loop(const float* m, const float* v, float* y, std::size_t rows, std::size_t columns) {
  for (std::size_t r = 0; r < rows; ++r) {
    binary_loop<Op, kScalarB>(m + r * columns, v + r, y + r * columns, columns);
  }
}

template <class Op>
constexpr std::array<BroadcastKernel, kBroadcastCount> forms() {
  return {&row_loop<Op>, &row_loop<Swapped<Op>>, &column_loop<Op>, &column_loop<Swapped<Op>>};
}

}  // namespace

void fill_broadcast(Kernels& table) {
  table.elementwise.broadcast = {
#define CORNU_BINARY(name) forms<name>(),
#include "cornu/engine/cpu/kernels/elementwise.def"
  };
}

}  // namespace cornu::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace cornu::cpu {
void fill_broadcast_table(Target target, Kernels& table) { CORNU_FILL_TABLE(target, fill_broadcast, table); }
}  // namespace cornu::cpu
#endif
