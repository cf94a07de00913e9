// Engine: turns a graph into something that runs. What layers, models and trainers know of engines is this file.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cornu/engine/communicator.h"
#include "cornu/ir/graph.h"

namespace cornu {

struct CompileOptions {
  // 0: the process-wide default (CORNU_THREADS, else the number of cores).
  int threads = 0;
  // Names of passes (and "winograd") to leave out, "all" for every one; CORNU_DISABLE_PASSES adds to it.
  std::vector<std::string> disabled_passes;
  // With whom all_reduce adds; it lives as long as what was compiled with it. Null: this is the only replica.
  Communicator* communicator = nullptr;
  // How many devices of this process run a loop together, and how many processes do the same; all_reduce adds over all.
  int replicas = 1, processes = 1;
};

// A compiled graph. It is constant: any number of threads may run it at once, each with a workspace of its own.
class Executable {
 public:
  virtual ~Executable() = default;
  // Scratch memory that one running call needs, in bytes; 64-byte aligned.
  virtual std::size_t workspace_bytes() const = 0;
  // What depends on fixed parameters alone is computed once, by prepare() into memory of this size (64-byte aligned),
  // and given to run() from then on, until one of those parameters changes. 0: there is nothing, and run() takes null.
  virtual std::size_t prepared_bytes() const { return 0; }
  // Reads fixed parameters only; the others may be null. Allocates what it needs meanwhile.
  virtual void prepare(std::span<const void* const> parameters, void* prepared) const {
    static_cast<void>(parameters);
    static_cast<void>(prepared);
  }
  // Runs once. `parameters[i]` holds the i-th parameter, `outputs[i]` receives the i-th output, each contiguous and of
  // the graph's type. An output that is aliased to a parameter is updated in place: pass the same pointer for both.
  // Does not allocate and does not throw; on a device it does both: EngineError, with the device's words.
  virtual void run(std::span<const void* const> parameters, std::span<void* const> outputs, void* workspace,
                   const void* prepared) const = 0;
  void run(std::span<const void* const> parameters, std::span<void* const> outputs, void* workspace) const {
    run(parameters, outputs, workspace, nullptr);
  }
  // What it does, a line a step: for people and for tests.
  virtual std::string describe() const = 0;
};

// A graph that is run again and again where its memory is: on a device. Some parameters have another value in each run,
// a line of a matrix; outputs update parameters (Graph::alias), or are lines of a matrix, too. One thread at a time.
class Loop {
 public:
  virtual ~Loop() = default;
  // Copies a parameter to the device (of one with lines: all of them), where it keeps its value from run to run. With
  // several replicas each gets it, but of a line its part: the neighbouring elements of the line's first axis.
  virtual void set(std::size_t parameter, const void* data) = 0;
  // Waits for what runs, and copies a parameter back; with several replicas, the first one's.
  virtual void get(std::size_t parameter, void* data) const = 0;
  // Likewise an output that updates nothing: all lines, as the last run() left them. Those that it did not run are
  // zeros. With several replicas, each line consists of their parts, as set() takes them apart.
  virtual void output(std::size_t output, void* data) const = 0;
  // Once for each of the lines [begin, end). Does not wait.
  virtual void run(std::int64_t begin, std::int64_t end) = 0;
};

// A device, as its plug-in describes it.
struct DeviceInfo {
  std::string engine;    // by which name it is used: "pjrt:/path/of/a/plug-in.so"
  std::string platform;  // "cpu", "cuda", ...
  std::string kind;      // "NVIDIA H100 80GB HBM3"
  int number = 0;        // among the plug-in's devices
  // Bytes that may be used, and that are; -1: the plug-in does not say.
  std::int64_t memory = -1, memory_in_use = -1;
  std::string error;  // not "": the plug-in cannot be used, and this is why
};

class Engine {
 public:
  virtual ~Engine() = default;
  virtual std::string_view name() const = 0;
  // Whether it computes where the host's tensors lie. Then a loop is nothing but calls of Executable::run(), and loop()
  // gives null.
  virtual bool in_host_memory() const { return true; }
  // Bytes that data and programs may take on one device. 0: no limit is known.
  virtual std::int64_t memory() const { return 0; }
  // How many devices of this process may run a loop together, each as a replica, and over how many processes.
  virtual int devices() const { return 1; }
  virtual int processes() const { return 1; }
  // With each of the parameters `by_line` a matrix of `lines` values for it, one for each run. On several devices with
  // CompileOptions::replicas: then the graph is that of one replica. Throws EngineError.
  virtual std::unique_ptr<Loop> loop(ir::Graph graph, const std::vector<std::size_t>& by_line, std::int64_t lines,
                                     const CompileOptions& options = {}) const {
    static_cast<void>(graph), static_cast<void>(by_line), static_cast<void>(lines), static_cast<void>(options);
    return nullptr;
  }
  // Throws EngineError when the engine cannot run this graph.
  virtual std::unique_ptr<Executable> compile(ir::Graph graph, const CompileOptions& options = {}) const = 0;
};

// "cpu" (the default), "reference", or, where it was built, "pjrt" or "pjrt:PLUGIN". Throws EngineError for a name that
// this build does not have, or whose plug-in cannot be used. The environment variable CORNU_ENGINE is what "" means.
const Engine& engine(std::string_view name = "");
// The engines of this build, the default first.
std::vector<std::string> engine_names();
// The devices of all plug-ins that are found; empty in a build that takes none. Each plug-in is asked in a process of
// its own: none can harm this one.
std::vector<DeviceInfo> devices();

// Runs a graph once on tensors: for tests, constants and small host computations. Throws ValueError when the tensors do
// not fit the parameters.
std::vector<Tensor> evaluate(const Engine& engine, const ir::Graph& graph, const std::vector<Tensor>& parameters,
                             const CompileOptions& options = {});

}  // namespace cornu
