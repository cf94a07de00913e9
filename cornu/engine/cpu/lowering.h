// Lowering: from a graph to the steps of a program, a node at a time.
#pragma once

#include "cornu/engine/cpu/program.h"
#include "cornu/ir/graph.h"

namespace cornu::cpu {

class Lowering {
 public:
  Lowering(const ir::Graph& graph, Program& program);
  // Lowers every node. Parameters are bound before.
  void run();
  // The value lives in this slot.
  void bind(ir::ValueId value, Slot slot) { slot_of_[static_cast<std::size_t>(value)] = slot; }

  const ir::Graph& graph() const { return graph_; }
  Program& program() { return program_; }
  const Program& program() const { return program_; }
  int threads() const { return program_.threads; }
  // The slot of a value; made when first asked for.
  Slot slot(ir::ValueId value);
  std::vector<Slot> slots(const std::vector<ir::ValueId>& values);
  // The value is the same memory as another one: no step at all.
  void make_view(ir::ValueId value, ir::ValueId of);
  Slot add_constant(Tensor value);
  Slot add_scratch_slot(std::size_t bytes) { return program_.add_slot(bytes); }
  void emit(Step step);

 private:
  void lower(const ir::Node& node);

  const ir::Graph& graph_;
  Program& program_;
  std::vector<Slot> slot_of_;
};

Program lower(const ir::Graph& graph, int threads, bool winograd = true, Communicator* communicator = nullptr);

// How many parts of a step's work are worth their handing over, given how long it takes on one thread.
int parts_for(double nanoseconds, std::int64_t units, int threads);

// One function a family; each emits steps.
void lower_source(Lowering& lowering, const ir::Node& node);
void lower_shape(Lowering& lowering, const ir::Node& node);
void lower_reduce(Lowering& lowering, const ir::Node& node);
void lower_dot(Lowering& lowering, const ir::Node& node);
void lower_convolution(Lowering& lowering, const ir::Node& node);
void lower_index(Lowering& lowering, const ir::Node& node);
void lower_window(Lowering& lowering, const ir::Node& node);
void lower_dot_fusion(Lowering& lowering, const ir::Node& node);
// An elementwise op alone is a rows program of one instruction.
void lower_elementwise(Lowering& lowering, const ir::Node& node);
void lower_rows_fusion(Lowering& lowering, const ir::Node& node);
// A body on slots: false when it is not of the form of rows.
bool lower_rows(Lowering& lowering, const ir::Graph& body, const std::vector<Slot>& operands,
                const std::vector<Slot>& results);
// Any body on slots, node by node.
void lower_body(Lowering& lowering, const ir::Graph& body, const std::vector<Slot>& operands,
                const std::vector<Slot>& results);

}  // namespace cornu::cpu
