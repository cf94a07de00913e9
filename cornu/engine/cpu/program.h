// Program: the steps that a graph is lowered to, with the slots that they use. Input of the memory planner.
#pragma once

#include "cornu/core/tensor.h"
#include "cornu/engine/communicator.h"
#include "cornu/engine/cpu/step.h"

namespace cornu::cpu {

enum class Place : std::uint8_t {
  kArena,      // an intermediate: `index` is unused, `offset` counts from the start of the arena
  kParameter,  // the caller's parameter `index`
  kOutput,     // the caller's output `index`
  kConstant,   // made when the graph was compiled
  kPrepared,   // made by the prologue, `offset` counts from the start of what was prepared
};

struct SlotInfo {
  std::size_t bytes = 0;
  // A view is another slot's memory from `offset` on: the result of a reshape, say. -1: no view.
  Slot view_of = -1;
  Place place = Place::kArena;
  int index = 0;
  std::size_t offset = 0;
  Tensor constant{};
  bool fixed = false;  // holds the same numbers over many runs: a fixed parameter, or what is made of such alone
  // The slot holds a pointer to each row of its value instead of the rows, which lie in this slot. Only products of
  // matrices read such a slot, as their left side: row_pointers.h. -1: the value itself.
  Slot rows_in = -1;
};

struct Program {
  std::vector<SlotInfo> slots;
  std::vector<Step> steps;  // in an order in which they may run
  // Steps that depend on fixed parameters alone: run once, before the first run. See prologue.h.
  std::vector<Step> prologue;
  std::size_t prepared_bytes = 0, preparing_bytes = 0;
  // The slot that holds each output before it is known where outputs lie.
  std::vector<Slot> outputs;
  // (output, parameter): one buffer.
  std::vector<std::pair<int, int>> aliases;
  int parameters = 0;
  bool winograd = true;    // may be used where it suits
  bool has_fixed = false;  // some parameters are fixed
  int threads = 1;
  Communicator* communicator = nullptr;  // of all_reduce; null: the only replica

  Slot root(Slot slot) const {
    while (slots[static_cast<std::size_t>(slot)].view_of >= 0) slot = slots[static_cast<std::size_t>(slot)].view_of;
    return slot;
  }
  SlotInfo& operator[](Slot slot) { return slots[static_cast<std::size_t>(slot)]; }
  const SlotInfo& operator[](Slot slot) const { return slots[static_cast<std::size_t>(slot)]; }
  Slot add_slot(std::size_t bytes) {
    slots.push_back({.bytes = bytes});
    return static_cast<Slot>(slots.size()) - 1;
  }
  Slot add_view(Slot of, std::size_t bytes, std::size_t offset = 0) {
    slots.push_back({.bytes = bytes, .view_of = of, .offset = offset});
    return static_cast<Slot>(slots.size()) - 1;
  }
};

// A step that copies one slot to another of the same size.
Step copy_step(const Program& program, Slot from, Slot to);

}  // namespace cornu::cpu
