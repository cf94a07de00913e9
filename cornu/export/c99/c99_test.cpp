// The parts of the exporter by themselves; what it writes is compiled and run in tests/export.
#include "cornu/export/c99/c99.h"

#include <gtest/gtest.h>

#include <limits>

#include "cornu/core/error.h"
#include "cornu/export/c99/c_text.h"
#include "cornu/export/c99/memory.h"
#include "cornu/ir/ops.h"

namespace cornu::c99 {
namespace {

TEST(C99, BuffersThatNeverMeetShareTheirPlace) {
  // 100 lives while 40 is made, 40 while 60 is made: the first and the last share.
  std::vector<Buffer> buffers = {{100, 0, 1, 0}, {40, 1, 2, 0}, {60, 2, 3, 0}};
  EXPECT_EQ(place_buffers(buffers), 140);
  EXPECT_EQ(buffers[0].offset, 0);
  EXPECT_EQ(buffers[1].offset, 100);
  EXPECT_EQ(buffers[2].offset, 0);
}

TEST(C99, LiteralsReadBackAsTheSameNumber) {
  EXPECT_EQ(literal(0.1f, float32), "0.100000001f");
  EXPECT_EQ(literal(-2, float32), "(-2.0f)");
  EXPECT_EQ(literal(std::numeric_limits<double>::infinity(), float32), "INFINITY");
  EXPECT_EQ(literal(Tensor::scalar(std::numeric_limits<std::int32_t>::min()), 0), "(-2147483647 - 1)");
  EXPECT_EQ(literal(Tensor::scalar(true), 0), "1");
}

TEST(C99, NamesAndComments) {
  EXPECT_EQ(identifier("Dense/kernel:0"), "dense_kernel_0");
  EXPECT_EQ(identifier("2nd"), "m_2nd");
  EXPECT_EQ(comment_text("end */ of it"), "end * / of it");
}

TEST(C99, WhatHasNoCIsListedAtOnce) {
  Builder b;
  const Value state = b.parameter("state", {2}, uint32), half = b.parameter("half", {3}, float16);
  b.output(ops::random_uniform(state, {3}));
  b.output(half);
  try {
    generate({b.graph(), {}});
    FAIL();
  } catch (const NotSupportedError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("random_uniform"), std::string::npos) << text;
    EXPECT_NE(text.find("float16"), std::string::npos) << text;
  }
}

TEST(C99, TheHeaderSaysWhatTheModelNeeds) {
  Builder b;
  const Value x = b.parameter("x", {1, 4});
  const Value hidden =
      ops::exp(ops::matmul(x, ops::constant(b, Tensor::from<float>({1, 2, 3, 4, 5, 6, 7, 8}, {4, 2}))));
  b.output(ops::matmul(hidden, ops::constant(b, Tensor::from<float>({1, 2, 3, 4}, {2, 2}))));
  const Sources s = generate({b.graph(), {}}, {"tiny", {}, {}});
  EXPECT_EQ(s.budget.arena_bytes, 8u);
  EXPECT_EQ(s.budget.table_bytes, 48u);
  EXPECT_NE(s.header.find("#define TINY_RAM_BYTES 8 "), std::string::npos) << s.header;
  EXPECT_NE(s.header.find("void tiny_run(const float *x0, float *y0);"), std::string::npos) << s.header;
  EXPECT_EQ(s.source.find("malloc"), std::string::npos);
}

}  // namespace
}  // namespace cornu::c99
