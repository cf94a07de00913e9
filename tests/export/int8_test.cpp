// int8: the C gives the interpreter's bytes, on this machine as on all; the interpreter stays near the float network.
#include <gtest/gtest.h>

#include <cmath>

#include "cornu/core/random.h"
#include "cornu/engine/engine.h"
#include "cornu/export/int8/int8.h"
#include "cornu/ir/ops.h"
#include "tests/export/c_program.h"

namespace cornu::export_test {
namespace {

using namespace int8_export;

Tensor random(const Shape& shape, std::uint64_t seed, double low = -1, double high = 1) {
  RandomStream stream(seed);
  std::vector<float> values;
  for (std::int64_t i = 0; i < shape.size(); ++i) values.push_back(static_cast<float>(stream.uniform(low, high)));
  return Tensor::from(values, shape);
}

Run compiled(const ir::Graph& graph) {
  return [graph](const std::vector<Tensor>& inputs) { return evaluate(engine("reference"), graph, inputs); };
}

// A convolution with edges, a residual connection, both poolings, a dense layer, softmax: every kind of layer.
exporting::InferenceGraph network() {
  Builder b;
  const auto weight = [&b](const Shape& shape, std::uint64_t seed) {
    return ops::constant(b, random(shape, seed, -0.5, 0.5));
  };
  const Value x = b.parameter("x", {1, 8, 8, 3});
  const Value first = ops::relu(ops::conv(x, weight({3, 3, 3, 8}, 1), {.padding = "same"}) + weight({8}, 2));
  const Value second = ops::conv(first, weight({3, 3, 8, 8}, 3), {.padding = "same"}) + weight({8}, 4);
  const Value sum = ops::relu(first + second);
  const Value pooled = ops::max_pool(sum, {2, 2});
  const Value flat = ops::reshape(ops::tanh(pooled), {1, 4 * 4 * 8});
  b.output(ops::softmax(ops::matmul(flat, weight({128, 10}, 5)) + weight({10}, 6)));
  return exporting::prepared({b.graph(), {}});
}

TEST(ExportInt8, CIsTheInterpreterToTheByte) {
  const exporting::InferenceGraph graph = network();
  const Tensor samples = random({40, 8, 8, 3}, 9, 0, 1);
  const Network q = quantized_network(graph, samples, compiled);
  std::vector<Judgment> judgments;
  for (std::int64_t i = 0; i < 5; ++i) {
    const std::vector<std::int8_t> x = quantized(samples.rows(i, i + 1).data<float>(), 192, q.input);
    Judgment j;
    j.label = cat("sample ", i);
    j.sources = generate(q, cat("q", i), x);
    j.inputs = {Tensor::from(x)};
    j.expected = {Tensor::from(interpret(q, x).back())};
    judgments.push_back(std::move(j));
  }
  expect_same(judgments, "gcc", "-O2");
  expect_same(judgments, "gcc", "-O0 -fsanitize=address,undefined -fno-sanitize-recover=all");
}

TEST(ExportInt8, StaysNearTheFloatNetwork) {
  const exporting::InferenceGraph graph = network();
  const Tensor samples = random({40, 8, 8, 3}, 9, 0, 1);
  const Comparison c = compare(quantized_network(graph, samples, compiled), graph, samples, {}, compiled);
  for (const double error : c.layer_errors) EXPECT_LT(error, 0.05);
  EXPECT_GE(c.agree, 36);
}

// The numbers of TFLite's rules, computed by hand.
TEST(ExportInt8, FactorsAndRounding) {
  const Factor half = factor_of(0.5);
  EXPECT_EQ(half.multiplier, 1 << 30);
  EXPECT_EQ(half.shift, 31);
  EXPECT_EQ(scaled(3, half), 2);    // 1.5 up
  EXPECT_EQ(scaled(-3, half), -1);  // -1.5 up, too
  EXPECT_EQ(factor_of(1e-12).multiplier, 0);
  EXPECT_EQ(scaled(1000, factor_of(0.0123)), 12);
}

TEST(ExportInt8, WhatHasNoInt8FormIsListedAtOnce) {
  Builder b;
  const Value x = b.parameter("x", {1, 6});
  b.output(ops::flip(ops::cumsum(x, 1), {1}));
  try {
    recognize({b.graph(), {}});
    FAIL();
  } catch (const NotSupportedError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("cumulative_sum"), std::string::npos) << text;
    EXPECT_NE(text.find("reverse"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace cornu::export_test
