// What each reduction starts with and how it takes one more element in.
#pragma once

#include "cornu/engine/reference/numbers.h"
#include "cornu/ir/graph.h"

namespace cornu::reference {

using ir::Reduction;

template <class W>
W identity(Reduction kind) {
  using Limits = std::numeric_limits<W>;
  switch (kind) {
    case Reduction::kSum:
    case Reduction::kOr: return W(0);
    case Reduction::kProduct:
    case Reduction::kAnd: return W(1);
    case Reduction::kMaximum: return Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
    case Reduction::kMinimum: return Limits::has_infinity ? Limits::infinity() : Limits::max();
  }
  return W(0);
}

template <class W>
W fold(Reduction kind, W so_far, W x) {
  switch (kind) {
    case Reduction::kSum: return wrapping_add(so_far, x);
    case Reduction::kProduct: return wrapping_multiply(so_far, x);
    case Reduction::kMaximum: return larger(so_far, x);
    case Reduction::kMinimum: return smaller(so_far, x);
    case Reduction::kAnd: return static_cast<W>(so_far != 0 && x != 0);
    case Reduction::kOr: return static_cast<W>(so_far != 0 || x != 0);
  }
  return so_far;
}

}  // namespace cornu::reference
