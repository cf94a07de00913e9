// Counter-based random numbers: Philox 4x32-10 (Salmon et al., SC'11), the generator of JAX's and TensorFlow's kind.
// A draw is a pure function of (key, counter), so it can be repeated, resumed and split over threads at will.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace cornu {

// Four random words for one counter value.
std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

// 24 random bits as a float in [0, 1): every value is a multiple of 2^-24. The same rule as the graph's.
inline float uniform_from_bits(std::uint32_t bits) { return static_cast<float>(bits >> 8) * 0x1p-24f; }

// Element `index` of a graph's random_uniform whose state is (seed, draw). This is the definition: every engine gives
// these numbers, however it splits the work. One block of four words makes four neighbours, so a kernel calls
// philox4x32 once for elements 4b .. 4b + 3.
inline float uniform_at(std::uint32_t seed, std::uint32_t draw, std::uint64_t index) {
  const std::uint64_t block = index / 4;
  return uniform_from_bits(philox4x32(
      {static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32), draw, 0}, {seed, 0})[index % 4]);
}

// A sequence of draws on the host: initializers, shuffling. The state is the seed and the number of words drawn.
class RandomStream {
 public:
  explicit RandomStream(std::uint64_t seed, std::uint64_t stream = 0) : seed_(seed), stream_(stream) {}

  std::uint32_t next_word();
  std::uint64_t next_uint64() { return (static_cast<std::uint64_t>(next_word()) << 32) | next_word(); }
  // In [0, 1), 53 bits.
  double uniform() { return static_cast<double>(next_uint64() >> 11) * 0x1p-53; }
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  // Mean 0, standard deviation 1 (Box-Muller).
  double normal();
  // normal() given that it lies within +-2.
  double truncated_normal();
  // In [0, n), without bias.
  std::uint64_t below(std::uint64_t n);
  // Goes on as if so many words had been drawn.
  void seek(std::uint64_t words);

 private:
  std::uint64_t seed_;
  std::uint64_t stream_;
  std::uint64_t counter_ = 0;
  std::array<std::uint32_t, 4> words_{};
  int used_ = 4;
};

// Fills `order` with a random permutation of 0 .. order.size() - 1 that depends on the seed alone.
void random_permutation(std::uint64_t seed, std::vector<std::uint32_t>& order);

// Restarts the process-wide sequence of seeds, as keras.utils.set_random_seed does.
void set_global_seed(std::uint64_t seed);
// A seed that depends on set_global_seed's argument and on `key` alone, and takes nothing from the sequence.
std::uint64_t derived_seed(std::uint64_t key);
// Where that sequence stands; a process that is set to the state of another goes on with the same seeds.
struct SeedState {
  std::uint64_t seed = 0, drawn = 0;
};
SeedState global_seed_state();
void set_global_seed_state(const SeedState& state);
// The next seed of that sequence, for whoever was given none. Before set_global_seed it starts from real entropy.
std::uint64_t next_global_seed();

}  // namespace cornu
