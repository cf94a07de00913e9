#include "cornu/engine/cpu/cpu_engine.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "cornu/core/error.h"
#include "cornu/core/judge_only.h"
#include "cornu/engine/cpu/executable.h"
#include "cornu/engine/cpu/kernels/kernels.h"
#include "cornu/engine/cpu/kernels/thread_pool.h"
#include "cornu/engine/cpu/lowering.h"
#include "cornu/engine/cpu/plan_memory.h"
#include "cornu/engine/cpu/prologue.h"
#include "cornu/engine/cpu/reductions.h"
#include "cornu/engine/cpu/widen.h"
#include "cornu/engine/number_replica.h"
#include "cornu/passes/pass.h"

namespace cornu {
namespace {

passes::PipelineOptions pipeline_options(const CompileOptions& options) {
  passes::PipelineOptions out;
  out.disabled = options.disabled_passes;
  if (const char* names = std::getenv("CORNU_DISABLE_PASSES"))
    for (const std::string& name : split(names, ',')) out.disabled.emplace_back(trim(name));
  const char* verify = std::getenv("CORNU_VERIFY");
  out.verify = verify != nullptr && *verify != '\0' && *verify != '0';
#ifndef NDEBUG
  out.verify = true;
#endif
  return out;
}

class CpuEngine final : public Engine {
 public:
  std::string_view name() const override { return "cpu"; }

  std::unique_ptr<Executable> compile(ir::Graph graph, const CompileOptions& options) const override {
    if (options.threads < 0)
      throw EngineError(cat("[cpu engine] received: ", options.threads, " threads\n  expected: 0 or more"));
    const int threads = options.threads > 0 ? options.threads : cpu::default_threads();
    cpu::kernels();  // complains here, not in run(), when CORNU_CPU names nothing usable
    std::vector<passes::PassTime> times;
    const passes::PipelineOptions pipeline = pipeline_options(options);
    // Choices of the engine that can be switched off like a pass.
    const auto is_off = [&pipeline](std::string_view choice) {
      return std::any_of(pipeline.disabled.begin(), pipeline.disabled.end(),
                         [choice](const std::string& name) { return name == choice || name == "all"; });
    };
    // The only replica, and a judge: all_reduce is nothing.
    const bool alone = kJudgeOnly || !options.communicator || options.communicator->size() == 1;
    // A judge alone computes nothing in 16 bits (computed_types.h).
    if (!kJudgeOnly && !is_off("widen")) graph = cpu::widen(graph);
    // Random numbers of training are all that asks for it.
    if (!kJudgeOnly) graph = number_replica(std::move(graph), options.communicator);
    std::optional<cpu::Buckets> buckets;
    if (!kJudgeOnly && !alone) buckets.emplace(graph);
    graph = passes::run_pipeline(std::move(graph), pipeline, &times);
    std::string notes;
    for (const passes::PassTime& t : times)
      notes += cat("pass ", t.name, ": ", t.nodes, " nodes, ", t.seconds * 1e3, " ms\n");
    cpu::Program program = cpu::lower(graph, threads, !is_off("winograd"), alone ? nullptr : options.communicator);
    if (!kJudgeOnly && buckets) cpu::start_reductions_early(program, *buckets);
    cpu::split_prologue(program);
    const std::size_t arena = cpu::plan_memory(program);
    return std::make_unique<cpu::CpuExecutable>(std::move(program), arena, std::move(notes));
  }
};

}  // namespace

const Engine& cpu_engine() {
  static const CpuEngine engine;
  return engine;
}

}  // namespace cornu
