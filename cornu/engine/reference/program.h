// A graph made ready to run: every value has a place of its own in one block of memory, nothing is reused.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <vector>

#include "cornu/engine/communicator.h"
#include "cornu/ir/graph.h"

namespace cornu::reference {

class Program {
 public:
  // all_reduce adds with this communicator; null: this is the only replica.
  explicit Program(ir::Graph graph, Communicator* communicator = nullptr);

  std::size_t bytes() const { return bytes_; }
  const ir::Graph& graph() const { return graph_; }
  // Outputs are written when everything is computed, so that one may stand in the place of a parameter.
  void run(std::span<const void* const> parameters, std::span<void* const> outputs, std::byte* memory) const;

 private:
  void run_node(std::size_t index, std::byte* memory) const;
  void run_all_reduce(const ir::Node& node, std::byte* memory) const;
  void run_fusion(std::size_t index, std::byte* memory) const;
  std::byte* place(ir::ValueId value, std::byte* memory) const {
    return memory + offsets_[static_cast<std::size_t>(value)];
  }

  ir::Graph graph_;
  Communicator* communicator_;
  std::vector<std::size_t> offsets_;
  std::map<std::size_t, Program> bodies_;  // of the fusions, by node
  std::map<std::size_t, std::size_t> body_offsets_;
  std::size_t bytes_ = 0;
};

}  // namespace cornu::reference
