#include "cornu/engine/cpu/column_fold.h"

#include <algorithm>
#include <optional>

#include "cornu/core/text.h"
#include "cornu/engine/cpu/computed_types.h"
#include "cornu/engine/cpu/kernels/kernels.h"
#include "cornu/passes/scalar_ops.h"

namespace cornu::cpu {
namespace {

using ir::Reduction;

// Columns are split between threads in pieces of this size.
constexpr std::int64_t kPiece = 32;

struct ColumnFold {
  Slot in, out;
  std::int64_t outer = 1, folded = 1, inner = 1;
  std::int64_t pieces() const { return (inner + kPiece - 1) / kPiece; }
};

template <class T>
using Wide = std::conditional_t<std::is_floating_point_v<scalar::Compute<T>>, double, scalar::Compute<T>>;

// The part's share of (outer, pieces): calls f(outer index, first column, columns).
template <class F>
void for_pieces(const ColumnFold& c, const StepCall& call, F&& f) {
  const std::int64_t units = c.outer * c.pieces();
  const std::int64_t begin = units * call.part / call.parts, end = units * (call.part + 1) / call.parts;
  for (std::int64_t unit = begin; unit < end;) {
    const std::int64_t outer = unit / c.pieces(), piece = unit % c.pieces();
    const std::int64_t last = std::min(c.pieces(), piece + end - unit);  // all pieces of this part in one go
    f(outer, piece * kPiece, std::min(last * kPiece, c.inner) - piece * kPiece);
    unit += last - piece;
  }
}

void sum_floats(const StepCall& call) {
  const auto& c = *static_cast<const ColumnFold*>(call.args);
  const auto* x = static_cast<const float*>(call.slots[c.in]);
  auto* y = static_cast<float*>(call.slots[c.out]);
  const ReduceKernels& k = kernels().reduce;
  for_pieces(c, call, [&](std::int64_t outer, std::int64_t column, std::int64_t columns) {
    k.column_sum(x + outer * c.folded * c.inner + column, static_cast<std::size_t>(c.inner),
                 y + outer * c.inner + column, static_cast<std::size_t>(c.folded), static_cast<std::size_t>(columns),
                 1.0f, 0.0f);
  });
}

template <Reduction kKind, class T>
void fold(const StepCall& call) {
  const auto& c = *static_cast<const ColumnFold*>(call.args);
  const T* x = static_cast<const T*>(call.slots[c.in]);
  T* y = static_cast<T*>(call.slots[c.out]);
  for_pieces(c, call, [&](std::int64_t outer, std::int64_t first, std::int64_t columns) {
    Wide<T> so_far[kPiece];
    for (std::int64_t column = first; column < first + columns; column += kPiece) {
      const std::int64_t n = std::min(kPiece, first + columns - column);
      std::fill_n(so_far, n, scalar::reduction_identity<Wide<T>>(kKind));
      const T* row = x + outer * c.folded * c.inner + column;
      for (std::int64_t r = 0; r < c.folded; ++r, row += c.inner)
        for (std::int64_t j = 0; j < n; ++j)
          so_far[j] = scalar::fold<kKind>(so_far[j], static_cast<Wide<T>>(scalar::load(row[j])));
      for (std::int64_t j = 0; j < n; ++j) y[outer * c.inner + column + j] = scalar::store<T>(so_far[j]);
    }
  });
}

StepFunction fold_function(Reduction kind, DType dtype) {
  if (kind == Reduction::kSum && dtype == float32) return sum_floats;
  return dispatch_computed(dtype, [kind](auto zero) -> StepFunction {
    using T = decltype(zero);
    switch (kind) {
      case Reduction::kSum: return fold<Reduction::kSum, T>;
      case Reduction::kProduct: return fold<Reduction::kProduct, T>;
      case Reduction::kMaximum: return fold<Reduction::kMaximum, T>;
      case Reduction::kMinimum: return fold<Reduction::kMinimum, T>;
      case Reduction::kAnd: return fold<Reduction::kAnd, T>;
      case Reduction::kOr: return fold<Reduction::kOr, T>;
    }
    return nullptr;
  });
}

std::optional<ColumnFold> shape_of(const Shape& shape, const ir::Axes& axes) {
  ColumnFold out{-1, -1};
  int state = 0;  // 0: outer, 1: folded, 2: inner
  for (int i = 0; i < shape.rank(); ++i) {
    if (shape[i] == 1) continue;
    const bool folded = std::find(axes.begin(), axes.end(), i) != axes.end();
    if (folded && state == 0) state = 1;
    if (!folded && state == 1) state = 2;
    if (folded && state == 2) return std::nullopt;
    (state == 0 ? out.outer : state == 1 ? out.folded : out.inner) *= shape[i];
  }
  if (state != 2 || out.outer * out.folded * out.inner == 0) return std::nullopt;
  return out;
}

}  // namespace

bool lower_column_fold(Lowering& lowering, const ir::Node& node) {
  const Shape& shape = lowering.graph().shape(node.operands[0]);
  const auto& a = node.as<ir::ReduceAttributes>();
  std::optional<ColumnFold> fold = shape_of(shape, a.axes);
  if (!fold) return false;
  fold->in = lowering.slot(node.operands[0]);
  fold->out = lowering.slot(node.result());
  Step step;
  step.run = fold_function(a.kind, lowering.graph().type(node.operands[0]).dtype);
  step.reads = {fold->in};
  step.writes = {fold->out};
  // What is folded has mostly been made in the same columns by the same threads: staying there is worth more than the
  // work itself.
  step.parts = parts_for(static_cast<double>(shape.size()), fold->outer * fold->pieces(), lowering.threads());
  step.label = cat("fold ", name_of(a.kind), ' ', fold->outer, "x", fold->folded, "x", fold->inner);
  step.args = std::make_shared<const ColumnFold>(*fold);
  lowering.emit(std::move(step));
  return true;
}

}  // namespace cornu::cpu
