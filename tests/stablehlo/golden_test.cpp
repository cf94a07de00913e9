// The StableHLO text of each op: the op case with the shortest text stands for it, in ops.mlir. That the text computes
// what it should is the business of Engines.pjrt, where a plug-in compiles it.
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "cornu/core/error.h"
#include "cornu/core/text.h"
#include "cornu/ir/op.h"
#include "cornu/ir/ops.h"
#include "cornu/stablehlo/stablehlo.h"
#include "tests/ops/op_case.h"

namespace cornu {
namespace {

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// By the name of the op, "// name: label" and the module.
std::map<std::string, std::string> shortest() {
  std::map<std::string, std::string> out;
  for (const op_cases::OpCase& c : op_cases::all_cases()) {
    if (c.dtypes.empty()) continue;
    const op_cases::Built built = op_cases::build(c, c.dtypes.front());
    const std::string text = stablehlo::print_module(built.graph);
    for (const ir::Node& node : built.graph.nodes()) {
      const std::string name(ir::name_of(node.op));
      const std::string entry = cat("// ", name, ": ", c.label, "\n", text);
      std::string& best = out[name];
      if (best.empty() || entry.size() < best.size()) best = entry;
    }
  }
  return out;
}

std::string all() {
  std::string out = "// What ops become: written by test_stablehlo --write, compared by the tests.\n";
  for (const auto& [name, entry] : shortest()) out += "\n" + entry;
  return out;
}

TEST(StableHlo, TextOfEachOp) { EXPECT_EQ(all(), read(CORNU_GOLDEN)); }

TEST(StableHlo, EveryOpHasACase) {
  const auto have = shortest();
#define CORNU_OP(id, text, operands, family) EXPECT_TRUE(have.contains(text)) << text;
#include "cornu/ir/ops.def"
#undef CORNU_OP
}

TEST(StableHlo, ReplicasAddUpTogether) {
  Builder b;
  b.output(ops::all_reduce(b.parameter("x", {2})));
  const std::string text = stablehlo::print_module(b.graph(), {.replicas = 4});
  EXPECT_NE(text.find("replica_groups = dense<[[0, 1, 2, 3]]> : tensor<1x4xi64>"), std::string::npos) << text;
}

TEST(StableHlo, AnUpdateInPlaceDonatesItsParameter) {
  ir::Graph graph;
  const ir::Type type{float32, {2, 3}};
  const ir::ValueId w = graph.add_parameter("w", type), dw = graph.add_parameter("dw", type);
  graph.add_output(graph.add(ir::Op::kSubtract, {w, dw}).result());
  graph.alias(0, 0);
  EXPECT_EQ(stablehlo::print_module(graph), R"(module @cornu {
  func.func public @main(%a0: tensor<2x3xf32> {tf.aliasing_output = 0 : i32}, %a1: tensor<2x3xf32>) -> (tensor<2x3xf32>) {
    %0 = stablehlo.subtract %a0, %a1 : tensor<2x3xf32>
    return %0 : tensor<2x3xf32>
  }
}
)");
}

// The updated parameter goes round; the others and the lines are read from outside.
TEST(StableHlo, ALoopOverLines) {
  ir::Graph graph;
  const ir::Type type{float32, {2}};
  const ir::ValueId w = graph.add_parameter("w", type), line = graph.add_parameter("line", type);
  graph.add_output(graph.add(ir::Op::kAdd, {w, line}).result());
  graph.alias(0, 0);
  const std::string text = stablehlo::print_loop(graph, {1}, 10);
  for (const char* part : {"@main(%a0: tensor<2xf32> {tf.aliasing_output = 0 : i32}, %a1: tensor<10x2xf32>, %a2: "
                           "tensor<i32>, %a3: tensor<i32>)",
                           "%loop:2 = stablehlo.while(%line = %a2, %w0 = %a0) : tensor<i32>, tensor<2xf32> cond {",
                           "= stablehlo.dynamic_slice %a1, %line, ", "return %loop#1 : tensor<2xf32>"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " is not in\n" << text;
}

// What updates nothing is written into the lines of a matrix.
TEST(StableHlo, ALoopThatGathersItsOutputs) {
  ir::Graph graph;
  const ir::Type type{float32, {2}};
  const ir::ValueId w = graph.add_parameter("w", type), line = graph.add_parameter("line", type);
  graph.add_output(graph.add(ir::Op::kAdd, {w, line}).result());
  const std::string text = stablehlo::print_loop(graph, {0, 1}, 10);
  for (const char* part :
       {"@main(%a0: tensor<10x2xf32>, %a1: tensor<10x2xf32>, %a2: tensor<i32>, %a3: tensor<i32>) -> (tensor<10x2xf32>)",
        "stablehlo.dynamic_slice %a0, %line, ", "stablehlo.dynamic_update_slice %w0, ",
        "return %loop#1 : tensor<10x2xf32>"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " is not in\n" << text;
}

}  // namespace
}  // namespace cornu

int main(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], "--write") == 0) {
    std::ofstream(CORNU_GOLDEN, std::ios::binary) << cornu::all();
    return 0;
  }
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
