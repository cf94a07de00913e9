#include "cornu/engine/cpu/pace.h"

#include <gtest/gtest.h>

namespace cornu::cpu {
namespace {

void wait(int microseconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(microseconds);
  while (std::chrono::steady_clock::now() < end) {
  }
}

// The share of runs on several threads, once the first trials are over.
double share_of_parallel(int parallel_microseconds, int serial_microseconds) {
  Pace pace;
  int parallel = 0;
  constexpr int kFirst = 200, kAll = 1200;
  for (int i = 0; i < kAll; ++i) {
    const bool together = pace.parallel();
    wait(together ? parallel_microseconds : serial_microseconds);
    pace.ended();
    if (i >= kFirst && together) ++parallel;
  }
  return static_cast<double>(parallel) / (kAll - kFirst);
}

TEST(Pace, KeepsToTheFasterWay) {
  EXPECT_GT(share_of_parallel(5, 100), 0.99);
  EXPECT_LT(share_of_parallel(100, 5), 0.01);
}

}  // namespace
}  // namespace cornu::cpu
