// Philox 4x32-10, one block of counters in each lane: the numbers of cornu::uniform_at (core/random.h), bit for bit.
#include "cornu/engine/cpu/kernels/highway_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cornu/engine/cpu/kernels/random_kernels.cpp"
#include "hwy/foreach_target.h"

#include <algorithm>

#include "cornu/engine/cpu/kernels/kernels.h"
#include "cornu/engine/cpu/kernels/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace cornu::cpu::HWY_NAMESPACE {
namespace {

using WordVector = hn::Vec<Words>;

// The high words of the 64-bit products, lane by lane.
HWY_INLINE WordVector high_product(WordVector a, WordVector b) {
  const Words d;
#if HWY_TARGET == HWY_SCALAR
  const std::uint64_t product = std::uint64_t{hn::GetLane(a)} * hn::GetLane(b);
  return hn::Set(d, static_cast<std::uint32_t>(product >> 32));
#else
  const hn::Repartition<std::uint64_t, Words> wide;
  const auto even = hn::BitCast(d, hn::ShiftRight<32>(hn::MulEven(a, b)));
  const WordVector a_odd = hn::BitCast(d, hn::ShiftRight<32>(hn::BitCast(wide, a)));
  const auto odd = hn::BitCast(d, hn::MulEven(a_odd, b));  // its high words already stand in the odd lanes
  return hn::OddEven(odd, even);
#endif
}

HWY_INLINE Vector to_uniform(WordVector words) {
  const auto bits = hn::BitCast(Ints(), hn::ShiftRight<8>(words));
  return hn::Mul(hn::ConvertTo(Floats(), bits), all(0x1p-24f));
}

// kLanes blocks from `block` on: 4 * kLanes numbers.
HWY_INLINE void uniform_blocks(std::uint32_t seed, std::uint32_t draw, std::uint64_t block, float* out) {
  const Words d;
  // The low word may overflow within this vector: then the high word of those lanes is one more.
  const WordVector low = hn::Set(d, static_cast<std::uint32_t>(block));
  WordVector c0 = hn::Add(low, hn::Iota(d, 0));
  WordVector c1 = hn::Set(d, static_cast<std::uint32_t>(block >> 32));
  if (static_cast<std::uint32_t>(block) > 0xFFFFFFFFu - kLanes) {
    HWY_ALIGN std::uint32_t high[kLanes];
    for (std::size_t i = 0; i < kLanes; ++i) high[i] = static_cast<std::uint32_t>((block + i) >> 32);
    c1 = hn::Load(d, high);
  }
  WordVector c2 = hn::Set(d, draw), c3 = hn::Zero(d);
  const WordVector m0 = hn::Set(d, 0xD2511F53u), m1 = hn::Set(d, 0xCD9E8D57u);
  std::uint32_t k0 = seed, k1 = 0;
  for (int round = 0; round < 10; ++round) {
    const WordVector high0 = high_product(c0, m0), low0 = hn::Mul(c0, m0);
    const WordVector high1 = high_product(c2, m1), low1 = hn::Mul(c2, m1);
    c0 = hn::Xor(hn::Xor(high1, c1), hn::Set(d, k0));
    c1 = low1;
    c2 = hn::Xor(hn::Xor(high0, c3), hn::Set(d, k1));
    c3 = low0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  hn::StoreInterleaved4(to_uniform(c0), to_uniform(c1), to_uniform(c2), to_uniform(c3), Floats(), out);
}

void random_uniform(std::uint32_t seed, std::uint32_t draw, std::uint64_t first, float* y, std::size_t n) {
  constexpr std::size_t kBatch = 4 * kLanes;
  std::uint64_t block = first / 4;
  std::size_t skip = static_cast<std::size_t>(first % 4);
  // Whole batches go straight to y; a ragged start or end goes through a buffer.
  while (n > 0) {
    const std::size_t count = std::min(n, kBatch - skip);
    if (count == kBatch) {
      uniform_blocks(seed, draw, block, y);
    } else {
      HWY_ALIGN float batch[kBatch];
      uniform_blocks(seed, draw, block, batch);
      std::copy(batch + skip, batch + skip + count, y);
    }
    y += count;
    n -= count;
    block += kLanes;
    skip = 0;
  }
}

}  // namespace

void fill_random(Kernels& table) { table.random_uniform = &random_uniform; }

}  // namespace cornu::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace cornu::cpu {
void fill_random_table(Target target, Kernels& table) { CORNU_FILL_TABLE(target, fill_random, table); }
}  // namespace cornu::cpu
#endif
