// What each pass makes of small graphs. That results stay the same, tests/ops checks on every case.
#include <gtest/gtest.h>

#include <algorithm>

#include "cornu/core/error.h"
#include "cornu/ir/ops.h"
#include "cornu/passes/pass.h"

namespace cornu::passes {
namespace {

using ir::Op;

int count(const ir::Graph& graph, Op op) {
  return static_cast<int>(
      std::count_if(graph.nodes().begin(), graph.nodes().end(), [op](const ir::Node& n) { return n.op == op; }));
}
int computed(const ir::Graph& graph) { return static_cast<int>(graph.nodes().size() - graph.parameters().size()); }

ir::Graph run(ir::Graph (*pass)(const ir::Graph&), Builder& b) {
  ir::Graph out = pass(b.graph());
  ir::verify(out, "test");
  EXPECT_EQ(out.outputs().size(), b.graph().outputs().size());
  return out;
}

// Only the parameter is left.
void expect_vanishes(Value (*make)(Value x)) {
  Builder b;
  b.output(make(b.parameter("x", {4, 6})));
  const ir::Graph out = run(simplify, b);
  EXPECT_EQ(computed(out), 0) << print(out);
}

TEST(Simplify, Identities) {
  expect_vanishes([](Value x) { return x * 1.0; });
  expect_vanishes([](Value x) { return 1.0 * x; });
  expect_vanishes([](Value x) { return x + 0.0; });
  expect_vanishes([](Value x) { return 0.0 + x; });
  expect_vanishes([](Value x) { return x - 0.0; });
  expect_vanishes([](Value x) { return x / 1.0; });
  expect_vanishes([](Value x) { return -(-x); });
  expect_vanishes([](Value x) { return ops::power(x, 1.0); });
  expect_vanishes([](Value x) { return ops::stop_gradient(x); });
  expect_vanishes([](Value x) { return ops::transpose(ops::transpose(x)); });
  expect_vanishes([](Value x) { return ops::reshape(ops::reshape(x, {24}), {4, 6}); });
  expect_vanishes([](Value x) { return ops::slice(x, {0, 0}, {4, 6}); });
  expect_vanishes([](Value x) { return ops::pad(x, {{0, 0}, {0, 0}}); });
  expect_vanishes([](Value x) { return ops::concatenate({x}); });
  expect_vanishes([](Value x) { return ops::cast(ops::cast(x, float64), float32); });
  expect_vanishes([](Value x) { return ops::where(ops::full(x.builder(), {4, 6}, 1.0, bool_), x, x * 3.0); });
}

TEST(Simplify, KeepsWhatMayChangeAValue) {
  Builder b;
  const Value x = b.parameter("x", {4});
  b.output(x * 0.0);                                    // x may be NaN
  b.output(ops::cast(ops::cast(x, float16), float32));  // loses digits
  b.output(x / 3.0);                                    // 1 / 3 is not exact
  const ir::Graph out = run(simplify, b);
  EXPECT_EQ(count(out, Op::kMultiply), 1);
  EXPECT_EQ(count(out, Op::kConvert), 2);
  EXPECT_EQ(count(out, Op::kDivide), 1);
}

TEST(Simplify, ExactQuotientsBecomeProducts) {
  Builder b;
  b.output(b.parameter("x", {4}) / 32.0);
  const ir::Graph out = run(simplify, b);
  EXPECT_EQ(count(out, Op::kDivide), 0);
  EXPECT_EQ(count(out, Op::kMultiply), 1);
}

TEST(Simplify, ConstantsAreComputed) {
  Builder b;
  const Value two = ops::full(b, {}, 2.0), three = ops::full(b, {}, 3.0);
  b.output(b.parameter("x", {4}) * ops::exp(two * three - 6.0));  // exp(0) = 1
  EXPECT_EQ(computed(run(simplify, b)), 0);
}

TEST(Simplify, OpsHappenBeforeBroadcasts) {
  Builder b;
  const Value row = b.parameter("row", {8});
  b.output(ops::exp(ops::broadcast_to(row, {100, 8})) * ops::broadcast_to(ops::tanh(row), {100, 8}));
  const ir::Graph out = run(simplify, b);
  for (const ir::Node& node : out.nodes()) {
    if (node.op != Op::kExponential && node.op != Op::kMultiply) continue;
    EXPECT_EQ(out.shape(node.result()), Shape{8});
  }
}

TEST(Simplify, ProductsAbsorbTranspositions) {
  Builder b;
  const Value x = b.parameter("x", {4, 6}), y = b.parameter("y", {5, 6});
  b.output(ops::matmul(x, ops::transpose(y)));
  b.output(ops::matmul(ops::transpose(x), b.parameter("z", {4, 3})));
  const ir::Graph out = run(simplify, b);
  EXPECT_EQ(count(out, Op::kTranspose), 0) << print(out);
}

TEST(Simplify, AReluAnswersForItsInput) {
  Builder b;
  const Value x = b.parameter("x", {4}), y = ops::relu(x);
  b.output(y);
  b.output(ops::where(ops::greater_equal(ops::zeros_like(x), x), 0.0, b.parameter("dy", {4})));
  const ir::Graph out = run(simplify, b);
  EXPECT_EQ(out.use_counts()[static_cast<std::size_t>(out.parameters()[0])], 1) << print(out);
}

// Mask and sum happen on what is pooled: nothing as large as the image is left but the relu and the gradient itself.
TEST(Simplify, WhatFollowsAPoolingsGradientIsDoneBeforeIt) {
  Builder b;
  const Value image = ops::relu(b.parameter("x", {2, 6, 6, 3}));
  const Value source = b.parameter("source", {2, 3, 3, 3});
  const ir::Window window{{}, {.size = 2, .stride = 2}, {.size = 2, .stride = 2}, {}};
  const Value back =
      b.add(Op::kSelectAndScatter, {image, source}, ir::SelectAndScatterAttributes{ir::Reduction::kMaximum, window});
  const Value masked = ops::where(ops::less_equal(image, 0.0), 0.0, back);
  b.output(masked);
  b.output(ops::sum(masked, {0, 1, 2}));
  b.output(ops::sum(masked, {0, 1}));  // not over the whole of the window: stays
  const ir::Graph out = run(simplify, b);
  for (const ir::Node& node : out.nodes()) {
    if (node.op != Op::kSelect && node.op != Op::kReduce) continue;
    const Shape& worked_on = out.shape(node.operands.back());
    const bool partial = out.shape(node.result()) == Shape{6, 3};
    EXPECT_EQ(worked_on, partial ? (Shape{2, 6, 6, 3}) : (Shape{2, 3, 3, 3})) << print(out);
  }
}

TEST(Simplify, SumsOfEqualNumbers) {
  Builder b;
  b.output(ops::sum(ops::full(b, {32}, 1.0)));
  b.output(ops::max(ops::broadcast_to(b.parameter("x", {}), {5, 7})));
  EXPECT_EQ(count(run(simplify, b), Op::kReduce), 0);
}

TEST(Cse, EqualNodesBecomeOne) {
  Builder b;
  const Value x = b.parameter("x", {4}), y = b.parameter("y", {4});
  b.output(ops::exp(x + y) * 2.0);
  b.output(ops::exp(y + x) * 2.0);
  b.output(ops::exp(x - y));
  const ir::Graph out = run(cse, b);
  EXPECT_EQ(count(out, Op::kAdd), 1);
  EXPECT_EQ(count(out, Op::kMultiply), 1);
  EXPECT_EQ(count(out, Op::kExponential), 2);
  EXPECT_EQ(out.outputs()[0], out.outputs()[1]);
}

TEST(Cse, DifferentAttributesStayApart) {
  Builder b;
  const Value x = b.parameter("x", {4, 4});
  b.output(ops::sum(x, {0}));
  b.output(ops::sum(x, {1}));
  b.output(ops::max(x, {1}));
  b.output(ops::less(x, 0.0));
  b.output(ops::greater(x, 0.0));
  EXPECT_EQ(computed(run(cse, b)), 5 + 1 + 1);  // and one constant, broadcast once
}

TEST(FuseDot, BiasAndRelu) {
  Builder b;
  const Value x = b.parameter("x", {8, 4}), w = b.parameter("w", {4, 5}), bias = b.parameter("b", {5});
  b.output(ops::relu(ops::matmul(x, w) + bias));
  const ir::Graph out = fuse_dot(run(simplify, b));
  ir::verify(out, "fuse_dot");
  EXPECT_EQ(count(out, Op::kFusion), 1);
  EXPECT_EQ(computed(out), 1) << print(out);
}

TEST(FuseDot, AnUpdateOfWeights) {
  Builder b;
  const Value x = b.parameter("x", {8, 4}), g = b.parameter("g", {8, 5}), w = b.parameter("w", {4, 5}),
              rate = b.parameter("rate", {});
  b.output(w - rate * (ops::matmul(ops::transpose(x), g) * 0.5));
  const ir::Graph out = fuse_dot(run(simplify, b));
  ir::verify(out, "fuse_dot");
  EXPECT_EQ(count(out, Op::kFusion), 1);
  EXPECT_EQ(count(out, Op::kSubtract), 0) << print(out);
}

TEST(FuseDot, LeavesAProductThatOthersNeed) {
  Builder b;
  const Value p = ops::matmul(b.parameter("x", {8, 4}), b.parameter("w", {4, 5}));
  b.output(ops::relu(p + b.parameter("b", {5})));
  b.output(p);
  EXPECT_EQ(count(fuse_dot(run(simplify, b)), Op::kFusion), 0);
}

TEST(FuseDot, Float64StaysAsItIs) {
  Builder b;
  b.output(ops::matmul(b.parameter("x", {8, 4}, float64), b.parameter("w", {4, 5}, float64)) +
           b.parameter("b", {5}, float64));
  EXPECT_EQ(count(run(fuse_dot, b), Op::kFusion), 0);
}

TEST(FoldPad, ZerosBecomeTheConvolutionsOwn) {
  Builder b;
  const Value x = b.parameter("x", {2, 5, 6, 3}), w = b.parameter("w", {3, 3, 3, 8});
  b.output(ops::conv(ops::pad(x, {{0, 0}, {1, 2}, {0, 1}, {0, 0}}), w));
  b.output(ops::conv(ops::pad(x, {{0, 0}, {1, 1}, {1, 1}, {0, 0}}, 0.5), w));  // not zeros
  b.output(ops::conv(ops::pad(x, {{1, 0}, {1, 1}, {1, 1}, {0, 0}}), w));       // another image
  const ir::Graph out = run(fold_pad, b);
  EXPECT_EQ(count(out, Op::kPad), 2) << print(out);
}

Value normalized_convolution(Builder& b, bool fixed) {
  const Value x = b.parameter("x", {2, 5, 5, 3});
  std::vector<Value> w{b.parameter("kernel", {3, 3, 3, 8})};
  for (const char* name : {"bias", "scale", "shift"}) w.push_back(b.parameter(name, {8}));
  if (fixed)
    for (const Value v : w) b.graph().fix(v.id());
  const auto wide = [](Value v) { return ops::reshape(v, {1, 1, 1, 8}); };
  return (ops::conv(x, w[0]) + w[1]) * wide(w[2]) + wide(w[3]);
}

TEST(FoldScale, BatchNormalizationGoesIntoFixedWeights) {
  Builder b;
  b.output(normalized_convolution(b, true));
  ir::Graph out = fold_scale(run(simplify, b));
  ir::verify(out, "fold_scale");
  EXPECT_EQ(out.producer(out.outputs()[0]).op, Op::kAdd) << print(out);
  out = fuse_dot(out);
  ir::verify(out, "fuse_dot");
  EXPECT_EQ(out.producer(out.outputs()[0]).op, Op::kFusion) << print(out);
}

TEST(FoldScale, LeavesWeightsThatChangeAlone) {
  Builder b;
  b.output(normalized_convolution(b, false));
  const ir::Graph before = run(simplify, b);
  EXPECT_EQ(print(fold_scale(before)), print(before));
}

TEST(FuseDot, AConvolutionWithResidualAndRelu6) {
  Builder b;
  const Value y = ops::relu(ops::conv(b.parameter("x", {2, 5, 5, 3}), b.parameter("w", {3, 3, 3, 8})) +
                            b.parameter("b", {8}) + b.parameter("r", {2, 3, 3, 8}));
  b.output(ops::where(ops::less(y, 6.0), y, 6.0));
  const ir::Graph out = fuse_dot(run(simplify, b));
  ir::verify(out, "fuse_dot");
  EXPECT_EQ(computed(out), 1) << print(out);
}

TEST(FuseRows, SoftmaxIsOnePass) {
  Builder b;
  b.output(ops::softmax(b.parameter("x", {32, 10})));
  const ir::Graph out = fuse_rows(run(simplify, b));
  ir::verify(out, "fuse_rows");
  EXPECT_EQ(computed(out), 1) << print(out);
}

TEST(FuseRows, AdamIsOnePassOverTheWeights) {
  Builder b;
  const Value w = b.parameter("w", {100, 50}), g = b.parameter("g", {100, 50}), m = b.parameter("m", {100, 50}),
              v = b.parameter("v", {100, 50}), alpha = b.parameter("alpha", {});
  const Value m1 = m + (g - m) * 0.1, v1 = v + (g * g - v) * 0.001;
  b.output(m1);
  b.output(v1);
  b.output(w - m1 * alpha / (ops::sqrt(v1) + 1e-7));
  const ir::Graph out = fuse_rows(run(simplify, b));
  ir::verify(out, "fuse_rows");
  EXPECT_EQ(computed(out), 1) << print(out);
}

TEST(FuseRows, NothingWaitsForItself) {
  Builder b;  // y needs x through a product: the ends of the chain cannot be one
  const Value x = ops::exp(b.parameter("x", {8, 8}));
  const Value y = ops::tanh(ops::matmul(x, b.parameter("w", {8, 8}))) + x;
  b.output(y);
  const ir::Graph out = fuse_rows(run(simplify, b));
  ir::verify(out, "fuse_rows");
  EXPECT_EQ(count(out, Op::kDotGeneral), 1);
  EXPECT_EQ(computed(out), 3) << print(out);
}

TEST(FuseRows, DropoutWithItsRandomNumbers) {
  Builder b;
  const Value x = b.parameter("x", {64, 100}), state = b.parameter("state", {2}, uint32);
  b.output(ops::where(ops::less(ops::random_uniform(state, x.shape()), 0.8), x / 0.8, 0.0));
  EXPECT_EQ(computed(fuse_rows(run(simplify, b))), 1);
}

TEST(FuseRows, SumsOverTheBatchStayApart) {
  Builder b;
  const Value x = b.parameter("x", {64, 100});
  b.output(ops::sum(x * 2.0, {0}));
  const ir::Graph out = fuse_rows(run(simplify, b));
  EXPECT_EQ(count(out, Op::kReduce), 1);
}

TEST(Pipeline, PassesAreNamedTimedAndSwitchedOff) {
  Builder b;
  b.output(ops::softmax(b.parameter("x", {32, 10})));
  std::vector<PassTime> times;
  run_pipeline(b.graph(), {.disabled = {"cse"}, .verify = true}, &times);
  ASSERT_EQ(times.size(), pipeline().size() - 1);
  for (const PassTime& t : times) EXPECT_NE(t.name, "cse");
  const ir::Graph same = run_pipeline(b.graph(), {.disabled = {"all"}, .verify = true});
  EXPECT_EQ(print(same), print(b.graph()));
}

TEST(Pipeline, KeepsParametersOutputsAndAliases) {
  Builder b;
  const Value w = b.parameter("w", {4}), unused = b.parameter("unused", {7});
  b.graph().alias(b.output(w - 1.0), 0);
  b.output(unused);
  const ir::Graph out = run_pipeline(b.graph(), {.disabled = {}, .verify = true});
  ASSERT_EQ(out.parameters().size(), 2u);
  EXPECT_EQ(out.parameter_name(1), "unused");
  EXPECT_EQ(out.outputs().size(), 2u);
  EXPECT_EQ(out.aliases(), b.graph().aliases());
}

}  // namespace
}  // namespace cornu::passes
