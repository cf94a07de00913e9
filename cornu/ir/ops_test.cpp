// The graphs that the functions of ops.h make, and their refusals. What they compute: tests/ops.
#include "cornu/ir/ops.h"

#include <gtest/gtest.h>

#include "cornu/core/error.h"

namespace cornu {
namespace {

template <class F>
std::string message_of(F&& f) {
  try {
    f();
  } catch (const ValueError& error) {
    return error.what();
  }
  return "nothing thrown";
}

TEST(Ops, DTypesMeet) {
  Builder b;
  const auto of = [&b](DType d) { return b.parameter("x", {2}, d); };
  EXPECT_EQ((of(int32) + of(float16)).dtype(), float16);
  EXPECT_EQ((of(bool_) + of(int8)).dtype(), int8);
  EXPECT_EQ((of(float16) + of(bfloat16)).dtype(), float32);
  EXPECT_EQ((of(int8) + of(int64)).dtype(), int64);
  EXPECT_EQ((of(int32) / of(int32)).dtype(), float32);
  EXPECT_EQ((of(int32) * 2.0).dtype(), int32);
  EXPECT_EQ((of(int32) * 0.5).dtype(), float32);
  EXPECT_EQ((of(bool_) * 2.0).dtype(), float32);
  EXPECT_EQ((of(float16) * 2.0).dtype(), float16);
  EXPECT_EQ(ops::mean(of(uint8)).dtype(), float32);
  EXPECT_EQ(ops::sum(of(bool_)).dtype(), int32);
}

TEST(Ops, ShapesBroadcast) {
  Builder b;
  const Value column = b.parameter("c", {4, 1}), row = b.parameter("r", {3});
  EXPECT_EQ((column + row).shape(), (Shape{4, 3}));
  EXPECT_EQ(ops::where(ops::greater(column, 0.0), row, 1.0).shape(), (Shape{4, 3}));
  EXPECT_THROW(b.parameter("x", {2}) + row, ValueError);
}

TEST(Ops, WhatChangesNothingMakesNoNode) {
  Builder b;
  const Value x = b.parameter("x", {2, 3});
  EXPECT_EQ(ops::reshape(x, {2, -1}).id(), x.id());
  EXPECT_EQ(ops::broadcast_to(x, {2, 3}).id(), x.id());
  EXPECT_EQ(ops::cast(x, float32).id(), x.id());
}

TEST(Ops, Refusals) {
  Builder b;
  const Value x = b.parameter("x", {2, 3});
  EXPECT_EQ(message_of([&] { ops::reshape(x, {4, 2}); }), "[reshape] cannot reshape (2, 3) (6 elements) into (4, 2)");
  EXPECT_EQ(message_of([&] {
              ops::reshape(x, {-1, -1});
            }),
            "[reshape] only one dimension may be -1\n  received: (None, None)");
  EXPECT_EQ(message_of([&] { ops::sum(x, {2}); }),
            "[sum] received: axis 2 for a tensor of rank 2\n  expected: an axis from -2 to 1");
  EXPECT_EQ(message_of([&] { ops::squeeze(x, 0); }),
            "[squeeze] received: axis 0 of shape (2, 3)\n  expected: a dimension of 1");
  EXPECT_EQ(
      message_of([&] { ops::matmul(x, x); }),
      "[matmul] received: shapes (2, 3) and (2, 3)\n  expected: 3 rows in the second, as the first has columns, not 2");
  EXPECT_EQ(message_of([&] { ops::broadcast_to(x, {3}); }), "[broadcast_to] cannot broadcast (2, 3) to (3,)");
  EXPECT_EQ(message_of([&] { ops::concatenate({}); }), "[concatenate] expects at least one tensor");
}

TEST(Ops, SoftmaxRemembersItsLogits) {
  Builder b;
  const Value x = b.parameter("x", {2, 3});
  const Value y = ops::softmax(x);
  ASSERT_TRUE(b.origin(y).has_value());
  EXPECT_EQ(b.origin(y)->kind, Builder::Origin::kSoftmax);
  EXPECT_EQ(b.origin(y)->logits.id(), x.id());
  EXPECT_FALSE(b.origin(ops::softmax(x, {0})).has_value());
}

}  // namespace
}  // namespace cornu
