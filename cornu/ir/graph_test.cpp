// The printer's text, the rewriter, and what a graph knows about itself.
#include "cornu/ir/graph.h"

#include <gtest/gtest.h>

#include "cornu/ir/ops.h"

namespace cornu::ir {
namespace {

TEST(Print, AGraph) {
  Builder b;
  const Value x = b.parameter("x", {2, 3}), w = b.parameter("dense/kernel", {3, 4});
  const Value y = ops::softmax(ops::matmul(x, w));
  b.output(ops::argmax(y));
  b.output(ops::slice_axis(ops::transpose(y), 0, 1, 3));
  EXPECT_EQ(print(b.graph()),
            "%0 = parameter() \"x\" : float32[2,3]\n"
            "%1 = parameter() \"dense/kernel\" : float32[3,4]\n"
            "%2 = dot_general(%0, %1) batch=[][] contract=[1][0] : float32[2,4]\n"
            "%3 = reduce(%2) maximum axes=[1] : float32[2]\n"
            "%4 = reshape(%3) : float32[2,1]\n"
            "%5 = stop_gradient(%4) : float32[2,1]\n"
            "%6 = broadcast_in_dim(%5) dims=[0,1] : float32[2,4]\n"
            "%7 = subtract(%2, %6) : float32[2,4]\n"
            "%8 = exponential(%7) : float32[2,4]\n"
            "%9 = reduce(%8) add axes=[1] : float32[2]\n"
            "%10 = reshape(%9) : float32[2,1]\n"
            "%11 = broadcast_in_dim(%10) dims=[0,1] : float32[2,4]\n"
            "%12 = divide(%8, %11) : float32[2,4]\n"
            "%13 = argmax(%12) axis=1 : int32[2]\n"
            "%14 = transpose(%12) permutation=[1,0] : float32[4,2]\n"
            "%15 = slice(%14) start=[1,0] limit=[3,2] stride=[1,1] : float32[2,2]\n"
            "return %13, %15\n");
}

TEST(Print, AttributesAndBodies) {
  Builder body;
  body.output(ops::exp(body.parameter("a", {2})));
  Builder b;
  const Value c = ops::constant(b, Tensor::from<float>({1, 0.5f}));
  const Value f =
      b.add(Op::kFusion, {c}, FusionAttributes{FusionKind::kRows, std::make_shared<const Graph>(body.graph())});
  const Value padded = ops::pad(f, {{1, 0}});  // a line of its own: C++ leaves the order of arguments open
  b.output(ops::less(padded, ops::iota(b, {3}, 0, float32)));
  EXPECT_EQ(print(b.graph()),
            "%0 = constant() [1.0, 0.5] : float32[2]\n"
            "%1 = fusion(%0) rows : float32[2]\n"
            "    %0 = parameter() \"a\" : float32[2]\n"
            "    %1 = exponential(%0) : float32[2]\n"
            "    return %1\n"
            "%2 = constant() 0.0 : float32[]\n"
            "%3 = pad(%1, %2) low=[1] high=[0] interior=[0] : float32[3]\n"
            "%4 = iota() axis=0 : float32[3]\n"
            "%5 = compare(%3, %4) LT : bool[3]\n"
            "return %5\n");
}

TEST(Print, WindowsSayWhatIsNotTheDefault) {
  Builder b;
  const Value x = b.parameter("x", {2, 7, 8, 3});
  const Value kernel = b.parameter("kernel", {3, 2, 3, 4}), wide = b.parameter("wide", {2, 2, 3, 4});
  const Value y = ops::conv(x, kernel, {.strides = {2}, .padding = "same"});
  const Value z = ops::conv_transpose(y, wide, {.strides = {2, 1}});
  b.output(ops::max_pool(z, {2}, {.channels_first = true}));
  EXPECT_EQ(print(b.graph()),
            "%0 = parameter() \"x\" : float32[2,7,8,3]\n"
            "%1 = parameter() \"kernel\" : float32[3,2,3,4]\n"
            "%2 = parameter() \"wide\" : float32[2,2,3,4]\n"
            "%3 = convolution(%0, %1) 3x2 stride=2x2 pad=1_1x0_0 b01f_01io->b01f : float32[2,4,4,4]\n"
            "%4 = convolution(%3, %2) 2x2 pad=1_1x1_1 lhs_dilate=2x1 reverse=1x1 b01f_01oi->b01f : float32[2,8,5,3]\n"
            "%5 = reduce_window(%4) maximum 1x1x2x2 stride=1x1x2x2 : float32[2,8,2,1]\n"
            "return %5\n");
}

TEST(Rewrite, KeepsWhatNobodyChangesAndDropsWhatNobodyUses) {
  Builder b;
  const Value x = b.parameter("x", {2}), unused = b.parameter("unused", {2});
  ops::sin(unused);
  b.output(ops::cast(ops::reshape(ops::broadcast_to(x, {3, 2}), {6}), float64));
  b.graph().add_output(ops::random_uniform(ops::constant(b, Tensor::from<std::uint32_t>({1, 2})), {4}).id());
  b.output(x);
  b.graph().alias(2, 0);
  const Graph copy = rewrite(b.graph(), [](Rewriter&, const Node&) { return false; });
  EXPECT_EQ(copy.parameters().size(), 2u);  // parameters stay: callers count them
  EXPECT_EQ(copy.parameter_name(1), "unused");
  EXPECT_EQ(copy.nodes().size(), b.graph().nodes().size() - 1);
  EXPECT_EQ(copy.aliases(), b.graph().aliases());
  EXPECT_NO_THROW(verify(copy, "rewrite"));
}

TEST(Rewrite, ReplacesNodes) {
  Builder b;
  const Value x = b.parameter("x", {2});
  b.output(ops::exp(-(-x)));
  const Graph out = rewrite(b.graph(), [](Rewriter& r, const Node& node) {
    if (node.op != Op::kNegate) return false;
    const Node& inner = r.source().producer(node.operands[0]);
    if (inner.op != Op::kNegate) return false;
    r.replace(node.result(), r[inner.operands[0]]);
    return true;
  });
  const Graph clean =
      rewrite(out, [](Rewriter&, const Node&) { return false; });  // the inner negation has lost its use
  EXPECT_EQ(print(clean), "%0 = parameter() \"x\" : float32[2]\n%1 = exponential(%0) : float32[2]\nreturn %1\n");
}

TEST(Graph, KnowsProducersAndUses) {
  Builder b;
  const Value x = b.parameter("x", {2});
  const Value y = x * x;
  b.output(y);
  b.output(y);
  EXPECT_EQ(b.graph().use_counts(), (std::vector<int>{2, 2}));
  EXPECT_EQ(b.graph().producer(y.id()).op, Op::kMultiply);
  EXPECT_EQ(b.graph().producer_index(x.id()), 0);
}

TEST(Graph, TypesKeepTheirAddressWhileItGrows) {
  Builder b;
  const Value x = b.parameter("x", {2, 3});
  const Shape& shape = x.shape();
  for (int i = 0; i < 1000; ++i) ops::full(b, shape, 0.0);
  EXPECT_EQ(&shape, &x.shape());
  EXPECT_EQ(shape, (Shape{2, 3}));
}

TEST(Op, NamesAndFacts) {
  EXPECT_EQ(name_of(Op::kBroadcastInDim), "broadcast_in_dim");
  EXPECT_EQ(operand_count(Op::kSelect), 3);
  EXPECT_EQ(operand_count(Op::kConcatenate), -1);
  EXPECT_EQ(family_of(Op::kDotGeneral), Family::kContract);
}

}  // namespace
}  // namespace cornu::ir
