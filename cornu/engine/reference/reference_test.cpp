// The promises of the engine's interface. What the ops compute: tests/ops.
#include "cornu/engine/reference/reference.h"

#include <gtest/gtest.h>

#include "cornu/core/error.h"
#include "cornu/ir/ops.h"

namespace cornu {
namespace {

TEST(ReferenceEngine, UpdatesAliasedParametersInPlace) {
  Builder b;
  const Value w = b.parameter("w", {2}), g = b.parameter("g", {2});
  const int updated = b.output(w - g);
  const int before = b.output(w);  // the value that the parameter had
  b.graph().alias(updated, 0);
  const auto executable = reference_engine().compile(b.graph());
  std::vector<float> weights{5, 7}, gradient{1, 2}, old(2);
  std::vector<std::byte> workspace(executable->workspace_bytes());
  const void* in[] = {weights.data(), gradient.data()};
  void* out[] = {weights.data(), old.data()};
  executable->run(in, out, workspace.data());
  EXPECT_EQ(weights, (std::vector<float>{4, 5}));
  EXPECT_EQ(old, (std::vector<float>{5, 7}));
  EXPECT_EQ(updated, 0);
  EXPECT_EQ(before, 1);
}

TEST(ReferenceEngine, SumsInDouble) {
  Builder b;
  const Value x = b.parameter("x", {3});
  b.output(ops::sum(x));
  // In float 1e8 + 1 is 1e8 again, and the sum would be 0.
  EXPECT_EQ(evaluate(reference_engine(), b.graph(), {Tensor::from<float>({1e8f, 1, -1e8f})})[0].item(), 1);
}

TEST(ReferenceEngine, RunsFusionsInFusions) {
  Builder inner;
  inner.output(ops::exp(inner.parameter("x", {3})));
  const auto fusion = [](const Builder& body) {
    return ir::FusionAttributes{ir::FusionKind::kRows, std::make_shared<const ir::Graph>(body.graph())};
  };
  Builder outer;
  const Value y = outer.parameter("y", {3});
  outer.output(outer.add(ir::Op::kFusion, {y}, fusion(inner)) + y);
  Builder b;
  const Value z = b.parameter("z", {3});
  b.output(b.add(ir::Op::kFusion, {z}, fusion(outer)));
  EXPECT_EQ(evaluate(reference_engine(), b.graph(), {Tensor(Shape{3})})[0].to_vector<float>(),
            (std::vector<float>{1, 1, 1}));
}

TEST(ReferenceEngine, RefusesBrokenGraphs) {
  Builder b;
  const Value x = b.parameter("x", {3});
  b.output(b.add_typed(ir::Op::kReshape, {x}, {}, {float32, Shape{4}}));
  EXPECT_THROW(reference_engine().compile(b.graph()), InternalError);
}

TEST(ReferenceEngine, DescribesItsGraph) {
  Builder b;
  b.output(ops::exp(b.parameter("x", {3})));
  EXPECT_EQ(reference_engine().compile(b.graph())->describe(), ir::print(b.graph()));
}

TEST(Evaluate, RefusesTensorsThatDoNotFit) {
  Builder b;
  b.output(ops::exp(b.parameter("x", {3})));
  EXPECT_THROW(evaluate(reference_engine(), b.graph(), {}), ValueError);
  EXPECT_THROW(evaluate(reference_engine(), b.graph(), {Tensor(Shape{4})}), ValueError);
  EXPECT_THROW(evaluate(reference_engine(), b.graph(), {Tensor(Shape{3}, float64)}), ValueError);
}

}  // namespace
}  // namespace cornu
