// A cross-entropy after a softmax costs no exponential, no maximum and no division of its own.
#include <gtest/gtest.h>

#include <map>

#include "cornu/activations/functions.h"
#include "cornu/grad/gradients.h"
#include "cornu/ir/ops.h"
#include "cornu/losses/losses.h"
#include "cornu/optimizers/optimizers.h"
#include "cornu/passes/pass.h"

namespace cornu {
namespace {

using ir::Op;

ir::Graph simplified(const ir::Graph& graph) {
  ir::Graph out = graph;
  for (int i = 0; i < 3; ++i) out = passes::cse(passes::simplify(out));
  return out;
}

struct Counts {
  std::map<Op, int> ops;
  std::map<ir::Reduction, int> reductions;
  std::string text;
  int operator()(Op op) const { return ops.contains(op) ? ops.at(op) : 0; }
  int operator()(ir::Reduction kind) const { return reductions.contains(kind) ? reductions.at(kind) : 0; }
};

Counts count(const ir::Graph& graph) {
  Counts out;
  const std::vector<bool> live = ir::live_nodes(graph);
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    if (!live[i]) continue;
    ++out.ops[graph.nodes()[i].op];
    if (graph.nodes()[i].op == Op::kReduce) ++out.reductions[graph.nodes()[i].as<ir::ReduceAttributes>().kind];
  }
  out.text = ir::print(graph);
  return out;
}

Counts step(const Loss& loss, Shape y_shape, DType y_dtype, bool sigmoid = false) {
  Builder b;
  const Value x = b.parameter("x", {32, 10}), y = b.parameter("y", y_shape, y_dtype);
  const Value p = sigmoid ? activations::sigmoid(x) : activations::softmax(x);
  const Value value = loss(y, p);
  b.output(value);
  b.output(gradients(value, {x})[0]);
  return count(simplified(b.graph()));
}

TEST(CrossentropyGraph, CategoricalSharesTheSoftmax) {
  const Counts c = step(losses::CategoricalCrossentropy(), {32, 10}, float32);
  EXPECT_EQ(c(Op::kExponential), 1) << c.text;
  EXPECT_EQ(c(Op::kLog), 1) << c.text;
  EXPECT_EQ(c(ir::Reduction::kMaximum), 1) << c.text;
  // Over the row: of the exponentials and of the loss; then one over the batch.
  EXPECT_EQ(c(ir::Reduction::kSum), 3) << c.text;
  EXPECT_EQ(c(Op::kSelect), 0) << c.text;
}

TEST(CrossentropyGraph, SparseSharesTheSoftmax) {
  const Counts c = step(losses::SparseCategoricalCrossentropy(), {32}, int32);
  EXPECT_EQ(c(Op::kExponential), 1) << c.text;
  EXPECT_EQ(c(Op::kLog), 1) << c.text;
  EXPECT_EQ(c(ir::Reduction::kMaximum), 1) << c.text;
  EXPECT_EQ(c(ir::Reduction::kSum), 3) << c.text;
}

TEST(CrossentropyGraph, BinaryNeedsOneExponentialBesideTheSigmoid) {
  const Counts c = step(losses::BinaryCrossentropy(), {32, 10}, float32, true);
  EXPECT_EQ(c(Op::kExponential), 1) << c.text;
  EXPECT_EQ(c(Op::kLog), 0) << c.text;
}

TEST(OptimizerGraph, SgdIsWeightMinusRateTimesGradient) {
  Builder b;
  const Value w = b.parameter("w", {4, 3}), g = b.parameter("g", {4, 3}), rate = b.parameter("rate", {});
  const Value iterations = b.parameter("iterations", {}, int64);
  const Optimizer::Step next = optimizers::SGD().apply({{"dense/kernel", {4, 3}}}, {w}, {g}, {}, {}, iterations, rate);
  b.output(next.weights[0]);
  const Counts c = count(simplified(b.graph()));
  EXPECT_EQ(c(Op::kSubtract), 1) << c.text;
  EXPECT_EQ(c(Op::kMultiply), 1) << c.text;
  EXPECT_EQ(c(Op::kBroadcastInDim), 1) << c.text;
}

TEST(OptimizerGraph, AdamComputesItsStepSizeOnceForAllWeights) {
  Builder b;
  std::vector<VariableSpec> variables;
  std::vector<Value> weights, gradients, slots;
  const Optimizer adam = optimizers::Adam();
  for (int i = 0; i < 4; ++i) {
    variables.push_back({cat("dense_", i, "/kernel"), {4, 3}});
    weights.push_back(b.parameter(cat("w", i), {4, 3}));
    gradients.push_back(b.parameter(cat("g", i), {4, 3}));
  }
  for (const SlotSpec& s : adam.slots(variables)) slots.push_back(b.parameter(s.path, s.initial.shape()));
  const Optimizer::Step next =
      adam.apply(variables, weights, gradients, slots, {}, b.parameter("n", {}, int64), b.parameter("lr", {}));
  for (const Value& v : next.weights) b.output(v);
  for (const Value& v : next.slots) b.output(v);
  const Counts c = count(simplified(b.graph()));
  EXPECT_EQ(c(Op::kPower), 2) << c.text;
  EXPECT_EQ(c(Op::kSqrt), 5) << c.text;  // one for the step size, one a weight
}

}  // namespace
}  // namespace cornu
