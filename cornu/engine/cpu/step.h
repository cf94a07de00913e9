// Step: one unit of work of a compiled plan, and the slots through which steps find their memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace cornu::cpu {

// A piece of memory that steps read and write. Where it lies is known when a plan runs: run() fills a table of
// pointers.
using Slot = int;

// What a step is given when it runs.
struct StepCall {
  const void* args;    // the step's own, made when the graph was compiled
  void* const* slots;  // address of each slot
  int part, parts;     // which share of the work
  std::byte* scratch;  // of the running thread alone, 64-byte aligned
};

using StepFunction = void (*)(const StepCall& call);

struct Step {
  StepFunction run = nullptr;
  std::shared_ptr<const void> args;
  // Into how many parts the work is split; every part writes other memory.
  int parts = 1;
  std::size_t scratch_bytes = 0;
  std::vector<Slot> reads, writes;
  // (read, written): the two may be one piece of memory.
  std::vector<std::pair<Slot, Slot>> in_place;
  // What it is, for describe(): "gemm 32x64x784 +bias +relu".
  std::string label;
};

}  // namespace cornu::cpu
