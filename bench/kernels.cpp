// Measures the hand-written kernels alone: each matrix product as a share of the FMA peak measured beside it, the
// vector functions in elements a second, and an empty parallel region.
//
//   bench_kernels [target]        (avx512, avx2, sse4, baseline; default: the best one)
//
// A share, not a time: the clock of shared machines moves. The peak is measured before each shape, medians of several.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cornu/core/error.h"
#include "cornu/engine/cpu/kernels/kernels.h"
#include "cornu/engine/cpu/kernels/thread_pool.h"

namespace {

using namespace cornu::cpu;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

// The median time of one call, each sample long enough for the clock.
double median_seconds(const std::function<void()>& call) {
  call();
  std::size_t repeats = 1;
  while (true) {
    const auto begin = Clock::now();
    for (std::size_t i = 0; i < repeats; ++i) call();
    if (seconds_since(begin) > 1e-3 || repeats > 1000000) break;
    repeats *= 2;
  }
  std::vector<double> samples;
  for (int sample = 0; sample < 25; ++sample) {
    const auto begin = Clock::now();
    for (std::size_t i = 0; i < repeats; ++i) call();
    samples.push_back(seconds_since(begin) / static_cast<double>(repeats));
    if (seconds_since(begin) > 0.2 && sample >= 4) break;
  }
  std::nth_element(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2), samples.end());
  return samples[samples.size() / 2];
}

double peak_gflops(const Kernels& kernels) {
  float sink = 0.0f;
  const double operations = kernels.fma_loop(100000, &sink);
  return operations / median_seconds([&] { kernels.fma_loop(100000, &sink); }) * 1e-9;
}

struct Product {
  const char* name;
  Size m, n, k;
  bool a_transposed, b_transposed;
  GemmEpilogue epilogue;
  float alpha = 1.0f;
  Size batch = 1;
};

const GemmEpilogue kPlain{};
const GemmEpilogue kDense{GemmStart::kBias, true, false};
const GemmEpilogue kLogits{GemmStart::kBias, false, false};
const GemmEpilogue kUpdate{GemmStart::kC, false, false};
const GemmEpilogue kThroughRelu{GemmStart::kZero, false, true};

const Product kProducts[] = {
    {"b32 forward 784x64 bias relu", 32, 64, 784, false, false, kDense},
    {"b32 W -= lr XT dY 784x64", 784, 64, 32, true, false, kUpdate, -0.01f},
    {"b32 logits 64x10 bias", 32, 10, 64, false, false, kLogits},
    {"b32 W -= lr HT dY 64x10", 64, 10, 32, true, false, kUpdate, -0.01f},
    {"b32 dH = dY WT * (H > 0)", 32, 64, 10, false, true, kThroughRelu},
    {"b1 forward 784x64 bias relu", 1, 64, 784, false, false, kDense},
    {"b1 W -= lr XT dY 784x64", 784, 64, 1, true, false, kUpdate, -0.01f},
    {"b1 logits 64x10", 1, 10, 64, false, false, kLogits},
    {"b1 dH", 1, 64, 10, false, true, kThroughRelu},
    {"b1 forward 4096x4096", 1, 4096, 4096, false, false, kLogits},
    {"b1 dX 4096x4096", 1, 4096, 4096, false, true, kPlain},
    {"b8 forward 1024x1024", 8, 1024, 1024, false, false, kLogits},
    {"b128 forward 784x64", 128, 64, 784, false, false, kDense},
    {"b128 W update 784x64", 784, 64, 128, true, false, kUpdate, -0.01f},
    {"b256 forward 784x64", 256, 64, 784, false, false, kDense},
    {"b256 W update 784x64", 784, 64, 256, true, false, kUpdate, -0.01f},
    {"b1024 logits 64x10", 1024, 10, 64, false, false, kLogits},
    {"b4096 forward 784x64", 4096, 64, 784, false, false, kDense},
    {"b32 forward 784x512", 32, 512, 784, false, false, kDense},
    {"b32 W update 784x512", 784, 512, 32, true, false, kUpdate, -0.01f},
    {"b32 dX 784x512", 32, 784, 512, false, true, kPlain},
    {"256^3", 256, 256, 256, false, false, kPlain},
    {"1024^3", 1024, 1024, 1024, false, false, kPlain},
    {"1024^3 A and B transposed", 1024, 1024, 1024, true, true, kPlain},
    {"512x768x3072", 512, 3072, 768, false, false, kDense},
    {"512x3072x768", 512, 768, 3072, false, false, kDense},
    {"b256 forward 4096x4096", 256, 4096, 4096, false, false, kDense},
    {"b256 W update 4096x4096", 4096, 4096, 256, true, false, kUpdate, -0.01f},
    {"b256 dX 4096x4096", 256, 4096, 4096, false, true, kPlain},
    {"attention QKT 96 x 128x128x64", 128, 128, 64, false, true, kPlain, 0.125f, 96},
    {"attention PV 96 x 128x64x128", 128, 64, 128, false, false, kPlain, 1.0f, 96},
};

// Floats aligned as the engine's arena is: a vector across two cache lines costs a tenth on some shapes.
struct Buffer {
  std::unique_ptr<float, decltype(&std::free)> data;
  std::size_t size;
  Buffer(std::size_t count, float value)
      : data(static_cast<float*>(std::aligned_alloc(64, (count * sizeof(float) + 64) / 64 * 64)), &std::free),
        size(count) {
    std::fill(data.get(), data.get() + count, value);
  }
  float* get() const { return data.get(); }
};

// What all threads together reach with multiply-adds alone: two threads of one core share its units.
double pool_peak_gflops(const Kernels& kernels, ThreadPool& pool) {
  constexpr std::size_t kRounds = 20000;
  std::vector<float> sinks(static_cast<std::size_t>(pool.threads()) * 16);
  const double operations = kernels.fma_loop(kRounds, sinks.data()) * pool.threads();
  const double time = median_seconds([&] {
    pool.parallel_for(pool.threads(),
                      [&](int part) { kernels.fma_loop(kRounds, &sinks[static_cast<std::size_t>(part) * 16]); });
  });
  return operations / time * 1e-9;
}

void bench_product(const Product& p, const Kernels& kernels, ThreadPool& pool) {
  GemmShape shape = GemmShape::contiguous(p.m, p.n, p.k, p.a_transposed, p.b_transposed);
  shape.batch = p.batch;
  const GemmPlan plan = plan_gemm(shape, p.epilogue, pool.threads(), kernels);
  const auto count = [&](Size rows, Size columns) { return static_cast<std::size_t>(p.batch * rows * columns); };
  // Small values that stay small under thousands of updates.
  const Buffer a(count(p.m, p.k), 0.001f), b(count(p.k, p.n), 0.001f), c(count(p.m, p.n), 0.5f);
  const Buffer bias(static_cast<std::size_t>(p.n), 0.1f), mask(count(p.m, p.n), 1.0f);
  const Buffer scratch(plan.scratch_bytes / sizeof(float) * static_cast<std::size_t>(plan.parts), 0.0f);
  const GemmArguments g{
      .a = a.get(), .b = b.get(), .c = c.get(), .bias = bias.get(), .mask = mask.get(), .alpha = p.alpha, .beta = 1.0f};
  const double peak = pool_peak_gflops(kernels, pool);
  const double time = median_seconds([&] {
    pool.parallel_for(plan.parts, [&](int part) {
      plan.run(part, g, scratch.get() + static_cast<std::size_t>(part) * plan.scratch_bytes / sizeof(float));
    });
  });
  const double operations = 2.0 * static_cast<double>(p.batch) * static_cast<double>(p.m) * static_cast<double>(p.n) *
                            static_cast<double>(p.k);
  const double bytes = 4.0 * static_cast<double>(a.size + b.size + c.size);
  std::printf("%-34s %10.2f us %8.1f GFLOP/s %6.1f %% of peak %7.1f GB/s  parts %d\n", p.name, time * 1e6,
              operations / time * 1e-9, 100.0 * operations / time * 1e-9 / peak, bytes / time * 1e-9, plan.parts);
}

// Elements a second on an array that stays in the L1 cache.
void bench_elementwise(const Kernels& kernels) {
  constexpr std::size_t kCount = 1024;
  const Buffer x(kCount, 0.5f), z(kCount, 0.25f), y(kCount, 0.0f);
  std::printf("\nelements a nanosecond, arrays of %zu:", kCount);
  for (std::size_t op = 0; op < kUnaryCount; ++op) {
    const UnaryKernel kernel = kernels.elementwise.unary[op];
    const double time = median_seconds([&] { kernel(x.get(), y.get(), kCount); });
    std::printf("%s%-17s %6.2f", op % 4 == 0 ? "\n" : "   ", kUnaryNames[op], kCount / time * 1e-9);
  }
  for (const BinaryOp op :
       {BinaryOp::kAdd, BinaryOp::kMultiply, BinaryOp::kDivide, BinaryOp::kMaximum, BinaryOp::kPower}) {
    const double time = median_seconds([&] { kernels.elementwise(op)(x.get(), z.get(), y.get(), kCount); });
    std::printf("\n%-17s %6.2f", kBinaryNames[static_cast<std::size_t>(op)], kCount / time * 1e-9);
  }
  for (const std::size_t columns : {10, 64, 1000}) {
    const std::size_t rows = 4000 / columns, n = rows * columns;
    const Buffer m(n, 0.5f), out(n, 0.0f);
    std::vector<std::uint32_t> at(rows);
    const auto rate = [&](const std::function<void()>& call) {
      return static_cast<double>(n) / median_seconds(call) * 1e-9;
    };
    std::printf(
        "\nrows of %-4zu: sum %.2f  max %.2f  argmax %.2f  column sum %.2f  softmax %.2f  + row %.2f  * column %.2f",
        columns, rate([&] { kernels.reduce.row_sum(m.get(), out.get(), rows, columns); }),
        rate([&] { kernels.reduce.row_max(m.get(), out.get(), rows, columns); }),
        rate([&] { kernels.reduce.row_argmax(m.get(), at.data(), rows, columns); }),
        rate([&] { kernels.reduce.column_sum(m.get(), columns, out.get(), rows, columns, 1.0f, 0.0f); }),
        rate([&] { kernels.reduce.softmax(m.get(), out.get(), rows, columns); }),
        rate([&] { kernels.elementwise(BinaryOp::kAdd, Broadcast::kRow)(m.get(), m.get(), out.get(), rows, columns); }),
        rate([&] {
          kernels.elementwise(BinaryOp::kMultiply, Broadcast::kColumn)(m.get(), m.get(), out.get(), rows, columns);
        }));
  }
  const double uniform = median_seconds([&] { kernels.random_uniform(1, 2, 0, y.get(), kCount); });
  const Buffer w(kCount, 0.1f), g(kCount, 0.01f), m1(kCount, 0.0f), m2(kCount, 0.0f);
  const double adam =
      median_seconds([&] { kernels.optimizer.adam({}, w.get(), g.get(), m1.get(), m2.get(), nullptr, kCount); });
  std::printf("\nrandom uniform %.2f   adam %.2f\n", kCount / uniform * 1e-9, kCount / adam * 1e-9);
}

void bench_products(const Kernels& kernels, int threads) {
  ThreadPool pool(threads);
  std::printf("\n%d thread%s, FMA peak of one: %.1f GFLOP/s\n", threads, threads == 1 ? "" : "s", peak_gflops(kernels));
  std::printf("empty region: %.3f us\n", median_seconds([&] { pool.parallel_for(pool.threads(), [](int) {}); }) * 1e6);
  for (const Product& product : kProducts) bench_product(product, kernels, pool);
}

}  // namespace

int main(int count, char** words) {
  try {
    const Kernels& kernels = kernels_for(choose_target(count > 1 ? words[1] : ""));
    std::printf("kernels: %s\n", std::string(name_of(kernels.target)).c_str());
    bench_elementwise(kernels);
    bench_products(kernels, 1);
    if (default_threads() > 1) bench_products(kernels, default_threads());
    return 0;
  } catch (const cornu::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
