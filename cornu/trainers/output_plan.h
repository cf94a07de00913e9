// What compile() said, for each output of the network.
#pragma once

#include "cornu/models/network.h"
#include "cornu/trainers/arguments.h"

namespace cornu {

struct OutputPlan {
  std::string name;
  Shape shape;
  Loss loss;  // empty: none
  double weight = 1;
  std::vector<Metric> metrics, weighted_metrics;
  int target = -1;  // which of the targets is for it; -1: it needs none

  bool needs_target() const { return loss || !metrics.empty() || !weighted_metrics.empty(); }
};

struct OutputPlans {
  std::vector<OutputPlan> outputs;      // in the network's order
  std::vector<std::size_t> loss_order;  // their positions in the order in which Keras reports losses
};

// Throws ValueError: a name that no output has, lists of another length, no loss at all.
OutputPlans plan_outputs(const CompileArguments& arguments, const NetworkImpl& network);

}  // namespace cornu
