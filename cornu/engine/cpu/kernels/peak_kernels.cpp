// A loop of nothing but multiply-adds in registers: what 100 % of the processor is, measured in the same run.
#include "cornu/engine/cpu/kernels/highway_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cornu/engine/cpu/kernels/peak_kernels.cpp"
#include "hwy/foreach_target.h"

#include "cornu/engine/cpu/kernels/kernels.h"
#include "cornu/engine/cpu/kernels/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace cornu::cpu::HWY_NAMESPACE {
namespace {

// 12 independent chains hide a latency of 4 cycles at 2 a cycle, and fit 16 registers.
double fma_loop(std::size_t rounds, float* sink) {
  constexpr int kChains = 12;
  Vector sum[kChains];
  for (int i = 0; i < kChains; ++i) sum[i] = all(static_cast<float>(i));
  const Vector x = all(0.5f), y = all(0.25f);
  for (std::size_t round = 0; round < rounds; ++round) {
    CORNU_UNROLL(16)
    for (int i = 0; i < kChains; ++i) sum[i] = hn::MulAdd(sum[i], x, y);
  }
  for (int i = 1; i < kChains; ++i) sum[0] = hn::Add(sum[0], sum[i]);
  *sink = hn::GetLane(sum[0]);
  return 2.0 * kChains * static_cast<double>(kLanes) * static_cast<double>(rounds);
}

}  // namespace

void fill_peak(Kernels& table) { table.fma_loop = &fma_loop; }

}  // namespace cornu::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace cornu::cpu {
void fill_peak_table(Target target, Kernels& table) { CORNU_FILL_TABLE(target, fill_peak, table); }
}  // namespace cornu::cpu
#endif
