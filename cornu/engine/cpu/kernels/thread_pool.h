// A pool of threads for regions of a few microseconds: spin a little, then sleep; the caller works too.
//
// A region is `parts` calls of one function. Part p is meant for thread p (so that data stays in its cache), and the
// caller takes over whatever no thread has begun: a region never waits for a sleeping thread, only for one that is at
// work. Nothing spins without bound, so the pool stays usable when other processes want the cores.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>
#include <thread>
#include <type_traits>
#include <vector>

namespace cornu::cpu {

class ThreadPool {
 public:
  // Must not throw.
  using Function = void (*)(void* context, int part);

  // `threads` counts the caller: 1 starts none. 0: default_threads().
  explicit ThreadPool(int threads = 0);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  // Calls function(context, p) for every 0 <= p < parts, in parallel, and returns when all are done. Runs them one
  // after the other in the caller when there is one thread or one part, inside another region, and while another caller
  // uses the pool.
  void run(int parts, Function function, void* context);

  // The same for anything callable with the number of the part; nothing is allocated.
  template <class F>
  void parallel_for(int parts, F&& f) {
    using Body = std::remove_reference_t<F>;
    run(
        parts, [](void* context, int part) { (*static_cast<Body*>(context))(part); },
        const_cast<void*>(static_cast<const void*>(&f)));
  }

  // The pool of the process, made at the first call and never destroyed (its threads may outlive main).
  static ThreadPool& shared();

 private:
  struct Slot;
  struct Job;
  void work(int thread);
  static bool try_slot(Slot& slot, std::uint64_t generation);
  void run_slot(int slot);
  void wait_for(Slot& slot, std::uint64_t done);
  std::uint64_t wait_for_job(std::uint64_t seen);

  std::unique_ptr<Job> job_;
  std::unique_ptr<Slot[]> slots_;
  int slot_count_;
  std::vector<std::thread> workers_;
};

// CORNU_THREADS, or else the number of processors that this process may use. Throws EngineError when CORNU_THREADS is
// no number from 1 to 1024.
int default_threads();
int parse_threads(std::string_view text);

}  // namespace cornu::cpu
