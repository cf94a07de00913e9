// The verifier finds what a wrong pass could do to a graph, and names the pass.
#include <gtest/gtest.h>

#include "cornu/core/error.h"
#include "cornu/ir/graph.h"

namespace cornu::ir {
namespace {

const Type kRow{float32, Shape{3}};

std::string verdict(const Graph& graph) {
  try {
    verify(graph, "my_pass");
  } catch (const InternalError& error) {
    return error.what();
  }
  return "sound";
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Verify, SoundGraph) {
  Graph g;
  const ValueId x = g.add_parameter("x", kRow);
  g.add_output(g.add(Op::kExponential, {x}).result());
  g.alias(0, 0);
  EXPECT_EQ(verdict(g), "sound");
}

TEST(Verify, UseBeforeDefinition) {
  Graph g;
  g.add_typed(Op::kExponential, {1}, {}, kRow);
  EXPECT_TRUE(contains(verdict(g),
                       "the graph is broken after \"my_pass\": node 0 (exponential) uses value %1 before it is made"))
      << verdict(g);
}

TEST(Verify, WrongType) {
  Graph g;
  const ValueId x = g.add_parameter("x", kRow);
  g.add_typed(Op::kExponential, {x}, {}, {float32, Shape{4}});
  EXPECT_TRUE(contains(verdict(g), "node 1 (exponential) should give float32[3]")) << verdict(g);
}

TEST(Verify, WhatAShapeRuleRefuses) {
  Graph g;
  const ValueId x = g.add_parameter("x", kRow), y = g.add_parameter("y", {float32, Shape{4}});
  g.add_typed(Op::kAdd, {x, y}, {}, kRow);
  EXPECT_TRUE(contains(verdict(g), "node 2 (add) is refused: [add] received: float32[3], float32[4]")) << verdict(g);
}

TEST(Verify, WrongNumberOfOperands) {
  Graph g;
  g.add_typed(Op::kReshape, {}, {}, kRow);
  EXPECT_TRUE(contains(verdict(g), "node 0 (reshape) should have 1 operands")) << verdict(g);
}

TEST(Verify, AttributesOfAnotherOp) {
  Graph g;
  const ValueId x = g.add_parameter("x", kRow);
  g.add_typed(Op::kBroadcastInDim, {x}, AxisAttributes{0}, {float32, Shape{2, 3}});
  EXPECT_TRUE(contains(verdict(g), "node 1 (broadcast_in_dim) is refused")) << verdict(g);
}

TEST(Verify, GivenTypes) {
  const auto with = [](Op op, Attributes attributes, Type type) {
    Graph g;
    const ValueId x = g.add_parameter("x", kRow);
    g.add_typed(op, op == Op::kIota ? std::vector<ValueId>{} : std::vector<ValueId>{x}, std::move(attributes),
                std::move(type));
    return verdict(g);
  };
  const std::string bad = "has a result of a type that does not fit its operands";
  EXPECT_EQ(with(Op::kReshape, {}, {float32, Shape{3, 1}}), "sound");
  EXPECT_TRUE(contains(with(Op::kReshape, {}, {float32, Shape{4}}), bad));
  EXPECT_TRUE(contains(with(Op::kReshape, {}, {int32, Shape{3}}), bad));
  EXPECT_TRUE(contains(with(Op::kConvert, {}, {int32, Shape{4}}), bad));
  EXPECT_EQ(with(Op::kBroadcastInDim, BroadcastAttributes{{1}}, {float32, Shape{2, 3}}), "sound");
  EXPECT_TRUE(contains(with(Op::kBroadcastInDim, BroadcastAttributes{{0}}, {float32, Shape{2, 3}}), bad));
  EXPECT_TRUE(contains(with(Op::kIota, IotaAttributes{1}, {int32, Shape{3}}), bad));
  EXPECT_TRUE(contains(with(Op::kRandomUniform, {}, {float32, Shape{3}}), bad));
}

TEST(Verify, EachAllReduceHasItsOwnPlace) {
  Graph g;
  const ValueId x = g.add_parameter("x", kRow);
  g.add(Op::kAllReduce, {x}, AllReduceAttributes{0});
  g.add(Op::kAllReduce, {x}, AllReduceAttributes{1});
  EXPECT_EQ(verdict(g), "sound");
  g.add(Op::kAllReduce, {x}, AllReduceAttributes{1});
  EXPECT_TRUE(contains(verdict(g), "node 3 (all_reduce) has the place of another one")) << verdict(g);
}

TEST(Verify, UnknownShape) {
  Graph g;
  g.add_parameter("x", {float32, Shape{Shape::kNone, 3}});
  EXPECT_TRUE(contains(verdict(g), "has a result of unknown shape"));
}

TEST(Verify, OutputsAndAliases) {
  Graph g;
  g.add_parameter("x", kRow);
  g.add_output(7);
  EXPECT_TRUE(contains(verdict(g), "after \"my_pass\": output 0 is never made")) << verdict(g);

  Graph types;
  types.add_parameter("x", kRow);
  types.add_output(types.add_parameter("y", {float32, Shape{4}}));
  types.alias(0, 0);
  EXPECT_TRUE(contains(verdict(types), "output 0 cannot update parameter 0: their types differ")) << verdict(types);

  Graph twice;
  const ValueId x = twice.add_parameter("x", kRow);
  twice.set_outputs({x, x});
  twice.alias(0, 0);
  twice.alias(1, 0);
  EXPECT_TRUE(contains(verdict(twice), "are updated twice")) << verdict(twice);
}

TEST(Verify, AliasesOfWhatIsNotThere) {
  Graph g;
  g.add_output(g.add_parameter("x", kRow));
  g.alias(5, 0);
  EXPECT_TRUE(contains(verdict(g), "output 5 updates parameter 0, and one of them is not there")) << verdict(g);
}

TEST(Verify, BodiesOfFusions) {
  Graph body;
  const ValueId x = body.add_parameter("x", kRow);
  body.add_output(body.add_typed(Op::kReshape, {x}, {}, {float32, Shape{4}}).result());
  Graph g;
  const ValueId y = g.add_parameter("y", kRow);
  g.add(Op::kFusion, {y}, FusionAttributes{FusionKind::kRows, std::make_shared<const Graph>(body)});
  EXPECT_TRUE(contains(verdict(g), "node 1 (reshape)")) << verdict(g);
}

}  // namespace
}  // namespace cornu::ir
