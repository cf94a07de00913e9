// Products in blocks, and max poolings that are computed with the convolution before them: C against the reference
// engine.
#include <gtest/gtest.h>

#include <limits>

#include "cornu/core/random.h"
#include "cornu/export/c99/plan.h"
#include "cornu/ir/ops.h"
#include "tests/export/c_program.h"

namespace cornu::export_test {
namespace {

Tensor random(const Shape& shape, std::uint64_t seed) {
  RandomStream stream(seed);
  std::vector<float> values;
  for (std::int64_t i = 0; i < shape.size(); ++i) values.push_back(static_cast<float>(stream.uniform(-1, 1)));
  return Tensor::from(values, shape);
}

struct Case {
  const char* what;
  Shape image, kernel;
  std::vector<std::int64_t> stride, pool;
  const char* padding;
  bool together;  // whether the convolution's full result never exists
};

constexpr std::int64_t kDense = 70;  // more outputs than a block has, and no multiple of it

exporting::InferenceGraph network(const Case& c) {
  Builder b;
  const Value x = b.parameter("x", c.image);
  const Value sums = ops::conv(x, ops::constant(b, random(c.kernel, 1)), {.strides = c.stride, .padding = c.padding});
  const Value pooled = ops::max_pool(ops::relu(sums + ops::constant(b, random({c.kernel[3]}, 2))), c.pool);
  const std::int64_t size = pooled.shape().size();
  b.output(pooled);
  b.output(ops::matmul(ops::reshape(pooled, {1, size}), ops::constant(b, random({size, kDense}, 3))));
  return exporting::prepared({b.graph(), {}});
}

bool together(const ir::Graph& graph) {
  for (const ir::Node& node : graph.nodes())
    if (c99::pooled_convolution(graph, node)) return true;
  return false;
}

std::vector<Judgment> judgments() {
  const Case cases[] = {
      {"two by two", {1, 9, 9, 3}, {3, 3, 3, 8}, {1, 1}, {2, 2}, "valid", true},
      {"strides, outputs that no block fits", {1, 13, 12, 2}, {3, 2, 2, 7}, {2, 2}, {2, 2}, "valid", true},
      {"one row", {1, 5, 9, 2}, {1, 3, 2, 3}, {1, 1}, {1, 3}, "valid", true},
      {"edges", {1, 8, 8, 3}, {3, 3, 3, 4}, {1, 1}, {2, 2}, "same", false},
      {"more places than registers", {1, 8, 8, 1}, {3, 3, 1, 4}, {1, 1}, {3, 3}, "valid", false},
  };
  std::vector<Judgment> out;
  for (const Case& c : cases) {
    const exporting::InferenceGraph graph = network(c);
    EXPECT_EQ(together(graph.graph), c.together) << c.what;
    // A NaN of one pixel has to reach just the places that it is under.
    Tensor damaged = random(c.image, 5);
    damaged.mutable_data<float>()[damaged.size() / 2] = std::numeric_limits<float>::quiet_NaN();
    for (const Tensor& x : {random(c.image, 4), damaged}) {
      std::string why;
      std::optional<Judgment> j = judgment(c.what, graph, {x}, &why);
      EXPECT_TRUE(j) << why;
      if (j) out.push_back(std::move(*j));
    }
  }
  return out;
}

TEST(ExportPooled, IsTheReference) {
  const std::vector<Judgment> all = judgments();
  expect_same(all, "gcc", "-O0 -fsanitize=address,undefined -fno-sanitize-recover=all");
  // With an instruction that multiplies and adds, and without.
  expect_same(all, "gcc", "-O3 -D__FP_FAST_FMAF=1");
  expect_same(all, "gcc", "-O3");
  if (have("clang-14")) expect_same(all, "clang-14", "-O2");
}

}  // namespace
}  // namespace cornu::export_test
