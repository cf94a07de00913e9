// Shape rules: what they give, and what they say when they refuse.
#include <gtest/gtest.h>

#include "cornu/core/error.h"
#include "cornu/ir/ops.h"

namespace cornu::ir {
namespace {

// What a rule says about these operands: the result's type, or the message of its refusal.
std::string says(Op op, const std::vector<Type>& operands, Attributes attributes = {}) {
  Graph graph;
  std::vector<ValueId> ids;
  for (const Type& type : operands) ids.push_back(graph.add_parameter("x", type));
  try {
    return print(infer_types(graph, op, ids, attributes).front());
  } catch (const ValueError& error) {
    return error.what();
  }
}

const Type kMatrix{float32, Shape{2, 3}};
const Type kScalar{float32, Shape{}};
const Type kInts{int32, Shape{2, 3}};
const Type kBools{bool_, Shape{2, 3}};

TEST(ShapeRules, Elementwise) {
  EXPECT_EQ(says(Op::kAdd, {kMatrix, kMatrix}), "float32[2,3]");
  EXPECT_EQ(says(Op::kCompare, {kMatrix, kMatrix}, CompareAttributes{Comparison::kLess}), "bool[2,3]");
  EXPECT_EQ(says(Op::kIsFinite, {kMatrix}), "bool[2,3]");
  EXPECT_EQ(says(Op::kSelect, {kBools, kInts, kInts}), "int32[2,3]");
  EXPECT_EQ(says(Op::kAdd, {kMatrix, kInts}),
            "[add] received: float32[2,3], int32[2,3]\n  expected: two operands of one type");
  EXPECT_EQ(says(Op::kAdd, {kMatrix}), "[add] received: float32[2,3]\n  expected: 2 operands");
  EXPECT_EQ(says(Op::kSelect, {kMatrix, kMatrix, kMatrix}),
            "[select] received: float32[2,3], float32[2,3], float32[2,3]\n"
            "  expected: a bool tensor and two tensors of one type, all of one shape");
}

TEST(ShapeRules, Elements) {
  EXPECT_EQ(says(Op::kExponential, {kInts}),
            "[exponential] received: int32[2,3]\n  expected: floats (cast first: ops::cast)");
  EXPECT_EQ(says(Op::kAdd, {kBools, kBools}),
            "[add] received: bool[2,3], bool[2,3]\n  expected: numbers, not bools (cast first: ops::cast)");
  EXPECT_EQ(says(Op::kNot, {kMatrix}),
            "[not] received: float32[2,3]\n  expected: bools or integers (cast first: ops::cast)");
  EXPECT_EQ(says(Op::kAbs, {{uint8, Shape{1}}}),
            "[abs] received: uint8[1]\n  expected: floats or signed integers (cast first: ops::cast)");
  EXPECT_EQ(says(Op::kReduce, {kMatrix}, ReduceAttributes{Reduction::kAnd, {0}}),
            "[reduce] received: float32[2,3]\n  expected: bools for a reduction by and / or");
}

TEST(ShapeRules, Transpose) {
  EXPECT_EQ(says(Op::kTranspose, {kMatrix}, TransposeAttributes{{1, 0}}), "float32[3,2]");
  EXPECT_EQ(says(Op::kTranspose, {kMatrix}, TransposeAttributes{{0, 0}}),
            "[transpose] received: float32[2,3]\n  expected: each axis at most once");
  EXPECT_EQ(says(Op::kTranspose, {kMatrix}, TransposeAttributes{{0, 2}}),
            "[transpose] received: float32[2,3]\n  expected: an axis from 0 to 1, not 2");
  EXPECT_EQ(says(Op::kTranspose, {kMatrix}, TransposeAttributes{{1}}),
            "[transpose] received: float32[2,3]\n  expected: a permutation of all 2 axes, not of 1");
}

TEST(ShapeRules, Slice) {
  EXPECT_EQ(says(Op::kSlice, {kMatrix}, SliceAttributes{{0, 0}, {2, 3}, {1, 2}}), "float32[2,2]");
  EXPECT_EQ(says(Op::kSlice, {kMatrix}, SliceAttributes{{1, 1}, {1, 3}, {1, 1}}), "float32[0,2]");
  EXPECT_EQ(
      says(Op::kSlice, {kMatrix}, SliceAttributes{{0, 0}, {2, 4}, {1, 1}}),
      "[slice] received: float32[2,3]\n  expected: 0 <= start <= limit <= 3 and stride >= 1 on axis 1, not 0, 4 and 1");
  EXPECT_EQ(says(Op::kSlice, {kMatrix}, SliceAttributes{{0, 0}, {2}, {1, 1}}),
            "[slice] received: float32[2,3]\n  expected: one start, limit and stride for each axis");
}

TEST(ShapeRules, Pad) {
  EXPECT_EQ(says(Op::kPad, {kMatrix, kScalar}, PadAttributes{{1, 0}, {0, -1}, {0, 2}}), "float32[3,6]");
  EXPECT_EQ(
      says(Op::kPad, {kMatrix, kScalar}, PadAttributes{{-3, 0}, {0, 0}, {0, 0}}),
      "[pad] received: float32[2,3], float32[]\n  expected: a result without negative dimensions, not -1 on axis 0");
  EXPECT_EQ(says(Op::kPad, {kMatrix, kMatrix}, PadAttributes{{0, 0}, {0, 0}, {0, 0}}),
            "[pad] received: float32[2,3], float32[2,3]\n  expected: a tensor, a scalar of its dtype, and one padding "
            "an axis");
}

TEST(ShapeRules, Concatenate) {
  EXPECT_EQ(says(Op::kConcatenate, {kMatrix, {float32, Shape{2, 4}}}, AxisAttributes{1}), "float32[2,7]");
  EXPECT_EQ(says(Op::kConcatenate, {kMatrix, {float32, Shape{3, 4}}}, AxisAttributes{1}),
            "[concatenate] received: float32[2,3], float32[3,4]\n  expected: tensors that differ in axis 1 alone");
  EXPECT_EQ(says(Op::kConcatenate, {kMatrix, kInts}, AxisAttributes{1}),
            "[concatenate] received: float32[2,3], int32[2,3]\n  expected: tensors of one rank and dtype");
  EXPECT_EQ(says(Op::kConcatenate, {}, AxisAttributes{0}), "[concatenate] received: \n  expected: at least one tensor");
}

TEST(ShapeRules, Reductions) {
  EXPECT_EQ(says(Op::kReduce, {kMatrix}, ReduceAttributes{Reduction::kSum, {0}}), "float32[3]");
  EXPECT_EQ(says(Op::kReduce, {kMatrix}, ReduceAttributes{Reduction::kSum, {}}), "float32[2,3]");
  EXPECT_EQ(says(Op::kArgmax, {kMatrix}, AxisAttributes{1}), "int32[2]");
  EXPECT_EQ(says(Op::kCumulativeSum, {kMatrix}, AxisAttributes{0}), "float32[2,3]");
  EXPECT_EQ(says(Op::kReduce, {kMatrix}, ReduceAttributes{Reduction::kSum, {1, 1}}),
            "[reduce] received: float32[2,3]\n  expected: each axis at most once");
  EXPECT_EQ(says(Op::kArgmax, {{float32, Shape{2, 0}}}, AxisAttributes{1}),
            "[argmax] received: float32[2,0]\n  expected: an axis of at least one element");
}

TEST(ShapeRules, AllReduce) {
  EXPECT_EQ(says(Op::kAllReduce, {kMatrix}, AllReduceAttributes{3}), "float32[2,3]");
  EXPECT_EQ(says(Op::kAllReduce, {kMatrix}, AllReduceAttributes{-1}),
            "[all_reduce] received: float32[2,3]\n  expected: a place from 0 on");
}

TEST(ShapeRules, Indices) {
  const Type at{int64, Shape{4, 5}}, slices{float32, Shape{4, 5, 3}};
  EXPECT_EQ(says(Op::kGather, {kMatrix, at}, AxisAttributes{0}), "float32[4,5,3]");
  EXPECT_EQ(says(Op::kGather, {kMatrix, at}, AxisAttributes{1}), "float32[2,4,5]");
  EXPECT_EQ(says(Op::kGather, {kMatrix, at}, AxisAttributes{2}),
            "[gather] received: float32[2,3], int64[4,5]\n  expected: an axis from 0 to 1, not 2");
  EXPECT_EQ(says(Op::kGather, {kMatrix, kMatrix}, AxisAttributes{0}),
            "[gather] received: float32[2,3], float32[2,3]\n  expected: integers as indices (cast first: ops::cast)");
  EXPECT_EQ(says(Op::kGather, {{float32, Shape{0, 3}}, at}, AxisAttributes{0}),
            "[gather] received: float32[0,3], int64[4,5]\n  expected: at least one element along axis 0 to take from");
  EXPECT_EQ(says(Op::kScatter, {kMatrix, at, slices}, AxisAttributes{0}), "float32[2,3]");
  EXPECT_EQ(says(Op::kScatter, {kMatrix, at, kMatrix}, AxisAttributes{0}),
            "[scatter] received: float32[2,3], int64[4,5], float32[2,3]\n"
            "  expected: updates of float32[4,5,3], a slice for each index");
}

TEST(ShapeRules, Dot) {
  const Type x{float32, Shape{5, 2, 3}}, y{float32, Shape{5, 3, 4}};
  EXPECT_EQ(says(Op::kDotGeneral, {x, y}, DotAttributes{{0}, {0}, {2}, {1}}), "float32[5,2,4]");
  EXPECT_EQ(says(Op::kDotGeneral, {x, y}, DotAttributes{{0}, {0}, {1}, {1}}),
            "[dot_general] received: float32[5,2,3], float32[5,3,4]\n"
            "  expected: equal lengths of axis 1 of the first and axis 1 of the second operand");
  EXPECT_EQ(says(Op::kDotGeneral, {x, y}, DotAttributes{{0}, {}, {2}, {1}}),
            "[dot_general] received: float32[5,2,3], float32[5,3,4]\n"
            "  expected: two tensors of one dtype, with as many batch and contracted axes left as right");
}

TEST(ShapeRules, Fusion) {
  Graph body;
  body.add_output(body.add(Op::kExponential, {body.add_parameter("x", kMatrix)}).result());
  const FusionAttributes fusion{FusionKind::kRows, std::make_shared<const Graph>(body)};
  EXPECT_EQ(says(Op::kFusion, {kMatrix}, fusion), "float32[2,3]");
  EXPECT_EQ(says(Op::kFusion, {kInts}, fusion),
            "[fusion] received: int32[2,3]\n  expected: operands of the types of the body's parameters");
  EXPECT_EQ(says(Op::kFusion, {}, fusion),
            "[fusion] received: \n  expected: one operand for each parameter of the body");
}

TEST(ShapeRules, RefuseTheAttributesOfAnotherOp) {
  EXPECT_THROW(says(Op::kTranspose, {kMatrix}, AxisAttributes{0}), InternalError);
}

// An image (2, 5, 4, 6) with channels last, a kernel (3, 2, inputs, 4).
ConvolutionAttributes convolution() {
  return {{{.size = 3}, {.size = 2}}, {0, 3, {1, 2}}, {2, 3, {0, 1}}, {0, 3, {1, 2}}};
}

TEST(ShapeRules, Convolution) {
  const Type image{float32, Shape{2, 5, 4, 6}}, kernel{float32, Shape{3, 2, 6, 4}};
  EXPECT_EQ(says(Op::kConvolution, {image, kernel}, convolution()), "float32[2,3,3,4]");
  ConvolutionAttributes a = convolution();
  a.window[0].low = -1;
  a.window[1] = {.size = 2, .stride = 2, .high = 1, .dilation = 2, .base_dilation = 3};
  a.result = {1, 0, {2, 3}};
  EXPECT_EQ(says(Op::kConvolution, {image, kernel}, a), "float32[4,2,2,5]");
  a = convolution();
  a.feature_groups = 2;
  EXPECT_EQ(says(Op::kConvolution, {image, {float32, Shape{3, 2, 3, 4}}}, a), "float32[2,3,3,4]");
  EXPECT_EQ(says(Op::kConvolution, {image, kernel}, a),
            "[convolution] received: float32[2,5,4,6], float32[3,2,6,4]\n"
            "  expected: a kernel for 6 / 2 features, not for 6");
  a.feature_groups = 1;
  a.batch_groups = 2;
  EXPECT_EQ(says(Op::kConvolution, {image, kernel}, a), "float32[1,3,3,4]");
  a.batch_groups = 4;
  EXPECT_EQ(says(Op::kConvolution, {image, kernel}, a),
            "[convolution] received: float32[2,5,4,6], float32[3,2,6,4]\n"
            "  expected: a batch (2) that 4 divides and kernel outputs (4) that 4 divides");
  a = convolution();
  a.window[0].size = 2;
  EXPECT_EQ(says(Op::kConvolution, {image, kernel}, a),
            "[convolution] received: float32[2,5,4,6], float32[3,2,6,4]\n"
            "  expected: a window as long as the kernel (3), not 2");
  a = convolution();
  a.image.feature = 2;
  EXPECT_EQ(says(Op::kConvolution, {image, kernel}, a),
            "[convolution] received: float32[2,5,4,6], float32[3,2,6,4]\n  expected: each axis at most once");
  a = convolution();
  a.window[0].stride = 0;
  EXPECT_EQ(says(Op::kConvolution, {image, kernel}, a),
            "[convolution] received: float32[2,5,4,6], float32[3,2,6,4]\n"
            "  expected: a window whose sizes, strides and dilations are at least 1, not size 3, stride 0, dilation 1, "
            "base dilation 1");
}

TEST(ShapeRules, Windows) {
  const Window window{{}, {.size = 2, .stride = 2, .low = 1}};
  EXPECT_EQ(says(Op::kReduceWindow, {kMatrix}, ReduceWindowAttributes{Reduction::kSum, window}), "float32[2,2]");
  EXPECT_EQ(says(Op::kReduceWindow, {kMatrix}, ReduceWindowAttributes{Reduction::kProduct, window}),
            "[reduce_window] received: float32[2,3]\n  expected: a sum, a maximum or a minimum, not multiply");
  EXPECT_EQ(says(Op::kReduceWindow, {kMatrix}, ReduceWindowAttributes{Reduction::kSum, {{}}}),
            "[reduce_window] received: float32[2,3]\n  expected: a window of 2 axes, not of 1");
  const SelectAndScatterAttributes scatter{Reduction::kMaximum, window};
  EXPECT_EQ(says(Op::kSelectAndScatter, {kMatrix, {float32, Shape{2, 2}}}, scatter), "float32[2,3]");
  EXPECT_EQ(says(Op::kSelectAndScatter, {kMatrix, kMatrix}, scatter),
            "[select_and_scatter] received: float32[2,3], float32[2,3]\n"
            "  expected: a source of float32[2,2], one element a window");
}

}  // namespace
}  // namespace cornu::ir
