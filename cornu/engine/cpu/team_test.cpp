#include "cornu/engine/cpu/team.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

namespace cornu::cpu {
namespace {

// Every share runs once, and none before the phases in front of it are done.
struct Log {
  std::vector<TeamPlan::Item> items;
  std::vector<int> phase_of;
  std::unique_ptr<std::atomic<int>[]> done;  // shares done in each phase
  std::vector<int> expected;                 // shares of each phase
  std::atomic<int> errors{0}, total{0};

  explicit Log(std::vector<TeamPlan::Item> list) : items(std::move(list)) {
    for (const TeamPlan::Item& i : items) {
      if (i.starts_phase || expected.empty()) expected.push_back(0);
      expected.back() += i.parts;
      phase_of.push_back(static_cast<int>(expected.size()) - 1);
    }
    done = std::make_unique<std::atomic<int>[]>(expected.size());
  }
  static void run(void* context, int item, int, int) {
    auto& log = *static_cast<Log*>(context);
    const auto phase = static_cast<std::size_t>(log.phase_of[static_cast<std::size_t>(item)]);
    for (std::size_t p = 0; p < phase; ++p)
      if (log.done[p].load() != log.expected[p]) ++log.errors;
    ++log.done[phase];
    ++log.total;
  }
};

std::vector<TeamPlan::Item> sample_items() {
  std::vector<TeamPlan::Item> items;
  for (int i = 0; i < 60; ++i) items.push_back({1 + i % 3, i % 4 == 0 || i % 7 == 1});
  return items;
}

TEST(Team, RunsEveryShareOnceAndPhasesInOrder) {
  for (const int threads : {1, 2, 3}) {
    for (int repeat = 0; repeat < 20; ++repeat) {
      Log log(sample_items());
      const TeamPlan plan{log.items.data(), static_cast<int>(log.items.size()), Log::run, &log};
      std::vector<TeamLane> lanes(3);
      std::vector<std::thread> others;
      for (int t = 1; t < threads; ++t) others.emplace_back([&, t] { walk(plan, lanes.data(), 3, t); });
      walk(plan, lanes.data(), 3, 0);
      for (std::thread& t : others) t.join();
      int shares = 0;
      for (const TeamPlan::Item& i : log.items) shares += i.parts;
      EXPECT_EQ(log.errors.load(), 0);
      EXPECT_EQ(log.total.load(), shares);
    }
  }
}

}  // namespace
}  // namespace cornu::cpu
