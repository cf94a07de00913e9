// The parts of the exporter by themselves, and what it refuses. Whole models: tests/export/onnx_test.cpp.
#include "cornu/export/onnx/onnx.h"

#include <gtest/gtest.h>

#include <sstream>

#include "cornu/core/error.h"
#include "cornu/export/onnx/extents.h"
#include "cornu/export/onnx/protobuf.h"
#include "cornu/ir/ops.h"

namespace cornu::onnx {
namespace {

std::string refusal(const TwoBatches& network) {
  try {
    generate(network);
  } catch (const NotSupportedError& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing was refused";
  return "";
}

exporting::InferenceGraph graph(const std::function<void(Builder&)>& build) {
  Builder b;
  build(b);
  return {b.graph(), {}};
}

// The bytes of the examples in Protocol Buffers' own description of the encoding.
TEST(Onnx, ProtocolBuffers) {
  Message inner, outer;
  inner.number(1, 150);
  outer.text(2, "testing");
  outer.message(3, std::move(inner));
  outer.number(4, -2);
  outer.real(5, 1.0f);
  std::ostringstream out;
  outer.write(out);
  EXPECT_EQ(out.str(), std::string("\x12\x07testing\x1a\x03\x08\x96\x01"
                                   "\x20\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"
                                   "\x2d\x00\x00\x80\x3f",
                                   9 + 5 + 11 + 5));
  EXPECT_EQ(outer.size(), out.str().size());
}

TEST(Onnx, BorrowedBytesStandWhereTheyBelong) {
  const std::string weights = "weights";
  Message inner, outer;
  inner.borrowed(9, weights.data(), weights.size());
  inner.number(1, 1);
  outer.number(1, 2);
  outer.message(2, std::move(inner));
  outer.number(3, 3);
  std::ostringstream out;
  outer.write(out);
  EXPECT_EQ(out.str(), "\x08\x02\x12\x0b\x4a\x07weights\x08\x01\x18\x03");
}

TEST(Onnx, LengthsThatGrowWithTheBatch) {
  const auto network = [](std::int64_t batch) {
    return graph([batch](Builder& b) { b.output(ops::reshape(b.parameter("x", {batch, 4, 3}), {batch * 4, 3})); });
  };
  std::vector<std::string> refusals;
  const BatchGraph in = batch_graph(network(2).graph, network(3).graph, refusals);
  EXPECT_TRUE(refusals.empty());
  EXPECT_EQ(in.extents[0], (Extents{{1, true}, {4, false}, {3, false}}));
  EXPECT_EQ(in.extents[1], (Extents{{4, true}, {3, false}}));
}

TEST(Onnx, WhatHasNoOnnxIsListedAtOnce) {
  const exporting::InferenceGraph network = graph([](Builder& b) {
    const Value state = b.parameter("state", {2}, uint32), whole = b.parameter("image", {1, 5, 1}, int32);
    b.output(ops::random_uniform(state, {3}));
    b.output(ops::conv(whole, ops::full(b, {2, 1, 1}, 1, int32)));
  });
  const std::string why = refusal({network, network});
  EXPECT_NE(why.find("random_uniform"), std::string::npos) << why;
  EXPECT_NE(why.find("convolution: ONNX convolves floats"), std::string::npos) << why;
}

TEST(Onnx, WhatDependsOnTheBatchIsListedAtOnce) {
  const auto network = [](std::int64_t batch) {
    return graph([batch](Builder& b) {
      const Value x = b.parameter("x", {batch, 4});
      b.output(ops::mean(x, {0}));                             // divides by the batch
      b.output(ops::pad(x, {{1, 0}, {0, 0}}));                 // batch + 1
      b.output(ops::take(x, ops::full(b, {1}, 0, int32), 0));  // a row of the batch
    });
  };
  const std::string why = refusal({network(2), network(3)});
  EXPECT_NE(why.find("constant: does something else"), std::string::npos) << why;
  EXPECT_NE(why.find("pad: axis 0 is 3 long"), std::string::npos) << why;
  const auto rows = [](std::int64_t batch) {
    return graph([batch](Builder& b) {
      b.output(ops::take(b.parameter("x", {batch, 4}), ops::full(b, {1}, 0, int32), 0));
    });
  };
  EXPECT_NE(refusal({rows(2), rows(3)}).find("gather: takes slices along the batch"), std::string::npos);
}

// Nobody reads the weights before the size is known, so nobody has to have them.
TEST(Onnx, MoreThanTwoGigabytesAreRefused) {
  static const float kNothing = 0;
  const exporting::InferenceGraph network = graph([](Builder& b) {
    const Value weights = ops::constant(b, Tensor::borrow(&kNothing, {600'000'000, 1}, float32));
    b.output(ops::matmul(b.parameter("x", {1, 600'000'000}), weights));
  });
  EXPECT_NE(refusal({network, network}).find("2,400,"), std::string::npos);
}

}  // namespace
}  // namespace cornu::onnx
