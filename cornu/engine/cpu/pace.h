// Pace: finds out whether a plan runs faster on several threads or on one, while it runs.
//
// No table knows that: it depends on whether the cores share a cache, on who else wants them, and on what the caller
// does between two runs (a batch that the caller has just written lies in the caller's cache). So both ways are tried
// on some of the first runs, and again from time to time. What is compared is the time from the end of one run to the
// end of the next. Results are the same either way.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace cornu::cpu {

class Pace {
 public:
  // Which way to run now.
  bool parallel() const { return parallel_.load(std::memory_order_relaxed); }
  // A run in the way that parallel() said has ended.
  void ended();

 private:
  // A trial: some runs that only get used to the way, then blocks of runs; the best block counts.
  static constexpr int kWarmUp = 6, kBlock = 8, kBlocks = 4;
  static constexpr int kTrial = kWarmUp + kBlock * kBlocks;
  static constexpr int kBetweenTrials = 3000;
  // Runs that take longer are worth their threads in any case.
  static constexpr std::int64_t kLongRun = 2'000'000;
  static constexpr std::int64_t kNever = INT64_MAX;

  enum State : int { kTryParallel, kTrySerial, kDecided };

  void end_block(std::int64_t nanoseconds);
  void end_trial();
  void begin(State state, bool parallel);

  // Several callers may run at once: then what is measured means little, but nothing breaks.
  std::atomic<bool> parallel_{true};
  std::atomic<int> state_{kTryParallel};
  std::atomic<int> runs_{0};  // in this state
  std::atomic<std::int64_t> block_start_{0};
  std::atomic<std::int64_t> best_parallel_{kNever}, best_serial_{kNever};
};

}  // namespace cornu::cpu
