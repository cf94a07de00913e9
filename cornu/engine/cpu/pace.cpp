#include "cornu/engine/cpu/pace.h"

namespace cornu::cpu {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

void Pace::ended() {
  const int run = runs_.fetch_add(1, kRelaxed) + 1;
  if (state_.load(kRelaxed) == kDecided) {
    if (run == kBetweenTrials) begin(parallel() ? kTrySerial : kTryParallel, !parallel());
    return;
  }
  if (run < kWarmUp || (run - kWarmUp) % kBlock != 0) return;
  const std::int64_t time = now();
  if (run > kWarmUp) end_block(time - block_start_.load(kRelaxed));
  block_start_.store(time, kRelaxed);
  if (run >= kTrial) end_trial();
}

void Pace::end_block(std::int64_t nanoseconds) {
  std::atomic<std::int64_t>& best = state_.load(kRelaxed) == kTryParallel ? best_parallel_ : best_serial_;
  if (nanoseconds < best.load(kRelaxed)) best.store(nanoseconds, kRelaxed);
}

void Pace::begin(State state, bool parallel) {
  if (state == kTryParallel) best_parallel_.store(kNever, kRelaxed);
  if (state == kTrySerial) best_serial_.store(kNever, kRelaxed);
  parallel_.store(parallel, kRelaxed);
  state_.store(state, kRelaxed);
  runs_.store(0, kRelaxed);
}

// The other way is tried only once at first; later trials compare with what is remembered of the present way.
void Pace::end_trial() {
  const std::int64_t parallel = best_parallel_.load(kRelaxed), serial = best_serial_.load(kRelaxed);
  if (serial == kNever) {
    if (parallel / kBlock > kLongRun) return begin(kDecided, true);
    return begin(kTrySerial, false);
  }
  begin(kDecided, parallel < serial);
}

}  // namespace cornu::cpu
