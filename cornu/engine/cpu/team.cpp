#include "cornu/engine/cpu/team.h"

#include <thread>

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

namespace cornu::cpu {
namespace {

void pause() {
#if defined(__x86_64__) || defined(__i386__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// A share that its own thread has not begun is left to it for so long: about half a microsecond, so that data stays in
// the cache where it is.
constexpr int kPatience = 32;
// After so many pauses the thread at work has probably lost its processor.
constexpr int kPausesBeforeYield = 4000;

struct Walker {
  const TeamPlan& plan;
  TeamLane* lanes;
  int lane_count;
  int thread;

  bool take(int lane, int item, std::uint32_t before) {
    std::atomic<std::uint32_t>& state = lanes[lane].state;
    const auto number = static_cast<std::uint32_t>(item) + 1;
    if (!state.compare_exchange_strong(before, 2 * number - 1, std::memory_order_acq_rel)) return false;
    plan.run(plan.context, item, lane, thread);
    state.store(2 * number, std::memory_order_release);
    return true;
  }

  // The first item before `end` of which this lane has a share that is not done; -1: none.
  int next(int lane, std::uint32_t state, int end) const {
    for (int item = static_cast<int>(state / 2); item < end; ++item)
      if (plan.items[item].parts > lane) return item;
    return -1;
  }

  // Returns when everything before `end` is done.
  void wait(int end) {
    for (int lane = 0; lane < lane_count; ++lane) {
      for (int pauses = 0;; ++pauses) {
        const std::uint32_t state = lanes[lane].state.load(std::memory_order_acquire);
        if (state > 2 * static_cast<std::uint32_t>(end)) break;  // at work on something later already
        if (state % 2 == 0) {
          const int item = next(lane, state, end);
          if (item < 0) break;
          if (pauses >= kPatience && take(lane, item, state)) pauses = 0;
        }
        if (pauses < kPausesBeforeYield)
          pause();
        else
          std::this_thread::yield();
      }
    }
  }
};

}  // namespace

void walk(const TeamPlan& plan, TeamLane* lanes, int lane_count, int thread) {
  Walker walker{plan, lanes, lane_count, thread};
  for (int item = 0; item < plan.count; ++item) {
    if (plan.items[item].starts_phase) walker.wait(item);
    if (plan.items[item].parts <= thread) continue;
    const std::uint32_t state = lanes[thread].state.load(std::memory_order_acquire);
    // Another thread may be ahead with this lane, or at work on an earlier share of it.
    if (state % 2 == 0 && walker.next(thread, state, item + 1) == item) walker.take(thread, item, state);
  }
  walker.wait(plan.count);
}

}  // namespace cornu::cpu
