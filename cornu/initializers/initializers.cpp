#include "cornu/initializers/initializers.h"

#include <algorithm>
#include <cmath>

#include "cornu/core/error.h"
#include "cornu/core/random.h"

namespace cornu::initializers {
namespace {

// Standard deviation of a standard normal that is cut at +-2.
constexpr double kTruncatedStddev = 0.87962566103423978;

template <class Draw>
Tensor fill(const Shape& shape, DType dtype, Draw draw) {
  // Drawn as float32 whatever the dtype: one seed then means one weight, only rounded differently.
  Tensor out = Tensor::empty(shape, float32);
  float* data = out.mutable_data<float>();
  for (std::int64_t i = 0; i < out.size(); ++i) data[i] = static_cast<float>(draw());
  return out.astype(dtype);
}

Tensor draw_normal(const Shape& shape, DType dtype, double mean, double stddev, std::uint64_t seed) {
  RandomStream random(seed);
  return fill(shape, dtype, [&] { return mean + stddev * random.normal(); });
}

Tensor draw_truncated(const Shape& shape, DType dtype, double mean, double stddev, std::uint64_t seed) {
  RandomStream random(seed);
  return fill(shape, dtype, [&] { return mean + stddev * random.truncated_normal(); });
}

Tensor draw_uniform(const Shape& shape, DType dtype, double low, double high, std::uint64_t seed) {
  RandomStream random(seed);
  return fill(shape, dtype, [&] { return random.uniform(low, high); });
}

struct ConstantImpl final : WithOptions<InitializerImpl, ConstantOptions> {
  using WithOptions::WithOptions;
  Tensor make(const Shape& shape, DType dtype) const override { return Tensor::full(shape, options().value, dtype); }
};

// Zeros and Ones: a constant whose configuration is empty.
struct FixedImpl final : WithOptions<InitializerImpl, NoOptions> {
  FixedImpl(std::string name, double number) : WithOptions(std::move(name), {}), value(number) {}
  Tensor make(const Shape& shape, DType dtype) const override { return Tensor::full(shape, value, dtype); }
  double value;
};

struct IdentityImpl final : WithOptions<InitializerImpl, IdentityOptions> {
  using WithOptions::WithOptions;
  void check(const Shape& shape) const override {
    if (shape.rank() != 2)
      throw ValueError(cat("[Identity] received: shape ", shape,
                           "\n  expected: a matrix\n  for other shapes use another initializer"));
  }
  Tensor make(const Shape& shape, DType dtype) const override {
    check(shape);
    Tensor out(shape, float32);
    float* data = out.mutable_data<float>();
    for (std::int64_t i = 0; i < std::min(shape[0], shape[1]); ++i)
      data[i * shape[1] + i] = static_cast<float>(options().gain);
    return out.astype(dtype);
  }
};

// An initializer that draws: it has its seed from the start.
template <class Options>
struct RandomImpl : WithOptions<InitializerImpl, Options> {
  RandomImpl(std::string name, Options o)
      : WithOptions<InitializerImpl, Options>(std::move(name), o),
        seed(o.seed ? static_cast<std::uint64_t>(*o.seed) : next_global_seed()) {}
  std::uint64_t seed;
};

struct RandomNormalImpl final : RandomImpl<RandomNormalOptions> {
  using RandomImpl::RandomImpl;
  Tensor make(const Shape& shape, DType dtype) const override {
    return draw_normal(shape, dtype, options().mean, options().stddev, seed);
  }
};

struct TruncatedNormalImpl final : RandomImpl<RandomNormalOptions> {
  using RandomImpl::RandomImpl;
  Tensor make(const Shape& shape, DType dtype) const override {
    return draw_truncated(shape, dtype, options().mean, options().stddev, seed);
  }
};

struct RandomUniformImpl final : RandomImpl<RandomUniformOptions> {
  using RandomImpl::RandomImpl;
  Tensor make(const Shape& shape, DType dtype) const override {
    return draw_uniform(shape, dtype, options().minval, options().maxval, seed);
  }
};

std::int64_t product(const Shape& shape, const AxisList& axes) {
  std::int64_t n = 1;
  for (const int a : axes.axes()) {
    if (a < -shape.rank() || a >= shape.rank())
      throw ValueError(
          cat("[VarianceScaling] received: axis ", a, " for shape ", shape, "\n  expected: an axis of the shape"));
    n *= shape.at(a);
  }
  return n;
}

// Inputs and outputs of one unit. A kernel of rank > 2 is spatial: its last two axes are channels in and out.
std::pair<double, double> fans(const Shape& shape, const AxisList& input_axes, const AxisList& output_axes) {
  if (!input_axes.is_none() && !output_axes.is_none())
    return {static_cast<double>(product(shape, input_axes)), static_cast<double>(product(shape, output_axes))};
  if (shape.rank() == 0) return {1.0, 1.0};
  if (shape.rank() == 1) return {static_cast<double>(shape[0]), static_cast<double>(shape[0])};
  const std::int64_t field = shape.slice(0, shape.rank() - 2).size();
  return {static_cast<double>(shape.at(-2) * field), static_cast<double>(shape.at(-1) * field)};
}

Tensor draw_scaled(const VarianceScalingOptions& o, std::uint64_t seed, const Shape& shape, DType dtype) {
  const auto [in, out] = fans(shape, o.input_axes, o.output_axes);
  const double n = o.mode == "fan_in" ? in : o.mode == "fan_out" ? out : (in + out) / 2.0;
  const double variance = o.scale / std::max(1.0, n);
  if (o.distribution == "uniform") {
    const double limit = std::sqrt(3.0 * variance);
    return draw_uniform(shape, dtype, -limit, limit, seed);
  }
  if (o.distribution == "untruncated_normal") return draw_normal(shape, dtype, 0.0, std::sqrt(variance), seed);
  return draw_truncated(shape, dtype, 0.0, std::sqrt(variance) / kTruncatedStddev, seed);
}

struct VarianceScalingImpl final : RandomImpl<VarianceScalingOptions> {
  using RandomImpl::RandomImpl;
  void check(const Shape& shape) const override { fans(shape, options().input_axes, options().output_axes); }
  Tensor make(const Shape& shape, DType dtype) const override { return draw_scaled(options(), seed, shape, dtype); }
};

// Glorot, He and Lecun: a scaling whose configuration is the seed alone.
struct NamedScalingImpl final : RandomImpl<SeedOptions> {
  NamedScalingImpl(std::string name, SeedOptions o, double scale, std::string mode, std::string distribution)
      : RandomImpl(std::move(name), o), scaling{scale,  std::move(mode), std::move(distribution),
                                                o.seed, o.input_axes,    o.output_axes} {}
  void check(const Shape& shape) const override { fans(shape, scaling.input_axes, scaling.output_axes); }
  Tensor make(const Shape& shape, DType dtype) const override { return draw_scaled(scaling, seed, shape, dtype); }
  VarianceScalingOptions scaling;
};

template <class Impl, class Options>
Initializer make(const char* name, Options options) {
  return Initializer(std::make_shared<Impl>(name, std::move(options)));
}

Initializer scaled(const char* name, SeedOptions options, double scale, const char* mode, const char* distribution) {
  return Initializer(std::make_shared<NamedScalingImpl>(name, std::move(options), scale, mode, distribution));
}

}  // namespace

Initializer Zeros(NoOptions) { return Initializer(std::make_shared<FixedImpl>("Zeros", 0.0)); }
Initializer Ones(NoOptions) { return Initializer(std::make_shared<FixedImpl>("Ones", 1.0)); }
Initializer Constant(ConstantOptions options) { return make<ConstantImpl>("Constant", options); }
Initializer Constant(Number value) { return Constant(ConstantOptions{.value = value}); }
Initializer Identity(IdentityOptions options) { return make<IdentityImpl>("Identity", options); }
Initializer RandomNormal(RandomNormalOptions options) { return make<RandomNormalImpl>("RandomNormal", options); }
Initializer TruncatedNormal(RandomNormalOptions options) {
  return make<TruncatedNormalImpl>("TruncatedNormal", options);
}
Initializer RandomUniform(RandomUniformOptions options) { return make<RandomUniformImpl>("RandomUniform", options); }

Initializer VarianceScaling(VarianceScalingOptions options) {
  options.distribution = lower(options.distribution);
  if (options.distribution == "normal") options.distribution = "truncated_normal";
  if (!(options.scale > 0.0))
    throw ValueError(cat("[VarianceScaling] scale\n  received: ", options.scale, "\n  expected: a number > 0"));
  if (options.mode != "fan_in" && options.mode != "fan_out" && options.mode != "fan_avg")
    throw ValueError(cat("[VarianceScaling] mode\n  received: \"", options.mode,
                         "\"\n  expected: \"fan_in\", \"fan_out\" or \"fan_avg\""));
  if (options.distribution != "truncated_normal" && options.distribution != "untruncated_normal" &&
      options.distribution != "uniform")
    throw ValueError(cat("[VarianceScaling] distribution\n  received: \"", options.distribution,
                         "\"\n  expected: \"truncated_normal\", \"untruncated_normal\" or \"uniform\""));
  return make<VarianceScalingImpl>("VarianceScaling", std::move(options));
}

Initializer GlorotUniform(SeedOptions o) { return scaled("GlorotUniform", std::move(o), 1.0, "fan_avg", "uniform"); }
Initializer GlorotNormal(SeedOptions o) {
  return scaled("GlorotNormal", std::move(o), 1.0, "fan_avg", "truncated_normal");
}
Initializer HeUniform(SeedOptions o) { return scaled("HeUniform", std::move(o), 2.0, "fan_in", "uniform"); }
Initializer HeNormal(SeedOptions o) { return scaled("HeNormal", std::move(o), 2.0, "fan_in", "truncated_normal"); }
Initializer LecunUniform(SeedOptions o) { return scaled("LecunUniform", std::move(o), 1.0, "fan_in", "uniform"); }
Initializer LecunNormal(SeedOptions o) {
  return scaled("LecunNormal", std::move(o), 1.0, "fan_in", "truncated_normal");
}

}  // namespace cornu::initializers
