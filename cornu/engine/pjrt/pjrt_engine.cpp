#include "cornu/engine/pjrt/pjrt_engine.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <mutex>

#include "cornu/core/error.h"
#include "cornu/engine/pjrt/loop.h"
#include "cornu/engine/pjrt/simplify.h"
#include "cornu/stablehlo/stablehlo.h"

namespace cornu {
namespace {

using pjrt::Buffer;
using pjrt::Plugin;
using pjrt::simplified;

class PjrtExecutable : public Executable {
 public:
  PjrtExecutable(const Plugin& plugin, const ir::Graph& graph)
      : plugin_(plugin), program_(plugin, stablehlo::print_module(graph, pjrt::print_options())) {
    for (const ir::ValueId v : graph.parameters()) parameters_.push_back(graph.type(v));
    for (const ir::ValueId v : graph.outputs()) outputs_.push_back(graph.type(v));
  }

  std::size_t workspace_bytes() const override { return 0; }
  void run(std::span<const void* const> parameters, std::span<void* const> outputs, void*, const void*) const override {
    std::vector<Buffer> in;
    std::vector<PJRT_Buffer*> arguments;
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      in.push_back(Buffer::from_host(plugin_, parameters[i], parameters_[i]));
      arguments.push_back(in.back().get());
    }
    const std::vector<std::vector<Buffer>> out = program_.run({arguments}, outputs_.size());
    for (std::size_t i = 0; i < outputs_.size(); ++i) out[0][i].to_host(outputs[i], outputs_[i].bytes());
  }
  std::string describe() const override { return program_.text(); }

 private:
  const Plugin& plugin_;
  pjrt::Program program_;
  std::vector<ir::Type> parameters_, outputs_;
};

class PjrtEngine : public Engine {
 public:
  explicit PjrtEngine(const Plugin& plugin) : plugin_(plugin) {}
  std::string_view name() const override { return "pjrt"; }
  std::unique_ptr<Executable> compile(ir::Graph graph, const CompileOptions& options) const override {
    return std::make_unique<PjrtExecutable>(plugin_, simplified(std::move(graph), options));
  }
  bool in_host_memory() const override { return false; }
  int devices() const override { return static_cast<int>(plugin_.device_count()); }
  int processes() const override { return plugin_.processes(); }
  std::int64_t memory() const override {
    const char* const text = std::getenv("CORNU_DEVICE_MEMORY");
    if (text == nullptr || *text == '\0') return std::max<std::int64_t>(0, plugin_.memory().limit);
    char* end = nullptr;
    const long long bytes = std::strtoll(text, &end, 10);
    if (*end == '\0' && bytes > 0) return bytes;
    throw EngineError(cat("[pjrt] received: \"", text, "\" from the environment variable CORNU_DEVICE_MEMORY",
                          "\n  expected: how many bytes of a device's memory may be used, such as 8000000000"));
  }
  std::unique_ptr<Loop> loop(ir::Graph graph, const std::vector<std::size_t>& by_line, std::int64_t lines,
                             const CompileOptions& options) const override {
    return std::make_unique<pjrt::PjrtLoop>(plugin_, simplified(std::move(graph), options), by_line, lines,
                                            pjrt::ProgramOptions{options.replicas, options.processes});
  }

 private:
  const Plugin& plugin_;
};

}  // namespace

std::vector<DeviceInfo> pjrt_devices() {
  std::vector<DeviceInfo> out;
  for (const std::string& path : Plugin::found())
    for (DeviceInfo& device : Plugin::describe(path)) out.push_back(std::move(device));
  return out;
}

const Engine& pjrt_engine(std::string_view plugin) {
  static std::mutex mutex;
  static std::map<const Plugin*, PjrtEngine> engines;
  const Plugin& loaded = Plugin::get(plugin);
  const std::lock_guard lock(mutex);
  return engines.try_emplace(&loaded, loaded).first->second;
}

}  // namespace cornu
