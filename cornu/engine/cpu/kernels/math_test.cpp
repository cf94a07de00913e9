// The vector functions against the C library in float64, in units in the last place, and at the special values.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "cornu/engine/cpu/kernels/kernels.h"

namespace cornu::cpu {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// The distance from the exact result in units of its last place; denormal results count in the smallest unit.
double ulp_error(double right, float got) {
  if (std::isnan(right)) return std::isnan(got) ? 0.0 : 1e9;
  const float nearest = static_cast<float>(right);
  if (std::isinf(nearest) || std::isinf(got)) return nearest == got ? 0.0 : 1e9;
  if (got == 0.0f && nearest == 0.0f) return std::signbit(nearest) == std::signbit(got) ? 0.0 : 1e9;
  int exponent = 0;
  std::frexp(right, &exponent);
  const double unit = std::ldexp(1.0, std::max(exponent - 24, -149));
  return std::abs(right - double{got}) / unit;
}

struct Function {
  UnaryOp op;
  double (*exact)(double);
  float low, high;  // where it is sampled densely
  double ulp;       // promised where the target has an FMA
  double ulp_without_fma;
};

double logistic(double x) { return 1.0 / (1.0 + std::exp(-x)); }
double rsqrt(double x) { return 1.0 / std::sqrt(x); }

const Function kFunctions[] = {
    {UnaryOp::kExp, std::exp, -105.0f, 90.0f, 1.5, 2.0},  {UnaryOp::kExpm1, std::expm1, -20.0f, 90.0f, 1.5, 2.5},
    {UnaryOp::kLog, std::log, 0.0f, 100.0f, 1.5, 2.0},    {UnaryOp::kLog1p, std::log1p, -1.0f, 100.0f, 1.5, 2.0},
    {UnaryOp::kTanh, std::tanh, -10.0f, 10.0f, 1.5, 2.0}, {UnaryOp::kLogistic, logistic, -105.0f, 20.0f, 2.2, 2.5},
    {UnaryOp::kErf, std::erf, -5.0f, 5.0f, 1.5, 2.5},     {UnaryOp::kSin, std::sin, -100.0f, 100.0f, 1.5, 2.0},
    {UnaryOp::kCos, std::cos, -100.0f, 100.0f, 1.5, 2.0}, {UnaryOp::kSqrt, std::sqrt, 0.0f, 100.0f, 0.5, 0.5},
    {UnaryOp::kRsqrt, rsqrt, 0.0f, 100.0f, 1.5, 1.5},
};

// Dense in the interesting interval, all magnitudes and signs, and every special value.
std::vector<float> samples(const Function& f) {
  std::vector<float> x = {0.0f,
                          -0.0f,
                          1.0f,
                          -1.0f,
                          kInfinity,
                          -kInfinity,
                          std::nanf(""),
                          1e-45f,
                          -1e-45f,
                          1e-40f,
                          std::numeric_limits<float>::min(),
                          std::numeric_limits<float>::max(),
                          std::numeric_limits<float>::lowest(),
                          88.7228f,
                          88.73f,
                          -87.4f,
                          -103.9f,
                          -104.1f,
                          9.0f,
                          9.03f};
  constexpr int kDense = 200000;
  for (int i = 0; i <= kDense; ++i) x.push_back(f.low + (f.high - f.low) * static_cast<float>(i) / kDense);
  for (std::uint32_t bits = 0; bits < 0x7F800000u; bits += 0x00003DA7u) {
    for (const std::uint32_t sign : {0u, 0x80000000u}) {
      const std::uint32_t word = bits | sign;
      float value;
      std::memcpy(&value, &word, sizeof value);
      x.push_back(value);
    }
  }
  return x;
}

TEST(Math, WithinTwoUlp) {
  for (const Function& f : kFunctions) {
    const std::vector<float> x = samples(f);
    for (const Target target : available_targets()) {
      std::vector<float> y(x.size());
      kernels_for(target).elementwise(f.op)(x.data(), y.data(), x.size());
      double worst = 0.0;
      float where = 0.0f, what = 0.0f;
      for (std::size_t i = 0; i < x.size(); ++i) {
        const double error = ulp_error(f.exact(double{x[i]}), y[i]);
        if (error <= worst) continue;
        worst = error;
        where = x[i];
        what = y[i];
      }
      const bool fma = target != Target::kSse4 && target != Target::kBaseline;
      const char* name = kUnaryNames[static_cast<std::size_t>(f.op)];
      RecordProperty(std::string(name) + "_" + std::string(name_of(target)), std::to_string(worst));
      EXPECT_LE(worst, fma ? f.ulp : f.ulp_without_fma)
          << name << " " << name_of(target) << " at " << where << ": " << what << ", exact " << f.exact(double{where});
    }
  }
}

TEST(Math, InPlaceAndTailsTouchNothingElse) {
  for (const Target target : available_targets()) {
    for (std::size_t n = 0; n < 70; ++n) {
      for (std::size_t op = 0; op < kUnaryCount; ++op) {
        std::vector<float> buffer(n + 2, 0.75f);
        float reference[1] = {0.75f};
        const UnaryKernel kernel = kernels_for(target).elementwise.unary[op];
        kernel(reference, reference, 1);
        kernel(buffer.data() + 1, buffer.data() + 1, n);
        ASSERT_EQ(0.75f, buffer.front()) << kUnaryNames[op];
        ASSERT_EQ(0.75f, buffer.back()) << kUnaryNames[op];
        for (std::size_t i = 1; i <= n; ++i) ASSERT_EQ(reference[0], buffer[i]) << kUnaryNames[op];
      }
    }
  }
}

}  // namespace
}  // namespace cornu::cpu
