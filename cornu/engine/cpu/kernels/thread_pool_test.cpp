#include "cornu/engine/cpu/kernels/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <numeric>
#include <thread>
#include <vector>

#include "cornu/core/error.h"

namespace cornu::cpu {
namespace {

TEST(ThreadPool, EveryPartOnce) {
  for (const int threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    EXPECT_EQ(threads, pool.threads());
    for (const int parts : {0, 1, 2, 3, 7, 8, 9, 33, 1000}) {
      for (int round = 0; round < 50; ++round) {
        std::vector<std::atomic<int>> calls(static_cast<std::size_t>(parts));
        pool.parallel_for(parts, [&](int part) { calls[static_cast<std::size_t>(part)].fetch_add(1); });
        for (const auto& count : calls) ASSERT_EQ(1, count.load());
      }
    }
  }
}

TEST(ThreadPool, ChangingNumbersOfPartsNeverMix) {
  ThreadPool pool(4);
  // Plain (not atomic) data: a part run twice, or after the end of its region, is seen by the sum or by a sanitizer.
  std::vector<int> values(64);
  long long sum = 0, expected = 0;
  for (int round = 0; round < 50000; ++round) {
    const int parts = 2 + round % 15;
    pool.parallel_for(parts, [&](int part) { values[static_cast<std::size_t>(part)] = part + round; });
    for (int p = 0; p < parts; ++p) sum += values[static_cast<std::size_t>(p)];
    expected += static_cast<long long>(parts) * round + parts * (parts - 1) / 2;
  }
  EXPECT_EQ(expected, sum);
}

TEST(ThreadPool, NestedRegionsRunInTheCaller) {
  ThreadPool pool(2);
  std::atomic<int> calls{0};
  pool.parallel_for(4, [&](int) { pool.parallel_for(5, [&](int) { calls.fetch_add(1); }); });
  EXPECT_EQ(20, calls.load());
}

TEST(ThreadPool, SeveralCallersAtOnce) {
  ThreadPool pool(2);
  std::atomic<int> calls{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&] {
      for (int round = 0; round < 2000; ++round) pool.parallel_for(3, [&](int) { calls.fetch_add(1); });
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(4 * 2000 * 3, calls.load());
}

TEST(ThreadPool, WakesAfterSleeping) {
  ThreadPool pool(3);
  for (int round = 0; round < 20; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::atomic<int> calls{0};
    pool.parallel_for(3, [&](int) { calls.fetch_add(1); });
    ASSERT_EQ(3, calls.load());
  }
}

TEST(ThreadPool, WaitsForALongPart) {
  ThreadPool pool(2);
  for (int round = 0; round < 5; ++round) {
    std::atomic<int> calls{0};
    pool.parallel_for(2, [&](int) {
      std::this_thread::sleep_for(std::chrono::milliseconds(3));
      calls.fetch_add(1);
    });
    ASSERT_EQ(2, calls.load());
  }
}

// Far more threads than processors, and others that never rest: a pool that only spins would take minutes here.
TEST(ThreadPool, SurvivesOversubscription) {
  std::atomic<bool> stop{false};
  std::vector<std::thread> hogs;
  const unsigned processors = std::max(1u, std::thread::hardware_concurrency());
  for (unsigned i = 0; i < processors; ++i) {
    hogs.emplace_back([&] {
      while (!stop.load(std::memory_order_relaxed)) {
      }
    });
  }
  ThreadPool pool(static_cast<int>(4 * processors));
  std::atomic<int> calls{0};
  const auto begin = std::chrono::steady_clock::now();
  for (int round = 0; round < 200; ++round) pool.parallel_for(pool.threads(), [&](int) { calls.fetch_add(1); });
  const auto took = std::chrono::steady_clock::now() - begin;
  stop = true;
  for (std::thread& hog : hogs) hog.join();
  EXPECT_EQ(200 * pool.threads(), calls.load());
  EXPECT_LT(took, std::chrono::seconds(60));
}

TEST(ThreadPool, NumberOfThreadsFromText) {
  EXPECT_EQ(1, parse_threads("1"));
  EXPECT_EQ(64, parse_threads("64"));
  for (const char* text : {"0", "-1", "two", "2x", "4096", " 2"}) EXPECT_THROW(parse_threads(text), EngineError);
  EXPECT_GE(ThreadPool::shared().threads(), 1);
}

}  // namespace
}  // namespace cornu::cpu
