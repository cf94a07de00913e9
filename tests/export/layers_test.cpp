// Layers with the numbers of real Keras (tests/golden), exported and judged as C.
#include <gtest/gtest.h>

#include "cornu/layers/call_context.h"
#include "cornu/layers/layer.h"
#include "tests/export/c_program.h"
#include "tests/golden/golden.h"

namespace cornu::export_test {
namespace {

// The layer's graph with its weights as constants, and what Keras said.
std::optional<Judgment> of_layer(const golden::Family& f, const Json& c) {
  const Layer layer = layers::deserialize(c["config"]);
  const Tensor x = f.array(c, "x");
  layer.build(x.shape().slice(1, x.rank()).with_batch(Shape::kNone));
  std::vector<Tensor> values;
  for (const Json& w : c["weights"]) values.push_back(f.at(w["value"].get<std::string>()));
  layer.set_weights(values);
  Builder builder;
  CallContext context(builder, false);
  builder.output(layer.impl()(context, builder.parameter("x", x.shape(), x.dtype())));
  std::map<ir::ValueId, Variable> variables;
  for (const Variable& v : context.variables()) variables[context.parameter(v).id()] = v;
  const ir::Graph graph = ir::rewrite(builder.graph(), [&](ir::Rewriter& r, const ir::Node& node) {
    const auto it = variables.find(node.result());
    if (it == variables.end()) return false;
    r.replace(node.result(),
              r.target().add(ir::Op::kConstant, {}, ir::ConstantAttributes{it->second.value()}).result());
    return true;
  });
  std::string why;
  std::optional<Judgment> j = judgment(c["name"].get<std::string>(), {graph, {}}, {x}, &why);
  EXPECT_TRUE(j) << c["name"] << ": " << why;
  if (j) j->expected = {f.array(c, "y")};
  return j;
}

const std::vector<Judgment>& all_layers() {
  static const std::vector<Judgment> all = [] {
    std::vector<Judgment> out;
    for (const char* family : {"layers", "normalization_layers", "regularization_layers"})
      golden::for_each_case(family, "config", [&](const golden::Family& f, const Json& c) {
        if (c["training"].get<bool>()) return;
        if (std::optional<Judgment> j = of_layer(f, c)) out.push_back(std::move(*j));
      });
    return out;
  }();
  return all;
}

TEST(ExportLayers, GccAndSanitizers) {
  ASSERT_GT(all_layers().size(), 50u);
  expect_same(all_layers(), "gcc", "-O0 -fsanitize=address,undefined -fno-sanitize-recover=all");
}

TEST(ExportLayers, Clang) {
  if (!have("clang-14")) GTEST_SKIP() << "this machine has no clang-14";
  expect_same(all_layers(), "clang-14", "-O0");
}

}  // namespace
}  // namespace cornu::export_test
