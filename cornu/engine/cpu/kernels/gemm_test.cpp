// Every path of the matrix product against three plain loops, on every instruction set of this machine.
#include "cornu/engine/cpu/kernels/gemm.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <tuple>
#include <vector>

#include "cornu/core/random.h"
#include "cornu/engine/cpu/kernels/kernels.h"
#include "cornu/engine/cpu/kernels/thread_pool.h"

namespace cornu::cpu {
namespace {

std::vector<float> random_floats(std::size_t count, std::uint64_t seed) {
  RandomStream random(seed);
  std::vector<float> values(count);
  for (float& v : values) v = static_cast<float>(random.uniform(-1.0, 1.0));
  return values;
}

struct Case {
  Size m, n, k;
  bool a_transposed, b_transposed;
  GemmEpilogue epilogue;
  float alpha = 1.0f, beta = 1.0f;
  Size batch = 1;
};

struct Data {
  std::vector<float> a, b, c, bias, mask;
  explicit Data(const Case& c_)
      : a(random_floats(static_cast<std::size_t>(c_.batch * c_.m * c_.k), 1)),
        b(random_floats(static_cast<std::size_t>(c_.batch * c_.k * c_.n), 2)),
        c(random_floats(static_cast<std::size_t>(c_.batch * c_.m * c_.n), 3)),
        bias(random_floats(static_cast<std::size_t>(c_.n), 4)),
        mask(random_floats(static_cast<std::size_t>(c_.batch * c_.m * c_.n), 5)) {}
};

// The definition, in float64.
std::vector<double> expected(const Case& t, const Data& d) {
  std::vector<double> out;
  for (Size batch = 0; batch < t.batch; ++batch) {
    for (Size i = 0; i < t.m; ++i) {
      for (Size j = 0; j < t.n; ++j) {
        double sum = 0.0;
        for (Size p = 0; p < t.k; ++p) {
          const Size a = batch * t.m * t.k + (t.a_transposed ? p * t.m + i : i * t.k + p);
          const Size b = batch * t.k * t.n + (t.b_transposed ? j * t.k + p : p * t.n + j);
          sum += double{d.a[static_cast<std::size_t>(a)]} * double{d.b[static_cast<std::size_t>(b)]};
        }
        const auto at = static_cast<std::size_t>((batch * t.m + i) * t.n + j);
        double value = double{t.alpha} * sum;
        if (t.epilogue.start == GemmStart::kBias) value += double{d.bias[static_cast<std::size_t>(j)]};
        if (t.epilogue.start == GemmStart::kC) value += double{t.beta} * double{d.c[at]};
        if (t.epilogue.relu) value = std::max(value, 0.0);
        if (t.epilogue.relu_mask && d.mask[at] <= 0.0f) value = 0.0;
        out.push_back(value);
      }
    }
  }
  return out;
}

std::vector<float> computed(const Case& t, const Data& d, const Kernels& kernels, int threads, bool scattered = false) {
  GemmShape shape = GemmShape::contiguous(t.m, t.n, t.k, t.a_transposed, t.b_transposed);
  shape.batch = t.batch;
  std::vector<const float*> rows;
  if (scattered) {
    shape.a_form = t.a_transposed ? GemmA::kColumnPointers : GemmA::kRowPointers;
    for (Size i = 0; i < (t.a_transposed ? t.k : t.m); ++i)
      rows.push_back(d.a.data() + i * (t.a_transposed ? t.m : t.k));
  }
  GemmPlan plan = plan_gemm(shape, t.epilogue, threads, kernels);
  // Small products would not be divided; here they are, by rows and columns.
  if (threads > 1 && plan.parts == 1) {
    plan.parts_m = threads / 2 + 1;
    plan.parts_n = threads - threads / 2;
    plan.parts = plan.parts_m * plan.parts_n;
  }
  std::vector<float> c = d.c;
  // The exact bytes that the plan asks for, so that a sanitizer sees any byte too many.
  std::unique_ptr<void, decltype(&std::free)> scratch(std::aligned_alloc(64, plan.scratch_bytes), &std::free);
  const GemmArguments arguments{.a = scattered ? nullptr : d.a.data(),
                                .rows = rows.data(),
                                .b = d.b.data(),
                                .c = c.data(),
                                .bias = d.bias.data(),
                                .mask = d.mask.data(),
                                .alpha = t.alpha,
                                .beta = t.beta};
  for (int part = plan.parts - 1; part >= 0; --part) plan.run(part, arguments, scratch.get());
  return c;
}

void check(const Case& t, bool scattered) {
  const Data d(t);
  const std::vector<double> right = expected(t, d);
  for (const Target target : available_targets()) {
    const Kernels& kernels = kernels_for(target);
    const std::vector<float> got = computed(t, d, kernels, 1, scattered);
    // The sum of k products below 1: rounding grows like sqrt(k); twenty times that is no accident.
    const double tolerance = 1.2e-6 * (2.0 + std::sqrt(static_cast<double>(t.k)));
    for (std::size_t i = 0; i < right.size(); ++i) {
      ASSERT_NEAR(right[i], double{got[i]}, tolerance)
          << name_of(target) << " m=" << t.m << " n=" << t.n << " k=" << t.k << " ta=" << t.a_transposed
          << " tb=" << t.b_transposed << " scattered=" << scattered << " element " << i;
    }
    for (const int threads : {2, 3, 7}) {
      const std::vector<float> parts = computed(t, d, kernels, threads, scattered);
      ASSERT_EQ(0, got.empty() ? 0 : std::memcmp(got.data(), parts.data(), got.size() * sizeof(float)))
          << name_of(target) << ": the bits depend on the threads";
    }
  }
}

void check(const Case& t) {
  check(t, false);
  if (t.batch == 1) check(t, true);
}

TEST(Gemm, APackedBInAnyParts) {
  for (const Target target : available_targets()) {
    const Kernels& kernels = kernels_for(target);
    for (const Size n : {17, 65, 130, 160, 192, 224, 300}) {
      const Case t{40, n, 50, false, false, {}};
      const Data d(t);
      const std::vector<double> right = expected(t, d);
      GemmShape shape = GemmShape::contiguous(t.m, t.n, t.k);
      std::vector<float> packed(packed_b_floats(shape, kernels));
      pack_b(shape, kernels, d.b.data(), packed.data(), 0, panel_count(shape, kernels));
      shape.b_packed = true;
      for (const int parts : {1, 2, 3}) {
        GemmPlan plan = plan_gemm(shape, {}, 1, kernels);
        plan.parts = plan.parts_n = parts;
        std::vector<float> c(d.c.size());
        for (int part = 0; part < parts; ++part)
          plan.run(part, {.a = d.a.data(), .b = packed.data(), .c = c.data()}, nullptr);
        for (std::size_t i = 0; i < right.size(); ++i)
          ASSERT_NEAR(right[i], double{c[i]}, 1e-5) << name_of(target) << " n=" << n << " parts=" << parts;
      }
    }
  }
}

TEST(Gemm, AllSmallShapes) {
  for (const Size m : {1, 2, 3, 5, 6, 7, 13, 16, 17, 33}) {
    for (const Size n : {1, 2, 3, 7, 10, 15, 16, 17, 31, 32, 33, 48, 64, 65, 80, 130}) {
      for (const Size k : {1, 2, 3, 10, 67}) {
        for (int form = 0; form < 4; ++form) check({m, n, k, (form & 1) != 0, (form & 2) != 0, {}});
      }
    }
  }
}

TEST(Gemm, Epilogues) {
  for (const GemmStart start : {GemmStart::kZero, GemmStart::kBias, GemmStart::kC}) {
    for (int flags = 0; flags < 4; ++flags) {
      for (const float alpha : {1.0f, -0.01f}) {
        const GemmEpilogue e{start, (flags & 1) != 0, (flags & 2) != 0};
        check({33, 70, 41, false, false, e, alpha, 1.0f});
        check({33, 10, 300, false, false, e, alpha, 0.5f});
        check({1, 70, 300, false, true, e, alpha, 1.0f});
        check({40, 1, 100, false, false, e, alpha, 0.5f});
        check({1, 600, 70, false, false, e, alpha, 0.5f});
        check({30, 100, 300, true, true, e, alpha, 1.0f});
      }
    }
  }
}

TEST(Gemm, LayersOfTheFirstModel) {
  check({32, 64, 784, false, false, {GemmStart::kBias, true, false}});
  check({32, 10, 64, false, false, {GemmStart::kBias, false, false}});
  check({784, 64, 32, true, false, {GemmStart::kC, false, false}, -0.01f});
  check({64, 10, 32, true, false, {GemmStart::kC, false, false}, -0.01f});
  check({32, 64, 10, false, true, {GemmStart::kZero, false, true}});
  check({1, 64, 784, false, false, {GemmStart::kBias, true, false}});
}

TEST(Gemm, LargeShapes) {
  check({200, 300, 520, false, false, {GemmStart::kBias, true, false}});
  check({200, 300, 520, true, false, {GemmStart::kC, false, false}, -0.01f});
  check({97, 530, 300, false, true, {}});
  check({256, 300, 270, true, true, {}});  // steps along k of 1 KiB: A is copied
  check({256, 260, 300, true, false, {GemmStart::kBias, true, false}});
  check({1, 2050, 300, false, false, {GemmStart::kBias, false, false}});
  check({3, 260, 300, false, false, {}});
}

TEST(Gemm, Empty) {
  check({0, 5, 3, false, false, {}});
  check({5, 0, 3, false, false, {}});
  // A sum of nothing is the start value.
  check({5, 7, 0, false, false, {GemmStart::kBias, true, false}});
  check({1, 7, 0, false, false, {GemmStart::kBias, true, false}});
  check({5, 7, 0, false, true, {}});
}

TEST(Gemm, Batched) {
  check({5, 7, 9, false, false, {}, 1.0f, 1.0f, 6});
  check({40, 33, 20, false, true, {GemmStart::kC, true, true}, 2.0f, 0.5f, 5});
  check({1, 70, 80, false, true, {}, 1.0f, 1.0f, 3});
}

TEST(Gemm, StridesAndSharedOperands) {
  // Two products with one B, inside wider matrices.
  GemmShape s;
  s.m = 4, s.n = 6, s.k = 5;
  s.a_row = 9, s.ldb = 8, s.ldc = 11, s.batch = 2, s.a_batch = 50, s.b_batch = 0, s.c_batch = 60;
  const std::vector<float> a = random_floats(100, 1), b = random_floats(40, 2);
  for (const Target target : available_targets()) {
    std::vector<float> c(120, 7.0f);
    const GemmPlan plan = plan_gemm(s, {}, 1, kernels_for(target));
    std::vector<float> scratch(plan.scratch_bytes / 4 + 16);
    plan.run(0, {.a = a.data(), .b = b.data(), .c = c.data()}, scratch.data());
    for (std::size_t t = 0; t < 120; ++t) {
      const std::size_t batch = t / 60, i = t % 60 / 11, j = t % 60 % 11;
      double sum = 7.0;
      if (i < 4 && j < 6) {
        sum = 0.0;
        for (std::size_t p = 0; p < 5; ++p) sum += double{a[batch * 50 + i * 9 + p]} * double{b[p * 8 + j]};
      }
      ASSERT_NEAR(sum, double{c[t]}, 1e-5) << name_of(target) << " " << t;
    }
  }
}

TEST(Gemm, NaNPassesThroughRelu) {
  const std::vector<float> a = {std::nanf(""), -1.0f}, b = {1.0f};
  for (const Target target : available_targets()) {
    std::vector<float> c(2);
    const GemmPlan plan =
        plan_gemm(GemmShape::contiguous(2, 1, 1), {GemmStart::kZero, true, false}, 1, kernels_for(target));
    plan.run(0, {.a = a.data(), .b = b.data(), .c = c.data()}, nullptr);
    EXPECT_TRUE(std::isnan(c[0])) << name_of(target);
    EXPECT_EQ(0.0f, c[1]);
  }
}

TEST(Gemm, OnThePool) {
  const Case t{200, 300, 520, false, false, {}};
  const Data d(t);
  const std::vector<float> one = computed(t, d, kernels(), 1);
  const GemmPlan plan = plan_gemm(GemmShape::contiguous(t.m, t.n, t.k), {}, 2);
  ASSERT_EQ(2, plan.parts);
  std::vector<float> c(one.size());
  std::vector<std::vector<float>> scratch(2, std::vector<float>(plan.scratch_bytes / 4 + 16));
  ThreadPool pool(2);
  pool.parallel_for(plan.parts, [&](int part) {
    plan.run(part, {.a = d.a.data(), .b = d.b.data(), .c = c.data()}, scratch[static_cast<std::size_t>(part)].data());
  });
  EXPECT_EQ(0, std::memcmp(one.data(), c.data(), c.size() * sizeof(float)));
}

TEST(Gemm, Float64) {
  for (const bool b_transposed : {false, true}) {
    const Size m = 7, n = 70, k = 9;
    std::vector<double> a(63), b(630), c(490, 2.0);
    for (std::size_t i = 0; i < a.size(); ++i) a[i] = 0.25 * static_cast<double>(i % 11) - 1.0;
    for (std::size_t i = 0; i < b.size(); ++i) b[i] = 0.5 * static_cast<double>(i % 7) - 1.0;
    gemm_f64(GemmShape::contiguous(m, n, k, false, b_transposed),
             {.a = a.data(), .b = b.data(), .c = c.data(), .alpha = 2.0, .beta = 0.5}, 0, m);
    for (Size i = 0; i < m; ++i) {
      for (Size j = 0; j < n; ++j) {
        double sum = 0.0;
        for (Size p = 0; p < k; ++p) {
          sum += a[static_cast<std::size_t>(i * k + p)] *
                 b[static_cast<std::size_t>(b_transposed ? j * k + p : p * n + j)];
        }
        ASSERT_DOUBLE_EQ(1.0 + 2.0 * sum, c[static_cast<std::size_t>(i * n + j)]);
      }
    }
  }
}

}  // namespace
}  // namespace cornu::cpu
