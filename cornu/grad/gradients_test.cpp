// What the graph of a gradient looks like. What it computes: tests/ops.
#include "cornu/grad/gradients.h"

#include <gtest/gtest.h>

#include "cornu/core/error.h"
#include "cornu/ir/ops.h"

namespace cornu {
namespace {

using ir::Op;

int count(const ir::Graph& graph, Op op) {
  int n = 0;
  for (const ir::Node& node : graph.nodes()) n += node.op == op;
  return n;
}

bool is_zeros(Value v) {
  const ir::Node* node = &v.builder().graph().producer(v.id());
  if (node->op == Op::kBroadcastInDim) node = &v.builder().graph().producer(node->operands[0]);
  return node->op == Op::kConstant && node->as<ir::ConstantAttributes>().value.item() == 0;
}

template <class E, class F>
std::string message_of(F&& f) {
  try {
    f();
  } catch (const E& error) {
    return error.what();
  }
  return "nothing thrown";
}

TEST(Gradients, OfAValueWithRespectToItself) {
  Builder b;
  const Value y = b.parameter("y", {});
  const Value g = gradients(y, {y})[0];
  EXPECT_EQ(b.graph().producer(g.id()).as<ir::ConstantAttributes>().value.item(), 1);
}

TEST(Gradients, OfWhatYDoesNotDependOnAreZeros) {
  Builder b;
  const Value x = b.parameter("x", {3}), z = b.parameter("z", {2, 2});
  const std::vector<Value> g = gradients(ops::sum(x), {z, x});
  EXPECT_TRUE(is_zeros(g[0]));
  EXPECT_EQ(g[0].shape(), (Shape{2, 2}));
  EXPECT_FALSE(is_zeros(g[1]));
}

TEST(Gradients, StopGradientAndIntegersBlock) {
  Builder b;
  const Value x = b.parameter("x", {3});
  EXPECT_TRUE(is_zeros(gradients(ops::sum(ops::stop_gradient(ops::exp(x))), {x})[0]));
  EXPECT_TRUE(is_zeros(gradients(ops::sum(ops::cast(ops::cast(x, int32), float32)), {x})[0]));
}

// What a replica adds to everybody's sum counts in everybody's loss.
TEST(Gradients, OfASumOverReplicasIsASumOverReplicas) {
  Builder b;
  const Value x = b.parameter("x", {3});
  const Value g = gradients(ops::sum(ops::square(ops::all_reduce(x))), {x})[0];
  const ir::Node& node = b.graph().producer(g.id());
  EXPECT_EQ(node.op, Op::kAllReduce);
  EXPECT_EQ(node.as<ir::AllReduceAttributes>().place, 1);
}

TEST(Gradients, NothingIsMadeForOperandsThatNobodyAskedFor) {
  Builder b;
  const Value x = b.parameter("x", {4, 3}), w = b.parameter("w", {3, 2});
  const Value y = ops::sum(ops::matmul(x, w));
  gradients(y, {w});
  EXPECT_EQ(count(b.graph(), Op::kDotGeneral), 2);  // forward, and the one for w
}

TEST(Gradients, StopAtTheXsThatWereAskedFor) {
  Builder b;
  const Value x = b.parameter("x", {3});
  const Value hidden = ops::tanh(x);
  const int before = count(b.graph(), Op::kSubtract);
  gradients(ops::sum(ops::exp(hidden)), {hidden});
  EXPECT_EQ(count(b.graph(), Op::kSubtract), before);  // tanh's rule was not needed
}

TEST(Gradients, OfProductsNeedNoTransposes) {
  Builder b;
  const Value x = b.parameter("x", {8, 4, 3}), w = b.parameter("w", {8, 3, 2});
  gradients(ops::sum(ops::matmul(x, w)), {x, w});
  EXPECT_EQ(count(b.graph(), Op::kTranspose), 0);
}

TEST(Gradients, OfAConstantExponentNeedNoLogarithm) {
  Builder b;
  const Value x = b.parameter("x", {3});
  gradients(ops::sum(ops::power(x, 3.0)), {x});
  EXPECT_EQ(count(b.graph(), Op::kLog), 0);
  EXPECT_EQ(count(b.graph(), Op::kSelect), 0);
}

TEST(Gradients, TheirGraphIsSound) {
  Builder b;
  const Value x = b.parameter("x", {4, 3}), w = b.parameter("w", {3, 2});
  for (const Value& g : gradients(ops::mean(ops::square(ops::softmax(ops::matmul(x, w)))), {x, w})) b.output(g);
  EXPECT_NO_THROW(ir::verify(b.graph(), "gradients"));
}

TEST(Gradients, RefuseWhatHasNone) {
  Builder b;
  const Value x = b.parameter("x", {3}), n = b.parameter("n", {3}, int32);
  EXPECT_EQ(message_of<ValueError>([&] { gradients(x, {x}); }),
            "[gradients] received: float32[3]\n  expected: a scalar of floats, such as a loss\n"
            "  reduce it first: ops::sum or ops::mean");
  EXPECT_EQ(message_of<ValueError>([&] { gradients(ops::sum(x), {n}); }),
            "[gradients] received: x of type int32[3]\n  expected: floats; integers and bools have no gradient\n"
            "  cast them first: ops::cast");
  Builder other;
  const Value z = other.parameter("z", {3});
  EXPECT_THROW(gradients(ops::sum(x), {z}), ValueError);
}

TEST(Gradients, RefuseFusions) {
  Builder body;
  body.output(ops::exp(body.parameter("x", {3})));
  Builder b;
  const Value x = b.parameter("x", {3});
  const Value y =
      b.add(Op::kFusion, {x}, ir::FusionAttributes{ir::FusionKind::kRows, std::make_shared<ir::Graph>(body.graph())});
  EXPECT_EQ(message_of<NotSupportedError>([&] { gradients(ops::sum(y), {x}); }),
            "[gradients] received: a graph with a fusion\n  expected: a graph as it was built\n"
            "  take gradients first, run the passes after");
}

}  // namespace
}  // namespace cornu
