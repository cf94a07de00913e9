// Team: several threads walk the same list of steps, each takes its share, and a wait between dependent steps costs
// about a tenth of a microsecond. Whoever waits takes over shares that nobody has begun, so no thread is ever missed.
#pragma once

#include <atomic>
#include <cstdint>

namespace cornu::cpu {

// What is run: a list of steps in phases. All shares of a phase may run at the same time.
struct TeamPlan {
  struct Item {
    int parts;          // shares 0 .. parts - 1, meant for threads 0 .. parts - 1
    bool starts_phase;  // everything before it must be done
  };
  const Item* items = nullptr;
  int count = 0;
  // Runs one share on one thread.
  void (*run)(void* context, int item, int part, int thread) = nullptr;
  void* context = nullptr;
};

// The progress of one share number through the list: 2 * (item + 1) when its share of the item is done, one less while
// it runs. It only grows.
struct alignas(64) TeamLane {
  std::atomic<std::uint32_t> state{0};
};

// What thread `thread` does; lanes[0 .. lane_count) start at zero. Returns when all items are done.
void walk(const TeamPlan& plan, TeamLane* lanes, int lane_count, int thread);

}  // namespace cornu::cpu
