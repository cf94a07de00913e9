// How long one judgment takes: one sample, one thread, warm, as median and 99.9th percentile; and how much two threads
// get out of one judge.
//
//   bench_judge MODEL... [--seconds S]
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "cornu/core/random.h"
#include "cornu/judge/judge.h"

namespace cornu {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

// Half of the numbers are zeros, as in the pictures that such models judge.
std::vector<float> made_up(std::int64_t size) {
  RandomStream random(1);
  std::vector<float> out(static_cast<std::size_t>(size));
  for (float& v : out) v = std::max(0.0f, static_cast<float>(random.uniform()) * 2 - 1);
  return out;
}

struct Sample {
  std::vector<float> x, y;
  explicit Sample(const Judge& judge)
      : x(made_up(judge.inputs()[0].shape.slice(1, judge.inputs()[0].shape.rank()).size())),
        y(static_cast<std::size_t>(judge.outputs()[0].shape.slice(1, judge.outputs()[0].shape.rank()).size())) {}
  void run(const Judge& judge) {
    const void* const in = x.data();
    void* const out = y.data();
    judge.judge(1, {&in, 1}, {&out, 1});
  }
};

struct Latency {
  double median, p999;
};

Latency latency(const Judge& judge, double seconds) {
  Sample sample(judge);
  for (int i = 0; i < 1000; ++i) sample.run(judge);
  std::vector<double> times;
  times.reserve(std::size_t{1} << 22);
  const Clock::time_point begin = Clock::now();
  Clock::time_point before = begin;
  while (times.size() < times.capacity() && std::chrono::duration<double>(before - begin).count() < seconds) {
    sample.run(judge);
    const Clock::time_point now = Clock::now();
    times.push_back(std::chrono::duration<double>(now - before).count());
    before = now;
  }
  std::sort(times.begin(), times.end());
  return {times[times.size() / 2], times[times.size() * 999 / 1000]};
}

// Judgments a second of so many threads on one judge.
double throughput(const Judge& judge, int threads, double seconds) {
  std::atomic<long> judged{0};
  std::atomic<int> ready{0};
  std::atomic<bool> stop{false};
  std::vector<std::thread> team;
  for (int t = 0; t < threads; ++t)
    team.emplace_back([&] {
      Sample sample(judge);
      for (int i = 0; i < 1000; ++i) sample.run(judge);
      ++ready;
      while (ready < threads) std::this_thread::yield();
      long mine = 0;
      for (; !stop; ++mine) sample.run(judge);
      judged += mine;
    });
  while (ready < threads) std::this_thread::yield();
  const Clock::time_point begin = Clock::now();
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  stop = true;
  const double took = seconds_since(begin);
  for (std::thread& t : team) t.join();
  return static_cast<double>(judged) / took;
}

void measure(const std::string& path, double seconds) {
  const Judge judge(path);
  const Latency one = latency(judge, seconds);
  const double single = throughput(judge, 1, seconds), both = throughput(judge, 2, seconds);
  std::printf("%-28s median %6.2f us   99.9 %% %7.2f us   1 thread %8.0f/s   2 threads %8.0f/s   ratio %.2f\n",
              path.substr(path.rfind('/') + 1).c_str(), one.median * 1e6, one.p999 * 1e6, single, both, both / single);
}

}  // namespace
}  // namespace cornu

int main(int argc, char** argv) {
  double seconds = 1;
  std::vector<std::string> models;
  for (int i = 1; i < argc; ++i)
    if (std::strcmp(argv[i], "--seconds") == 0 && i + 1 < argc)
      seconds = std::atof(argv[++i]);
    else
      models.emplace_back(argv[i]);
  for (const std::string& model : models) cornu::measure(model, seconds);
  if (models.empty()) std::printf("usage: bench_judge MODEL... [--seconds S]\n");
}
