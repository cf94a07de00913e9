#include "cornu/core/random.h"

#include <cmath>
#include <mutex>
#include <numeric>
#include <random>

namespace cornu {

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> c, std::array<std::uint32_t, 2> k) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53u} * c[0];
    const std::uint64_t b = std::uint64_t{0xCD9E8D57u} * c[2];
    c = {static_cast<std::uint32_t>(b >> 32) ^ c[1] ^ k[0], static_cast<std::uint32_t>(b),
         static_cast<std::uint32_t>(a >> 32) ^ c[3] ^ k[1], static_cast<std::uint32_t>(a)};
    k[0] += 0x9E3779B9u;
    k[1] += 0xBB67AE85u;
  }
  return c;
}

std::uint32_t RandomStream::next_word() {
  if (used_ == 4) {
    words_ = philox4x32({static_cast<std::uint32_t>(counter_), static_cast<std::uint32_t>(counter_ >> 32),
                         static_cast<std::uint32_t>(stream_), static_cast<std::uint32_t>(stream_ >> 32)},
                        {static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32)});
    ++counter_;
    used_ = 0;
  }
  return words_[static_cast<std::size_t>(used_++)];
}

void RandomStream::seek(std::uint64_t words) {
  counter_ = words / 4;
  used_ = 4;
  for (std::uint64_t i = 0; i < words % 4; ++i) next_word();
}

double RandomStream::normal() {
  const double u = 1.0 - uniform();  // in (0, 1]: its logarithm is finite
  return std::sqrt(-2.0 * std::log(u)) * std::cos(6.283185307179586 * uniform());
}

double RandomStream::truncated_normal() {
  while (true) {
    const double z = normal();
    if (z >= -2.0 && z <= 2.0) return z;
  }
}

std::uint64_t RandomStream::below(std::uint64_t n) {
  const std::uint64_t limit = n * (~std::uint64_t{0} / n);  // largest multiple of n that fits: reject above it
  while (true) {
    const std::uint64_t r = next_uint64();
    if (r < limit) return r % n;
  }
}

void random_permutation(std::uint64_t seed, std::vector<std::uint32_t>& order) {
  std::iota(order.begin(), order.end(), 0u);
  RandomStream random(seed, 0x73687566666c65);  // "shuffle"
  // Fisher-Yates; one 32-bit word a draw by Lemire's multiplication, whose bias for n < 2^32 is under n / 2^32.
  for (std::size_t i = order.size(); i > 1; --i) {
    const auto j = static_cast<std::size_t>((std::uint64_t{random.next_word()} * i) >> 32);
    std::swap(order[i - 1], order[j]);
  }
}

namespace {

struct GlobalSeeds {
  std::mutex mutex;
  std::uint64_t seed = (std::uint64_t{std::random_device{}()} << 32) | std::random_device{}();
  RandomStream stream{seed};
  std::uint64_t drawn = 0;
};

GlobalSeeds& global_seeds() {
  static GlobalSeeds seeds;
  return seeds;
}

}  // namespace

void set_global_seed(std::uint64_t seed) {
  const std::lock_guard lock(global_seeds().mutex);
  global_seeds().seed = seed;
  global_seeds().stream = RandomStream(seed);
  global_seeds().drawn = 0;
}

SeedState global_seed_state() {
  const std::lock_guard lock(global_seeds().mutex);
  return {global_seeds().seed, global_seeds().drawn};
}

void set_global_seed_state(const SeedState& state) {
  const std::lock_guard lock(global_seeds().mutex);
  GlobalSeeds& seeds = global_seeds();
  seeds.seed = state.seed;
  seeds.drawn = state.drawn;
  seeds.stream = RandomStream(state.seed);
  seeds.stream.seek(state.drawn);
}

std::uint64_t derived_seed(std::uint64_t key) {
  const std::lock_guard lock(global_seeds().mutex);
  return RandomStream(global_seeds().seed, key ^ 0x64657269766564).next_uint64();  // "derived"
}

std::uint64_t next_global_seed() {
  const std::lock_guard lock(global_seeds().mutex);
  ++global_seeds().drawn;
  return global_seeds().stream.next_word();  // 32 bits: Keras's seeds are such, and they survive any file
}

}  // namespace cornu
