// Several float32 ops that one kernel does: a * b + c and its kin, whose results are then rounded once, and Adam.
#pragma once

#include <optional>
#include <vector>

#include "cornu/engine/cpu/adam_match.h"
#include "cornu/engine/cpu/kernels/elementwise.h"
#include "cornu/passes/row_space.h"

namespace cornu::cpu {

struct Compound {
  TernaryOp op;
  ir::ValueId in[3];
};

class Peephole {
 public:
  Peephole(const ir::Graph& body, const passes::RowSpace& space);

  // The kernel that stands for this node and those that it took along.
  const std::optional<Compound>& compound(ir::ValueId value) const {
    return compounds_[static_cast<std::size_t>(value)];
  }
  // The whole update of Adam that ends in this value; nullptr: none.
  const AdamMatch* adam(ir::ValueId new_w) const;
  // Whether another node's kernel computes this value on the way.
  bool is_inside(ir::ValueId value) const { return inside_[static_cast<std::size_t>(value)]; }

 private:
  struct Match {
    Compound compound;
    std::vector<ir::ValueId> inside;
  };
  bool is_full(std::initializer_list<ir::ValueId> values) const;
  std::optional<Match> match(const ir::Node& node) const;
  // The node that makes the operand, when it is this op and of no use to anybody else.
  const ir::Node* inner(const ir::Node& node, std::size_t operand, ir::Op op) const;

  const ir::Graph& body_;
  const passes::RowSpace& space_;
  std::vector<int> uses_;
  std::vector<std::optional<Compound>> compounds_;
  std::vector<bool> inside_;
  std::vector<AdamMatch> adams_;
};

}  // namespace cornu::cpu
