// Keras's regularizers: regularizers::L2(0.01), regularizers::L1L2({.l1 = 0.01, .l2 = 0.02}).
#pragma once

#include "cornu/core/fields.h"
#include "cornu/regularizers/regularizer.h"

namespace cornu::regularizers {

// l1 * sum(|x|).
struct L1Options {
  Number l1 = 0.01;
  template <class F>
  void fields(F& f) {
    f.float32("l1", l1);
  }
};
Regularizer L1(L1Options options = {});
Regularizer L1(Number l1);

// l2 * sum(x * x), without a half.
struct L2Options {
  Number l2 = 0.01;
  template <class F>
  void fields(F& f) {
    f("l2", l2);
  }
};
Regularizer L2(L2Options options = {});
Regularizer L2(Number l2);

// Both; by default both are zero.
struct L1L2Options {
  Number l1 = 0.0;
  Number l2 = 0.0;
  template <class F>
  void fields(F& f) {
    f("l1", l1);
    f("l2", l2);
  }
};
Regularizer L1L2(L1L2Options options = {});

// Keeps rows (or columns) of a matrix orthogonal: factor * the mean of |cosine| over all pairs of them.
// Throws ValueError for a tensor that is no matrix, or has less than two rows (columns).
struct OrthogonalRegularizerOptions {
  Number factor = 0.01;
  std::string mode = "rows";  // or "columns"
  template <class F>
  void fields(F& f) {
    f.float32("factor", factor);
    f("mode", mode);
  }
};
Regularizer OrthogonalRegularizer(OrthogonalRegularizerOptions options = {});

}  // namespace cornu::regularizers
