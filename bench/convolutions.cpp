// Convolutions of well-known networks, forward and with respect to the kernel, as shares of the FMA peak measured in
// the same run, one thread.
//
//   bench_convolutions [batch]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <vector>

#include "cornu/engine/cpu/kernels/kernels.h"

namespace {

using namespace cornu::cpu;
using Clock = std::chrono::steady_clock;

struct Layer {
  const char* name;
  Size size, channels, filters, kernel, stride;
};

constexpr Layer kLayers[] = {
    {"mnist conv 1, 3x3 1 -> 32 at 28", 28, 1, 32, 3, 1},  {"mnist conv 2, 3x3 32 -> 64 at 13", 13, 32, 64, 3, 1},
    {"resnet 7x7/2 3 -> 64 at 230", 230, 3, 64, 7, 2},     {"resnet 1x1 64 -> 64 at 56", 56, 64, 64, 1, 1},
    {"resnet 3x3 64 -> 64 at 56", 56, 64, 64, 3, 1},       {"resnet 1x1 64 -> 256 at 56", 56, 64, 256, 1, 1},
    {"resnet 1x1/2 256 -> 512 at 56", 56, 256, 512, 1, 2}, {"resnet 3x3 128 -> 128 at 28", 28, 128, 128, 3, 1},
    {"resnet 3x3 256 -> 256 at 14", 14, 256, 256, 3, 1},   {"resnet 1x1 1024 -> 256 at 14", 14, 1024, 256, 1, 1},
    {"resnet 3x3 512 -> 512 at 7", 7, 512, 512, 3, 1},
};

double median_seconds(const std::function<void()>& call) {
  call();
  std::vector<double> times;
  const auto begin = Clock::now();
  while (times.size() < 5 || (times.size() < 200 && Clock::now() - begin < std::chrono::milliseconds(150))) {
    const auto start = Clock::now();
    call();
    times.push_back(std::chrono::duration<double>(Clock::now() - start).count());
  }
  std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
  return times[times.size() / 2];
}

double run(const Layer& l, Size batch, bool transposed, double* macs) {
  Patches p;
  p.batch = batch;
  p.channels = p.pixel = l.channels;
  const bool same = l.channels > 3;  // as the networks have it
  const Size total =
      same ? std::max<Size>(0, ((l.size + l.stride - 1) / l.stride - 1) * l.stride + l.kernel - l.size) : 0;
  const Size places = (l.size + total - l.kernel) / l.stride + 1;
  const PatchAxis axis{l.size, places, l.kernel, l.stride, 1, total / 2};
  p.axes = {PatchAxis{}, axis, axis};
  GemmShape s;
  s.m = transposed ? p.columns() : p.rows();
  s.k = transposed ? p.rows() : p.columns();
  s.n = s.ldb = s.ldc = l.filters;
  if (l.kernel == 1 && l.stride == 1) {
    s.a_row = transposed ? 1 : l.channels;
    s.a_column = transposed ? l.channels : 1;
  } else {
    s.patches = std::make_shared<Patches>(p);
    s.patches_transposed = transposed;
  }
  const GemmPlan plan = plan_gemm(s, {}, 1);
  std::vector<float> image(static_cast<std::size_t>(batch * p.image_floats()), 0.5f);
  std::vector<float> b(static_cast<std::size_t>(s.k * s.n), 0.5f), c(static_cast<std::size_t>(s.m * s.n));
  std::unique_ptr<void, decltype(&std::free)> scratch(std::aligned_alloc(64, plan.scratch_bytes + 64), &std::free);
  *macs = static_cast<double>(s.m) * static_cast<double>(s.n) * static_cast<double>(s.k);
  return median_seconds([&] { plan.run(0, {.a = image.data(), .b = b.data(), .c = c.data()}, scratch.get()); });
}

}  // namespace

int main(int argc, char** argv) {
  const Size batch = argc > 1 ? std::atoi(argv[1]) : 1;
  float sink = 0.0f;
  for (const Layer& layer : kLayers) {
    const double operations = kernels().fma_loop(100000, &sink);
    const double peak = operations / median_seconds([&] { kernels().fma_loop(100000, &sink); }) * 1e-9;
    double macs = 0;
    const double forward = run(layer, batch, false, &macs), kernel = run(layer, batch, true, &macs);
    std::printf("%-34s forward %9.1f us %5.1f %%   kernel gradient %9.1f us %5.1f %%   of %.0f GFLOP/s\n", layer.name,
                forward * 1e6, 2e-7 * macs / forward / peak, kernel * 1e6, 2e-7 * macs / kernel / peak, peak);
  }
}
