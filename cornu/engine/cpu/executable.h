// What the CPU engine compiles a graph to: a list of steps and where their memory lies.
#pragma once

#include <vector>

#include "cornu/engine/cpu/pace.h"
#include "cornu/engine/cpu/program.h"
#include "cornu/engine/cpu/team.h"
#include "cornu/engine/engine.h"

namespace cornu::cpu {

// One step's share of the time, summed over many runs.
struct StepTime {
  std::string label;
  double seconds = 0.0;
};

class CpuExecutable final : public Executable {
 public:
  // `notes` go in front of describe().
  CpuExecutable(Program program, std::size_t arena_bytes, std::string notes);

  std::size_t workspace_bytes() const override { return layout_.total; }
  using Executable::run;
  std::size_t prepared_bytes() const override { return program_.prepared_bytes; }
  void prepare(std::span<const void* const> parameters, void* prepared) const override;
  void run(std::span<const void* const> parameters, std::span<void* const> outputs, void* workspace,
           const void* prepared) const override;
  std::string describe() const override;

  // Runs `runs` times on one thread and measures each step.
  std::vector<StepTime> profile(std::span<const void* const> parameters, std::span<void* const> outputs,
                                void* workspace, int runs) const;

 private:
  struct Layout {
    std::size_t lanes = 0, slots = 0, arena = 0, scratch = 0;  // where each begins
    std::size_t scratch_bytes = 0;                             // of one thread
    std::size_t total = 0;
  };
  struct Bound {
    Slot slot;
    int index;
    std::size_t offset;
  };
  struct Running;
  void run_alone(std::byte* workspace) const;
  void run_together(std::byte* workspace) const;

  void place_slots();
  void find_phases();
  // Fills the table of slots.
  void bind(std::span<const void* const> parameters, std::span<void* const> outputs, std::byte* workspace,
            const void* prepared) const;
  void bind_fixed(std::span<const void* const> parameters, const void* prepared, void** slots) const;
  void run_step(std::size_t step, int part, int thread, std::byte* workspace) const;

  Program program_;
  std::string notes_;
  std::size_t arena_bytes_;
  Layout layout_;
  std::vector<Bound> parameters_, outputs_, arena_, prepared_;
  std::vector<std::pair<Slot, const void*>> constants_;
  std::vector<TeamPlan::Item> items_;
  bool parallel_ = false;
  mutable Pace pace_;  // knows nothing that a result depends on
};

}  // namespace cornu::cpu
