#include "tests/ops/coverage.h"

#include <gtest/gtest.h>

#include "cornu/core/text.h"
#include "tests/ops/op_case.h"

namespace cornu::op_cases {

DType dtype_of_node(const ir::Graph& graph, const ir::Node& node) {
  if (node.op == ir::Op::kRandomUniform || node.operands.empty()) return graph.type(node.result()).dtype;
  // What is moved, not what says where.
  if (node.op == ir::Op::kGather) return graph.type(node.operands[0]).dtype;
  return graph.type(node.operands.back()).dtype;
}

std::set<std::pair<ir::Op, DType>> covered_by(const ir::Graph& graph) {
  std::set<std::pair<ir::Op, DType>> out;
  for (const ir::Node& node : graph.nodes()) out.emplace(node.op, dtype_of_node(graph, node));
  return out;
}

std::vector<DType> dtypes_of(ir::Op op) {
  if (op == ir::Op::kRandomUniform) return {float32};
  if (op == ir::Op::kReplicaId) return {uint32};
  if (op == ir::Op::kFusion) return {float32, float64};  // its body's ops have rows of their own
  std::vector<DType> out;
  for (const DType d : kAll)
    if (contains(elements_of(op), d)) out.push_back(d);
  return out;
}

TEST(Coverage, EveryOpHasACaseForEveryDType) {
  std::set<std::pair<ir::Op, DType>> covered;
  for (const OpCase& c : all_cases())
    for (const DType dtype : c.dtypes) covered.merge(covered_by(build(c, dtype).graph));
  for (int i = 0; i < ir::kOpCount; ++i)
    for (const DType dtype : dtypes_of(static_cast<ir::Op>(i)))
      EXPECT_TRUE(covered.contains({static_cast<ir::Op>(i), dtype}))
          << "no case has a " << name_of(static_cast<ir::Op>(i)) << " of " << name_of(dtype)
          << ": add one to the tests/ops/cases_*.cpp of its family";
}

TEST(Coverage, EveryOpHasACaseWithNumbers) {
  std::set<ir::Op> covered;
  for (const OpCase& c : all_cases())
    if (!c.expected.empty())
      for (const auto& [op, dtype] : covered_by(build(c, c.dtypes.front()).graph)) covered.insert(op);
  for (int i = 0; i < ir::kOpCount; ++i)
    EXPECT_TRUE(covered.contains(static_cast<ir::Op>(i)))
        << "no case says in numbers what " << name_of(static_cast<ir::Op>(i)) << " gives";
}

TEST(Coverage, EveryReductionAndComparisonHasACase) {
  std::set<std::string_view> covered;
  for (const OpCase& c : all_cases()) {
    const Built built = build(c, c.dtypes.front());
    for (const ir::Node& node : built.graph.nodes()) {
      if (node.op == ir::Op::kReduce) covered.insert(name_of(node.as<ir::ReduceAttributes>().kind));
      if (node.op == ir::Op::kCompare) covered.insert(name_of(node.as<ir::CompareAttributes>().direction));
    }
  }
  for (int i = 0; i <= static_cast<int>(ir::Reduction::kOr); ++i)
    EXPECT_TRUE(covered.contains(name_of(static_cast<ir::Reduction>(i)))) << name_of(static_cast<ir::Reduction>(i));
  for (int i = 0; i <= static_cast<int>(ir::Comparison::kGreaterEqual); ++i)
    EXPECT_TRUE(covered.contains(name_of(static_cast<ir::Comparison>(i)))) << name_of(static_cast<ir::Comparison>(i));
}

TEST(Coverage, LabelsAreUnique) {
  std::set<std::string> labels;
  for (const OpCase& c : all_cases()) EXPECT_TRUE(labels.insert(c.label).second) << c.label;
}

}  // namespace cornu::op_cases
