// The engine as a whole: bits for any number of threads, several callers at once, updates in place, no allocation.
#include "cornu/engine/cpu/cpu_engine.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <thread>

#include "cornu/core/error.h"
#include "cornu/engine/cpu/test_graphs.h"

namespace {
std::atomic<long> allocations{0};
std::atomic<bool> counting{false};
}  // namespace

// Counts what run() must not do. GCC sees through the pair once it is inlined, and takes free() for a mistake.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
void* operator new(std::size_t size) {
  if (counting.load(std::memory_order_relaxed)) ++allocations;
  if (void* p = std::malloc(size ? size : 1)) return p;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  if (counting.load(std::memory_order_relaxed)) ++allocations;
  const auto a = static_cast<std::size_t>(alignment);
  if (void* p = std::aligned_alloc(a, (size + a - 1) / a * a)) return p;
  throw std::bad_alloc();
}
// std::stable_sort asks so. Sanitizers have one of their own, which knows nothing of the free() below.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  try {
    return operator new(size);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }

namespace cornu::cpu {
namespace {

// Buffers of one caller. Aliased outputs share the parameter's memory.
struct Caller {
  std::vector<Tensor> parameters, outputs;
  std::vector<const void*> in;
  std::vector<void*> out;
  Tensor workspace;

  Caller(const ir::Graph& graph, const Executable& executable) {
    int seed = 0;
    for (const ir::ValueId p : graph.parameters()) parameters.push_back(sample(graph.type(p), ++seed));
    for (Tensor& t : parameters) in.push_back(t.mutable_raw());
    for (const ir::ValueId o : graph.outputs()) outputs.push_back(Tensor(graph.shape(o), graph.type(o).dtype));
    for (Tensor& t : outputs) out.push_back(t.mutable_raw());
    for (const auto& [o, p] : graph.aliases())
      out[static_cast<std::size_t>(o)] = const_cast<void*>(in[static_cast<std::size_t>(p)]);
    workspace = Tensor::empty({static_cast<std::int64_t>(executable.workspace_bytes())}, uint8);
  }
  void run(const Executable& executable) { executable.run(in, out, workspace.mutable_raw()); }
};

TEST(CpuEngine, GivesTheSameBitsForAnyNumberOfThreads) {
  for (const auto& sizes :
       {std::array<std::int64_t, 4>{32, 784, 64, 10}, {256, 100, 130, 7}, {1, 50, 300, 3}, {512, 33, 65, 40}}) {
    const ir::Graph graph = training_step(sizes[0], sizes[1], sizes[2], sizes[3]);
    std::vector<Tensor> expected;
    for (const int threads : {1, 2, 3, 8}) {
      const auto executable = cpu_engine().compile(graph, {.threads = threads, .disabled_passes = {}});
      Caller caller(graph, *executable);
      for (int i = 0; i < 20; ++i) caller.run(*executable);
      if (expected.empty()) expected = caller.parameters;
      for (std::size_t p = 0; p < expected.size(); ++p)
        EXPECT_EQ(expected[p], caller.parameters[p]) << threads << " threads, parameter " << p;
    }
  }
}

TEST(CpuEngine, ServesManyCallersAtOnce) {
  const ir::Graph graph = training_step(64, 200, 64, 10);
  const auto executable = cpu_engine().compile(graph, {.threads = 2, .disabled_passes = {}});
  Caller alone(graph, *executable);
  for (int i = 0; i < 50; ++i) alone.run(*executable);
  std::vector<std::unique_ptr<Caller>> callers;
  for (int i = 0; i < 8; ++i) callers.push_back(std::make_unique<Caller>(graph, *executable));
  std::vector<std::thread> threads;
  for (auto& caller : callers)
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) caller->run(*executable);
    });
  for (std::thread& t : threads) t.join();
  for (const auto& caller : callers)
    for (std::size_t p = 0; p < alone.parameters.size(); ++p) EXPECT_EQ(alone.parameters[p], caller->parameters[p]);
}

TEST(CpuEngine, DoesNotAllocateWhileItRuns) {
  for (const int threads : {1, 2}) {
    const ir::Graph graph = training_step(64, 200, 64, 10);
    const auto executable = cpu_engine().compile(graph, {.threads = threads, .disabled_passes = {}});
    Caller caller(graph, *executable);
    caller.run(*executable);  // the first region starts the pool
    allocations = 0;
    counting = true;
    for (int i = 0; i < 10; ++i) caller.run(*executable);
    counting = false;
    EXPECT_EQ(allocations.load(), 0) << threads << " threads";
  }
}

TEST(CpuEngine, EveryPassCanBeSwitchedOff) {
  const ir::Graph graph = training_step(33, 50, 20, 10);
  std::vector<Tensor> expected;
  for (const char* off : {"", "all", "simplify", "cse", "fuse_dot", "fuse_rows"}) {
    const auto executable = cpu_engine().compile(graph, {.threads = 1, .disabled_passes = {off}});
    Caller caller(graph, *executable);
    for (int i = 0; i < 3; ++i) caller.run(*executable);
    if (expected.empty()) expected = caller.parameters;
    for (std::size_t p = 0; p < expected.size(); ++p)
      for (std::int64_t i = 0; i < expected[p].size(); ++i)
        ASSERT_NEAR(expected[p].at(i), caller.parameters[p].at(i), 1e-5) << off << ", parameter " << p;
  }
}

TEST(CpuEngine, RefusesANegativeNumberOfThreads) {
  EXPECT_THROW(cpu_engine().compile(training_step(2, 2, 2, 2), {.threads = -1, .disabled_passes = {}}), EngineError);
}

TEST(CpuEngine, DescribesItsSteps) {
  const auto executable = cpu_engine().compile(training_step(32, 784, 64, 10), {.threads = 1, .disabled_passes = {}});
  const std::string text = executable->describe();
  for (const char* step :
       {"gemm 32x64x784 +bias +relu", "gemm 32x64x10 +mask", "gemm 784x64x32 +=", "gemm 64x10x32 +="})
    EXPECT_NE(text.find(step), std::string::npos) << step << "\n" << text;
}

}  // namespace
}  // namespace cornu::cpu
