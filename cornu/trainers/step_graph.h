// The graph of one step: forward, loss and metrics, or the whole training step with backward pass, optimizer and metric
// update (a judgment alone: judge/forward_graph.h). What changes from step to step (weights, slots, accumulators) is a
// parameter and an output at once.
#pragma once

#include <vector>

#include "cornu/layers/call_context.h"
#include "cornu/models/network.h"
#include "cornu/optimizers/optimizer.h"
#include "cornu/trainers/arguments.h"
#include "cornu/trainers/output_plan.h"

namespace cornu {

enum class StepKind { kTrain, kTest };

// A number in the logs and what it gathers over batches. The total loss is the first of them.
struct Tracker {
  enum Of { kTotal, kLoss, kMetric } of;
  std::string name;
  Metric metric;
  std::size_t output = 0;  // whose loss or metric it is
  bool weighted = false;   // a metric that sees sample weights
  std::vector<Tensor> state;
};

// What a parameter of the step's graph stands for.
struct Binding {
  enum Kind { kInput, kTarget, kSampleWeight, kRows, kVariable, kIterations, kLearningRate, kSlot, kMetricState } kind;
  int index = 0;      // which input, target, slot or tracker
  int part = 0;       // which state of the tracker
  Variable variable;  // for kVariable
};

struct StepGraph {
  ir::Graph graph;
  std::vector<Binding> parameters;
  // For each output of the graph the parameter whose buffer it updates.
  std::vector<int> outputs;
};

// Everything that a step is made from.
struct StepInputs {
  StepKind kind;
  NetworkImpl* network;
  const CompileArguments* compile;
  const std::vector<OutputPlan>* outputs;
  std::vector<ir::Type> x, y;  // with the batch
  bool sample_weight = false;
  // Not 0: the step is given so many samples, and the numbers of the rows that make its batch (uint32).
  std::int64_t samples = 0;
  Builder::Share share = {};      // of the batch, when replicas share it
  std::vector<Variable> trained;  // what the optimizer updates
  const std::vector<SlotSpec>* slots = nullptr;
  const std::vector<Tracker>* trackers = nullptr;
};

// Of several replicas, each adds its rows' part of the loss; gradients, metrics and averages of the batch are summed
// over all of them (all_reduce), so that what a step makes is the same everywhere. Throws ValueError: shapes of x or y
// that the network or the loss cannot take, with the way out.
StepGraph build_step(const StepInputs& inputs);

}  // namespace cornu
