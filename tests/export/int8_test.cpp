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

constexpr const char* kSanitized = "-O1 -fsanitize=address,undefined -fno-sanitize-recover=all";
// With this machine's own instructions: AVX-512 VNNI has code of its own.
constexpr const char* kNative = "-O1 -march=native -fsanitize=address,undefined -fno-sanitize-recover=all";

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
  expect_same(judgments, "gcc", kSanitized);
  expect_same(judgments, "gcc", kNative);
}

// One product, and a pooling or none behind it: what decides how its sums are written.
struct Case {
  const char* what;
  Shape image, kernel;
  const char* padding;
  std::vector<std::int64_t> stride, dilation, pool;
};

exporting::InferenceGraph network(const Case& c) {
  Builder b;
  const Value x = b.parameter("x", c.image);
  Value y = ops::conv(x, ops::constant(b, random(c.kernel, 1, -0.5, 0.5)),
                      {.strides = c.stride, .padding = c.padding, .dilation_rate = c.dilation});
  y = ops::relu(y + ops::constant(b, random({c.kernel[3]}, 2)));
  if (!c.pool.empty()) y = ops::max_pool(y, c.pool);
  b.output(y);
  return exporting::prepared({b.graph(), {}});
}

Judgment judged(const Case& c, const std::string& name) {
  const exporting::InferenceGraph graph = network(c);
  Shape many = c.image;
  many[0] = 20;
  const Tensor samples = random(many, 9, -1, 1);
  const Network q = quantized_network(graph, samples, compiled);
  const std::vector<std::int8_t> x = quantized(samples.data<float>(), c.image.size(), q.input);
  Judgment j;
  j.label = cat(c.what, ": ", c.image, " * ", c.kernel, ", ", c.padding, ", strides ", c.stride[0], " ", c.stride[1],
                ", pool ", c.pool.empty() ? 0 : c.pool[0], " ", c.pool.empty() ? 0 : c.pool[1]);
  j.sources = generate(q, name, x);
  j.inputs = {Tensor::from(x)};
  j.expected = {Tensor::from(interpret(q, x).back())};
  return j;
}

TEST(ExportInt8, EveryFormOfAProduct) {
  const Case cases[] = {
      {"a tile, pooled, window rows in fours", {1, 9, 9, 4}, {3, 3, 4, 6}, "valid", {1, 1}, {1, 1}, {2, 2}},
      {"one feature, an odd number of outputs", {1, 10, 10, 1}, {3, 3, 1, 5}, "valid", {1, 1}, {1, 1}, {2, 2}},
      {"edges, pooled", {1, 8, 8, 3}, {3, 3, 3, 4}, "same", {1, 1}, {1, 1}, {2, 2}},
      {"no pool, an odd row of places", {1, 9, 9, 4}, {3, 3, 4, 3}, "valid", {1, 1}, {1, 1}, {}},
      {"strides and edges", {1, 9, 8, 2}, {3, 3, 2, 4}, "same", {2, 2}, {1, 1}, {}},
      {"strides under a pool", {1, 13, 13, 4}, {3, 3, 4, 4}, "valid", {2, 2}, {1, 1}, {2, 2}},
      {"dilation", {1, 9, 9, 4}, {3, 3, 4, 4}, "valid", {1, 1}, {2, 2}, {2, 2}},
      {"a pool that is not two wide", {1, 11, 11, 4}, {3, 3, 4, 4}, "valid", {1, 1}, {1, 1}, {3, 3}},
      {"long window rows", {1, 8, 8, 20}, {1, 3, 20, 8}, "valid", {1, 1}, {1, 1}, {2, 2}},
      {"many weights", {1, 6, 6, 32}, {3, 3, 32, 18}, "same", {1, 1}, {1, 1}, {}},
      {"many weights, pooled", {1, 6, 6, 30}, {3, 3, 30, 18}, "valid", {1, 1}, {1, 1}, {2, 2}},
      {"one tap", {1, 5, 7, 6}, {1, 1, 6, 7}, "valid", {1, 1}, {1, 1}, {}},
      {"one tap, pooled, with strides", {1, 9, 9, 6}, {1, 1, 6, 7}, "valid", {2, 2}, {1, 1}, {2, 2}},
  };
  std::vector<Judgment> judgments;
  for (const Case& c : cases) judgments.push_back(judged(c, cat("form", judgments.size())));
  expect_same(judgments, "gcc", "-O2");
  expect_same(judgments, "gcc", kSanitized);
  expect_same(judgments, "gcc", kNative);
  if (have("clang-14")) expect_same(judgments, "clang-14", "-O1");
}

// What nobody thought of: sizes, strides, edges and pools as they come.
TEST(ExportInt8, ProductsAsTheyCome) {
  RandomStream stream(17);
  const auto below = [&stream](std::uint64_t n) { return static_cast<std::int64_t>(stream.below(n)); };
  std::vector<Judgment> judgments;
  while (judgments.size() < 40) {
    Case c{"as it comes", {1, 4 + below(9), 4 + below(9), 1 + below(9)}, {}, below(2) ? "same" : "valid", {}, {}, {}};
    c.kernel = {1 + below(4), 1 + below(4), c.image[3], 1 + below(below(4) ? 9 : 150)};
    c.stride = {1 + below(2), 1 + below(2)};
    c.dilation = {1, 1};
    if (c.stride[0] == 1 && c.stride[1] == 1) c.dilation = {1 + below(2), 1 + below(2)};
    if (below(3)) c.pool = {1 + below(3), 1 + below(3)};
    const auto places = [&c](std::size_t axis) {
      const int i = static_cast<int>(axis);
      const std::int64_t there =
          ops::window_length(c.image[i + 1], c.padding, c.kernel[i], c.stride[axis], c.dilation[axis]);
      return c.pool.empty() ? there : there / c.pool[axis];
    };
    if (places(0) < 1 || places(1) < 1) continue;
    judgments.push_back(judged(c, cat("random", judgments.size())));
  }
  expect_same(judgments, "gcc", kSanitized);
  expect_same(judgments, "gcc", kNative);
}

// A pool that is a part of the product before it, and a softmax in the place of its logits: no array for either.
TEST(ExportInt8, MemoryOfWhatNeverExists) {
  Builder b;
  const Value x = b.parameter("x", {1, 10, 10, 1});
  const Value pooled = ops::max_pool(ops::relu(ops::conv(x, ops::constant(b, random({3, 3, 1, 8}, 1)))), {2, 2});
  const Value logits = ops::matmul(ops::reshape(pooled, {1, 128}), ops::constant(b, random({128, 5}, 2)));
  b.output(ops::softmax(logits));
  const Network q = quantized_network(exporting::prepared({b.graph(), {}}), random({9, 10, 10, 1}, 3), compiled);
  EXPECT_EQ(generate(q, "m", {}).budget.arena_bytes, 4u * 4u * 8u);
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
