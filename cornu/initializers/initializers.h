// Keras's initializers: initializers::HeNormal({.seed = 1}), initializers::Constant(0.1).
// Without a seed each one draws its own when it is made; the same initializer then gives the same values at every call.
// The distributions are Keras's, the random bits are Cornu's (they differ between Keras's backends, too).
#pragma once

#include <optional>

#include "cornu/core/fields.h"
#include "cornu/initializers/initializer.h"

namespace cornu::initializers {

Initializer Zeros(NoOptions options = {});
Initializer Ones(NoOptions options = {});

struct ConstantOptions {
  Number value = 0.0;
  template <class F>
  void fields(F& f) {
    f("value", value);
  }
};
Initializer Constant(ConstantOptions options = {});
Initializer Constant(Number value);

// gain on the diagonal of a matrix. Throws ValueError for other ranks.
struct IdentityOptions {
  Number gain = 1.0;
  template <class F>
  void fields(F& f) {
    f.forgotten("gain", gain, 1.0);
  }
};
Initializer Identity(IdentityOptions options = {});

struct RandomNormalOptions {
  Number mean = 0.0;
  Number stddev = 0.05;
  std::optional<std::int64_t> seed = {};
  template <class F>
  void fields(F& f) {
    f("seed", seed);
    f("mean", mean);
    f("stddev", stddev);
  }
};
Initializer RandomNormal(RandomNormalOptions options = {});
// Redrawn until within two standard deviations.
Initializer TruncatedNormal(RandomNormalOptions options = {});

// In [minval, maxval).
struct RandomUniformOptions {
  Number minval = -0.05;
  Number maxval = 0.05;
  std::optional<std::int64_t> seed = {};
  template <class F>
  void fields(F& f) {
    f("seed", seed);
    f("minval", minval);
    f("maxval", maxval);
  }
};
Initializer RandomUniform(RandomUniformOptions options = {});

// Variance scale / n, where n is the number of inputs of a unit (fan_in), of outputs (fan_out), or their mean.
struct VarianceScalingOptions {
  Number scale = 1.0;
  std::string mode = "fan_in";                    // or "fan_out", "fan_avg"
  std::string distribution = "truncated_normal";  // or "untruncated_normal" ("normal" is read as truncated), "uniform"
  std::optional<std::int64_t> seed = {};
  AxisList input_axes = {};  // which axes count as inputs and outputs; none: the last but one and the last
  AxisList output_axes = {};
  template <class F>
  void fields(F& f) {
    f("seed", seed);
    f("scale", scale);
    f("mode", mode);
    f("distribution", distribution);
    f("input_axes", input_axes);
    f("output_axes", output_axes);
  }
};
Initializer VarianceScaling(VarianceScalingOptions options = {});

// The named scalings: Glorot 1 / fan_avg, He 2 / fan_in, Lecun 1 / fan_in; Normal means truncated.
struct SeedOptions {
  std::optional<std::int64_t> seed = {};
  AxisList input_axes = {};
  AxisList output_axes = {};
  template <class F>
  void fields(F& f) {
    f("seed", seed);
    f("input_axes", input_axes);
    f("output_axes", output_axes);
  }
};
Initializer GlorotUniform(SeedOptions options = {});
Initializer GlorotNormal(SeedOptions options = {});
Initializer HeUniform(SeedOptions options = {});
Initializer HeNormal(SeedOptions options = {});
Initializer LecunUniform(SeedOptions options = {});
Initializer LecunNormal(SeedOptions options = {});

// Orthonormal columns (or rows, where there are fewer), times gain; higher ranks are flattened to a matrix whose
// columns are the last axis. Throws ValueError for rank < 2.
struct OrthogonalOptions {
  Number gain = 1.0;
  std::optional<std::int64_t> seed = {};
  template <class F>
  void fields(F& f) {
    f("seed", seed);
    f("gain", gain);
  }
};
Initializer Orthogonal(OrthogonalOptions options = {});

}  // namespace cornu::initializers
