// Every elementwise kernel against the definition, for all forms of operands, sizes and instruction sets.
#include "cornu/engine/cpu/kernels/elementwise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "cornu/core/random.h"
#include "cornu/engine/cpu/kernels/kernels.h"

namespace cornu::cpu {
namespace {

const float kNaN = std::numeric_limits<float>::quiet_NaN();

float truth(bool value) { return value ? 1.0f : 0.0f; }
float larger(float a, float b) { return std::isnan(a) || std::isnan(b) ? kNaN : std::max(a, b); }
float smaller(float a, float b) { return std::isnan(a) || std::isnan(b) ? kNaN : std::min(a, b); }

float exact(UnaryOp op, float x) {
  switch (op) {
    case UnaryOp::kCopy: return x;
    case UnaryOp::kAbs: return std::fabs(x);
    case UnaryOp::kCeil: return std::ceil(x);
    case UnaryOp::kCos: return std::cos(x);
    case UnaryOp::kErf: return std::erf(x);
    case UnaryOp::kExp: return std::exp(x);
    case UnaryOp::kExpm1: return std::expm1(x);
    case UnaryOp::kFloor: return std::floor(x);
    case UnaryOp::kIsFinite: return truth(std::isfinite(x));
    case UnaryOp::kLog: return std::log(x);
    case UnaryOp::kLog1p: return std::log1p(x);
    case UnaryOp::kLogistic: return 1.0f / (1.0f + std::exp(-x));
    case UnaryOp::kNegate: return -x;
    case UnaryOp::kNot: return 1.0f - x;
    case UnaryOp::kReciprocal: return 1.0f / x;
    case UnaryOp::kRelu: return larger(x, 0.0f);
    case UnaryOp::kRoundNearestEven: return std::nearbyint(x);
    case UnaryOp::kRsqrt: return 1.0f / std::sqrt(x);
    case UnaryOp::kSign: return x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x;
    case UnaryOp::kSin: return std::sin(x);
    case UnaryOp::kSqrt: return std::sqrt(x);
    case UnaryOp::kSquare: return x * x;
    case UnaryOp::kTanh: return std::tanh(x);
  }
  return kNaN;
}

bool is_logical(BinaryOp op) { return op == BinaryOp::kAnd || op == BinaryOp::kOr || op == BinaryOp::kXor; }

float exact(BinaryOp op, float a, float b) {
  switch (op) {
    case BinaryOp::kAdd: return a + b;
    case BinaryOp::kAnd: return truth(a != 0.0f && b != 0.0f);
    case BinaryOp::kDivide: return a / b;
    case BinaryOp::kMaximum: return larger(a, b);
    case BinaryOp::kMinimum: return smaller(a, b);
    case BinaryOp::kMultiply: return a * b;
    case BinaryOp::kOr: return truth(a != 0.0f || b != 0.0f);
    case BinaryOp::kPower: return std::pow(a, b);
    case BinaryOp::kRemainder: return std::fmod(a, b);
    case BinaryOp::kSubtract: return a - b;
    case BinaryOp::kXor: return truth((a != 0.0f) != (b != 0.0f));
    case BinaryOp::kEqual: return truth(a == b);
    case BinaryOp::kNotEqual: return truth(a != b);
    case BinaryOp::kLess: return truth(a < b);
    case BinaryOp::kLessEqual: return truth(a <= b);
    case BinaryOp::kGreater: return truth(a > b);
    case BinaryOp::kGreaterEqual: return truth(a >= b);
    case BinaryOp::kMaskPositive: return b > 0.0f ? a : 0.0f;
  }
  return kNaN;
}

float exact(TernaryOp op, float a, float b, float c) {
  switch (op) {
    case TernaryOp::kSelect: return a != 0.0f ? b : c;
    case TernaryOp::kMulAdd: return a * b + c;
    case TernaryOp::kMulSub: return a * b - c;
    case TernaryOp::kNegMulAdd: return c - a * b;
    case TernaryOp::kAddMul: return (a + b) * c;
    case TernaryOp::kSubMul: return (a - b) * c;
    case TernaryOp::kLerp: return a + (b - a) * c;
    case TernaryOp::kClamp: return smaller(larger(a, b), c);
  }
  return kNaN;
}

// Equal, both NaN, or within a few units: compounds may round once where the definition rounds twice.
void expect_close(float right, float got, const char* what, Target target) {
  if (std::isnan(right)) {
    ASSERT_TRUE(std::isnan(got)) << what << " " << name_of(target) << " got " << got;
  } else if (std::isinf(right)) {
    ASSERT_EQ(right, got) << what << " " << name_of(target);
  } else {
    ASSERT_NEAR(right, got, 2e-6 * (1.0 + std::fabs(right))) << what << " " << name_of(target);
  }
}

std::vector<float> numbers(std::size_t n, std::uint64_t seed, bool logical) {
  RandomStream random(seed);
  const float special[] = {0.0f, -0.0f, 1.0f, kNaN, std::numeric_limits<float>::infinity(), 2.5f, -2.5f, 0.5f, 1.5f};
  std::vector<float> x(n);
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = random.below(8) == 0 ? special[random.below(9)] : static_cast<float>(random.uniform(-3.0, 3.0));
    if (logical) x[i] = truth(random.below(2) == 1);
  }
  return x;
}

const std::size_t kSizes[] = {0, 1, 2, 3, 7, 8, 15, 16, 17, 33, 64, 100};

TEST(Elementwise, Unary) {
  for (const Target target : available_targets()) {
    for (const std::size_t n : kSizes) {
      const std::vector<float> x = numbers(n, n, false);
      for (std::size_t op = 0; op < kUnaryCount; ++op) {
        std::vector<float> y(n);
        kernels_for(target).elementwise.unary[op](x.data(), y.data(), n);
        for (std::size_t i = 0; i < n; ++i) {
          expect_close(exact(static_cast<UnaryOp>(op), x[i]), y[i], kUnaryNames[op], target);
        }
      }
    }
  }
}

TEST(Elementwise, BinaryInAllForms) {
  for (const Target target : available_targets()) {
    for (const std::size_t n : kSizes) {
      for (std::size_t op = 0; op < kBinaryCount; ++op) {
        const BinaryOp which = static_cast<BinaryOp>(op);
        const std::vector<float> a = numbers(n + 1, 1 + n, is_logical(which)),
                                 b = numbers(n + 1, 2 + n, is_logical(which));
        for (Scalars form = 0; form < 4; ++form) {
          std::vector<float> y(n + 1, 7.0f);
          kernels_for(target).elementwise(which, form)(a.data(), b.data(), y.data(), n);
          for (std::size_t i = 0; i < n; ++i) {
            const float right = exact(which, a[form & kScalarA ? 0 : i], b[form & kScalarB ? 0 : i]);
            expect_close(right, y[i], kBinaryNames[op], target);
          }
          ASSERT_EQ(7.0f, y[n]);
        }
      }
    }
  }
}

TEST(Elementwise, TernaryInAllForms) {
  for (const Target target : available_targets()) {
    for (const std::size_t n : kSizes) {
      const std::vector<float> a = numbers(n + 1, 1, false), b = numbers(n + 1, 2, false), c = numbers(n + 1, 3, false);
      for (std::size_t op = 0; op < kTernaryCount; ++op) {
        for (Scalars form = 0; form < 8; ++form) {
          std::vector<float> y(n + 1, 7.0f);
          kernels_for(target).elementwise(static_cast<TernaryOp>(op), form)(a.data(), b.data(), c.data(), y.data(), n);
          for (std::size_t i = 0; i < n; ++i) {
            const float right = exact(static_cast<TernaryOp>(op), a[form & kScalarA ? 0 : i],
                                      b[form & kScalarB ? 0 : i], c[form & kScalarC ? 0 : i]);
            expect_close(right, y[i], kTernaryNames[op], target);
          }
          ASSERT_EQ(7.0f, y[n]);
        }
      }
    }
  }
}

TEST(Elementwise, Broadcast) {
  for (const Target target : available_targets()) {
    for (const std::size_t rows : {0, 1, 2, 15, 16, 17, 40}) {
      for (const std::size_t columns : {1, 2, 10, 16, 31, 64, 100}) {
        for (std::size_t op = 0; op < kBinaryCount; ++op) {
          const BinaryOp which = static_cast<BinaryOp>(op);
          const std::size_t n = rows * columns;
          const std::vector<float> m = numbers(n, 1, is_logical(which));
          const std::vector<float> v = numbers(std::max(rows, columns), 2, is_logical(which));
          for (const Broadcast form :
               {Broadcast::kRow, Broadcast::kRowFirst, Broadcast::kColumn, Broadcast::kColumnFirst}) {
            std::vector<float> y(n);
            kernels_for(target).elementwise(which, form)(m.data(), v.data(), y.data(), rows, columns);
            for (std::size_t i = 0; i < n; ++i) {
              const bool row = form == Broadcast::kRow || form == Broadcast::kRowFirst;
              const bool swapped = form == Broadcast::kRowFirst || form == Broadcast::kColumnFirst;
              const float x = v[row ? i % columns : i / columns];
              expect_close(swapped ? exact(which, x, m[i]) : exact(which, m[i], x), y[i], kBinaryNames[op], target);
            }
          }
        }
      }
    }
  }
}

TEST(Elementwise, Conversions) {
  for (const Target target : available_targets()) {
    const ConvertKernels& convert = kernels_for(target).convert;
    for (const std::size_t n : kSizes) {
      std::vector<std::uint8_t> bytes(n);
      std::vector<std::int32_t> ints(n);
      for (std::size_t i = 0; i < n; ++i) {
        bytes[i] = static_cast<std::uint8_t>(i * 37);
        ints[i] = static_cast<std::int32_t>(i * 1000) - 5000;
      }
      std::vector<float> y(n);
      convert.from_uint8(bytes.data(), 0.5f, y.data(), n);
      for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(0.5f * static_cast<float>(bytes[i]), y[i]);
      convert.to_bool(y.data(), bytes.data(), n);
      for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(y[i] != 0.0f, bytes[i] == 1);
      convert.from_int32(ints.data(), y.data(), n);
      for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(static_cast<float>(ints[i]), y[i]);
      for (float& value : y) value *= 0.7f;
      convert.to_int32(y.data(), ints.data(), n);
      for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(static_cast<std::int32_t>(y[i]), ints[i]);
      convert.fill(3.0f, y.data(), n);
      for (const float value : y) ASSERT_EQ(3.0f, value);
    }
  }
}

}  // namespace
}  // namespace cornu::cpu
