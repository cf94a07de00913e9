#include "cornu/engine/cpu/executable.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <new>

#include "cornu/core/text.h"
#include "cornu/engine/cpu/flush_denormals.h"
#include "cornu/engine/cpu/kernels/kernels.h"
#include "cornu/engine/cpu/kernels/thread_pool.h"
#include "cornu/engine/cpu/plan_memory.h"

namespace cornu::cpu {
namespace {

std::size_t round_up(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

void* at(const void* base, std::size_t offset) {
  return const_cast<std::byte*>(static_cast<const std::byte*>(base)) + offset;
}

}  // namespace

CpuExecutable::CpuExecutable(Program program, std::size_t arena_bytes, std::string notes)
    : program_(std::move(program)), notes_(std::move(notes)), arena_bytes_(arena_bytes) {
  place_slots();
  find_phases();
  for (const Step& step : program_.steps)
    layout_.scratch_bytes = std::max(layout_.scratch_bytes, round_up(step.scratch_bytes));
  if (parallel_) layout_.scratch_bytes += 512;  // no core fetches ahead into another's
  layout_.slots = parallel_ ? static_cast<std::size_t>(program_.threads) * sizeof(TeamLane) : 0;
  layout_.arena = layout_.slots + round_up(program_.slots.size() * sizeof(void*));
  layout_.scratch = layout_.arena + round_up(arena_bytes_);
  layout_.total = layout_.scratch + layout_.scratch_bytes * static_cast<std::size_t>(parallel_ ? program_.threads : 1);
}

void CpuExecutable::place_slots() {
  for (std::size_t i = 0; i < program_.slots.size(); ++i) {
    const auto slot = static_cast<Slot>(i);
    const Slot root = program_.root(slot);
    const SlotInfo& info = program_[root];
    const bool planned = info.place == Place::kArena || info.place == Place::kPrepared;
    std::size_t offset = planned ? info.offset : 0;
    for (Slot s = slot; s != root; s = program_[s].view_of) offset += program_[s].offset;
    switch (info.place) {
      case Place::kParameter: parameters_.push_back({slot, info.index, offset}); break;
      case Place::kOutput: outputs_.push_back({slot, info.index, offset}); break;
      case Place::kArena: arena_.push_back({slot, 0, offset}); break;
      case Place::kPrepared: prepared_.push_back({slot, 0, offset}); break;
      case Place::kConstant:
        constants_.emplace_back(slot, static_cast<const std::byte*>(info.constant.raw()) + offset);
        break;
    }
  }
}

// A step starts a phase when it touches memory that an earlier step of the phase writes, or writes what one reads.
void CpuExecutable::find_phases() {
  const std::vector<Extent> where = extents(program_);
  const auto touches = [&where](const std::vector<Slot>& a, const std::vector<Slot>& b) {
    return std::any_of(a.begin(), a.end(), [&](Slot x) {
      return std::any_of(b.begin(), b.end(), [&](Slot y) {
        return overlap(where[static_cast<std::size_t>(x)], where[static_cast<std::size_t>(y)]);
      });
    });
  };
  std::size_t phase = 0;
  for (std::size_t i = 0; i < program_.steps.size(); ++i) {
    const Step& step = program_.steps[i];
    bool starts = false;
    for (std::size_t k = phase; k < i && !starts; ++k) {
      const Step& earlier = program_.steps[k];
      starts = touches(step.reads, earlier.writes) || touches(step.writes, earlier.writes) ||
               touches(step.writes, earlier.reads);
    }
    if (starts) phase = i;
    items_.push_back({step.parts, starts});
    parallel_ = parallel_ || step.parts > 1;
  }
}

void CpuExecutable::bind_fixed(std::span<const void* const> parameters, const void* prepared, void** slots) const {
  for (const Bound& b : parameters_) slots[b.slot] = at(parameters[static_cast<std::size_t>(b.index)], b.offset);
  for (const Bound& b : prepared_) slots[b.slot] = at(prepared, b.offset);
  for (const auto& [slot, data] : constants_) slots[slot] = const_cast<void*>(data);
}

void CpuExecutable::bind(std::span<const void* const> parameters, std::span<void* const> outputs, std::byte* workspace,
                         const void* prepared) const {
  auto** slots = reinterpret_cast<void**>(workspace + layout_.slots);
  bind_fixed(parameters, prepared, slots);
  for (const Bound& b : outputs_) slots[b.slot] = at(outputs[static_cast<std::size_t>(b.index)], b.offset);
  for (const Bound& b : arena_) slots[b.slot] = workspace + layout_.arena + b.offset;
}

// Rarely run, so one thread does it all, in memory of its own.
void CpuExecutable::prepare(std::span<const void* const> parameters, void* prepared) const {
  if (program_.prologue.empty()) return;
  const FlushDenormals flush;
  std::size_t scratch_bytes = 0;
  for (const Step& step : program_.prologue) scratch_bytes = std::max(scratch_bytes, round_up(step.scratch_bytes));
  const auto room = [](std::size_t bytes) { return Tensor::empty({static_cast<std::int64_t>(bytes)}, uint8); };
  Tensor all = room(program_.prepared_bytes + program_.preparing_bytes), scratch = room(scratch_bytes);
  std::vector<void*> slots(program_.slots.size());
  bind_fixed(parameters, all.mutable_raw(), slots.data());
  for (const Step& step : program_.prologue)
    for (int part = 0; part < step.parts; ++part)
      step.run({step.args.get(), slots.data(), part, step.parts, static_cast<std::byte*>(scratch.mutable_raw())});
  std::memcpy(prepared, all.raw(), program_.prepared_bytes);
}

void CpuExecutable::run_step(std::size_t index, int part, int thread, std::byte* workspace) const {
  const Step& step = program_.steps[index];
  step.run({step.args.get(), reinterpret_cast<void**>(workspace + layout_.slots), part, step.parts,
            workspace + layout_.scratch + layout_.scratch_bytes * static_cast<std::size_t>(thread)});
}

struct CpuExecutable::Running {
  const CpuExecutable* executable;
  std::byte* workspace;
  TeamPlan plan;
};

void CpuExecutable::run(std::span<const void* const> parameters, std::span<void* const> outputs, void* memory,
                        const void* prepared) const {
  const FlushDenormals flush;
  auto* workspace = static_cast<std::byte*>(memory);
  bind(parameters, outputs, workspace, prepared);
  if (!parallel_) return run_alone(workspace);
  if (pace_.parallel())
    run_together(workspace);
  else
    run_alone(workspace);
  pace_.ended();
}

void CpuExecutable::run_alone(std::byte* workspace) const {
  for (std::size_t i = 0; i < program_.steps.size(); ++i)
    for (int part = 0; part < program_.steps[i].parts; ++part) run_step(i, part, 0, workspace);
}

void CpuExecutable::run_together(std::byte* workspace) const {
  auto* lanes = reinterpret_cast<TeamLane*>(workspace);
  for (int i = 0; i < program_.threads; ++i) new (lanes + i) TeamLane();
  Running running{this, workspace, {}};
  running.plan = {items_.data(), static_cast<int>(items_.size()),
                  [](void* context, int item, int part, int thread) {
                    const auto& r = *static_cast<Running*>(context);
                    r.executable->run_step(static_cast<std::size_t>(item), part, thread, r.workspace);
                  },
                  &running};
  ThreadPool::shared().run(
      program_.threads,
      [](void* context, int thread) {
        const FlushDenormals flush;
        const auto& r = *static_cast<Running*>(context);
        walk(r.plan, reinterpret_cast<TeamLane*>(r.workspace), r.executable->program_.threads, thread);
      },
      &running);
}

std::string CpuExecutable::describe() const {
  std::string out = cat(notes_, "cpu ", cpu_target_name(), ", ", program_.threads, " threads, arena ", arena_bytes_,
                        " bytes, workspace ", layout_.total, " bytes\n");
  for (const Step& step : program_.prologue) out += cat("once: ", step.label, '\n');
  for (std::size_t i = 0; i < program_.steps.size(); ++i) {
    const Step& step = program_.steps[i];
    out += cat(i, ' ', items_[i].starts_phase ? "| " : "  ", step.label,
               step.parts > 1 ? cat(" / ", step.parts) : std::string(), '\n');
  }
  return out;
}

std::vector<StepTime> CpuExecutable::profile(std::span<const void* const> parameters, std::span<void* const> outputs,
                                             void* memory, int runs) const {
  const FlushDenormals flush;
  auto* workspace = static_cast<std::byte*>(memory);
  const Tensor prepared = Tensor::empty({static_cast<std::int64_t>(program_.prepared_bytes)}, uint8);
  prepare(parameters, const_cast<void*>(prepared.raw()));
  bind(parameters, outputs, workspace, prepared.raw());
  std::vector<StepTime> times;
  for (const Step& step : program_.steps) times.push_back({step.label, 0.0});
  for (int r = 0; r < runs; ++r) {
    auto start = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < program_.steps.size(); ++i) {
      for (int part = 0; part < program_.steps[i].parts; ++part) run_step(i, part, 0, workspace);
      const auto end = std::chrono::steady_clock::now();
      times[i].seconds += std::chrono::duration<double>(end - start).count();
      start = end;
    }
  }
  return times;
}

}  // namespace cornu::cpu
