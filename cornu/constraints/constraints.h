// Keras's constraints: constraints::MaxNorm({.max_value = 3}), constraints::NonNeg(). Norms are taken over `axis`:
// 0 for a Dense kernel, {0, 1, 2} for a Conv2D kernel.
#pragma once

#include "cornu/constraints/constraint.h"
#include "cornu/core/fields.h"

namespace cornu::constraints {

// Scales down what is longer than max_value.
struct MaxNormOptions {
  Number max_value = 2;
  AxisList axis = 0;
  template <class F>
  void fields(F& f) {
    f("max_value", max_value);
    f("axis", axis);
  }
};
Constraint MaxNorm(MaxNormOptions options = {});

// Moves each norm by `rate` of the way into [min_value, max_value].
struct MinMaxNormOptions {
  Number min_value = 0.0;
  Number max_value = 1.0;
  Number rate = 1.0;
  AxisList axis = 0;
  template <class F>
  void fields(F& f) {
    f("min_value", min_value);
    f("max_value", max_value);
    f("rate", rate);
    f("axis", axis);
  }
};
Constraint MinMaxNorm(MinMaxNormOptions options = {});

// max(w, 0).
Constraint NonNeg(NoOptions options = {});

// Length one.
struct UnitNormOptions {
  AxisList axis = 0;
  template <class F>
  void fields(F& f) {
    f("axis", axis);
  }
};
Constraint UnitNorm(UnitNormOptions options = {});

}  // namespace cornu::constraints
