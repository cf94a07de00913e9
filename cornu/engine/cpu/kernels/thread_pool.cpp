#include "cornu/engine/cpu/kernels/thread_pool.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>

#if defined(__linux__)
#include <sched.h>
#endif
#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

#include "cornu/core/error.h"

namespace cornu::cpu {
namespace {

// How long an idle thread stays hot. A sleeping one takes 5 to 50 us to wake, so this covers the serial stretches
// between the regions of a training step, and no more.
constexpr std::chrono::microseconds kSpin{30};
constexpr int kPausesBetweenClockReads = 32;
constexpr std::size_t kCacheLine = 64;
constexpr int kSlotBits = 13;  // 1024 threads of 4 slots

void pause() {
#if defined(__x86_64__) || defined(__i386__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Spins until ready() or until kSpin has passed; returns ready().
template <class Ready>
bool spin_until(Ready ready) {
  if (ready()) return true;
  const auto end = std::chrono::steady_clock::now() + kSpin;
  while (true) {
    for (int i = 0; i < kPausesBetweenClockReads; ++i) {
      pause();
      if (ready()) return true;
    }
    if (std::chrono::steady_clock::now() >= end) return ready();
  }
}

}  // namespace

// The state of one share of a region: 2 * generation - 1 while someone runs it, 2 * generation when it is done. It
// only grows, so a thread that comes late with an old generation can never take a new share.
struct alignas(kCacheLine) ThreadPool::Slot {
  std::atomic<std::uint64_t> state{0};
};

struct alignas(kCacheLine) ThreadPool::Job {
  // Written by the caller before `word`, read by whoever has taken a slot of that generation.
  Function function = nullptr;
  void* context = nullptr;
  int parts = 0;
  int slots = 0;
  // The generation (the number of the region) and its number of slots in one word: a late thread must not combine an
  // old generation with a new number.
  std::atomic<std::uint64_t> word{0};
  // Apart from the above, since they change while regions run.
  alignas(kCacheLine) std::atomic<int> parked{0};
  std::atomic<bool> caller_sleeps{false};
  std::atomic<bool> stop{false};
  alignas(kCacheLine) std::atomic<bool> busy{false};
};

ThreadPool::ThreadPool(int threads) : job_(std::make_unique<Job>()) {
  const int count = threads > 0 ? threads : default_threads();
  // More parts than slots share slots; a few for each thread even out unequal parts.
  slot_count_ = 4 * count;
  slots_ = std::make_unique<Slot[]>(static_cast<std::size_t>(slot_count_));
  workers_.reserve(static_cast<std::size_t>(count - 1));
  for (int i = 1; i < count; ++i) workers_.emplace_back([this, i] { work(i); });
}

ThreadPool::~ThreadPool() {
  job_->stop.store(true);
  job_->word.fetch_add(std::uint64_t{1} << kSlotBits);
  job_->word.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

bool ThreadPool::try_slot(Slot& slot, std::uint64_t generation) {
  std::uint64_t state = slot.state.load(std::memory_order_acquire);
  const std::uint64_t taken = 2 * generation - 1;
  if (state >= taken) return false;
  return slot.state.compare_exchange_strong(state, taken, std::memory_order_acq_rel);
}

// Runs the parts of a slot that this thread has taken, and says so.
void ThreadPool::run_slot(int index) {
  Job& job = *job_;
  Slot& slot = slots_[static_cast<std::size_t>(index)];
  const std::int64_t parts = job.parts, slots = job.slots;
  const int end = static_cast<int>(parts * (index + 1) / slots);
  for (int part = static_cast<int>(parts * index / slots); part < end; ++part) job.function(job.context, part);
  // Sequentially consistent with caller_sleeps, so that either the caller sees the new state or we see it asleep.
  slot.state.fetch_add(1);
  if (job.caller_sleeps.load()) slot.state.notify_all();
}

void ThreadPool::wait_for(Slot& slot, std::uint64_t done) {
  const auto ready = [&] { return slot.state.load(std::memory_order_acquire) == done; };
  if (spin_until(ready)) return;
  // The thread at work is slow, or has lost its processor: leave it ours.
  job_->caller_sleeps.store(true);
  while (!ready()) slot.state.wait(done - 1);
  job_->caller_sleeps.store(false);
}

void ThreadPool::run(int parts, Function function, void* context) {
  Job& job = *job_;
  if (parts <= 1 || workers_.empty() || job.busy.load(std::memory_order_relaxed) ||
      job.busy.exchange(true, std::memory_order_acquire)) {
    for (int part = 0; part < parts; ++part) function(context, part);
    return;
  }
  job.function = function;
  job.context = context;
  job.parts = parts;
  const int slots = job.slots = std::min(parts, slot_count_);
  const std::uint64_t generation = (job.word.load(std::memory_order_relaxed) >> kSlotBits) + 1;
  // Sequentially consistent with `parked`, so that either a thread about to sleep sees the new word or we see it.
  job.word.store(generation << kSlotBits | static_cast<std::uint64_t>(slots));
  if (job.parked.load() > 0) job.word.notify_all();
  for (int i = 0; i < slots; ++i) {
    if (try_slot(slots_[static_cast<std::size_t>(i)], generation)) run_slot(i);
  }
  for (int i = 0; i < slots; ++i) wait_for(slots_[static_cast<std::size_t>(i)], 2 * generation);
  job.busy.store(false, std::memory_order_release);
}

// Returns the word that came after `seen`.
std::uint64_t ThreadPool::wait_for_job(std::uint64_t seen) {
  Job& job = *job_;
  const auto ready = [&] { return job.word.load(std::memory_order_acquire) != seen; };
  if (!spin_until(ready)) {
    job.parked.fetch_add(1);
    while (!ready()) job.word.wait(seen);
    job.parked.fetch_sub(1);
  }
  return job.word.load(std::memory_order_acquire);
}

void ThreadPool::work(int thread) {
  std::uint64_t word = 0;
  while (true) {
    word = wait_for_job(word);
    if (job_->stop.load()) return;
    const std::uint64_t generation = word >> kSlotBits;
    const int slots = static_cast<int>(word & ((std::uint64_t{1} << kSlotBits) - 1));
    // The own slot first, then those beyond it; the caller looks at all of them.
    for (int i = thread; i < slots; ++i) {
      if (try_slot(slots_[static_cast<std::size_t>(i)], generation)) run_slot(i);
    }
  }
}

ThreadPool& ThreadPool::shared() {
  static ThreadPool* const pool = new ThreadPool();  // leaked on purpose: see the header
  return *pool;
}

int parse_threads(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 1 || value > 1024) {
    throw EngineError(cat("[cpu engine] CORNU_THREADS=", text, " is not usable.\n",
                          "  expected: a number from 1 to 1024\n",
                          "  leave it unset to use every processor of this process"));
  }
  return value;
}

int default_threads() {
  if (const char* text = std::getenv("CORNU_THREADS"); text != nullptr && *text != '\0') return parse_threads(text);
#if defined(__linux__)
  cpu_set_t set;  // respects taskset and the cpusets of containers
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
#endif
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace cornu::cpu
