// The engine on the pinned plug-in for CPUs. That each op computes what it should, tests/ops says.
#include "cornu/engine/pjrt/pjrt_engine.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "cornu/core/error.h"
#include "cornu/engine/pjrt/simplify.h"
#include "cornu/ir/ops.h"

namespace cornu {
namespace {

std::string message_of(std::string_view plugin) {
  try {
    pjrt_engine(plugin);
  } catch (const EngineError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(Pjrt, WhatIsNoPluginIsNamed) {
  EXPECT_NE(message_of("/no/such/plug-in.so").find("received: /no/such/plug-in.so"), std::string::npos);
  EXPECT_NE(message_of("libm.so.6").find("this is no PJRT plug-in"), std::string::npos);
}

// w += x[rows] in each run, and a counter.
TEST(Pjrt, ALoopKeepsWhatItUpdates) {
  Builder b;
  const Value w = b.parameter("w", {2}), x = b.parameter("x", {5, 2}), n = b.parameter("n", {}, int64),
              rows = b.parameter("rows", {3}, uint32);
  b.output(w + ops::sum(ops::take(x, rows), {0}));
  b.output(n + ops::full(b, {}, 1, int64));
  ir::Graph graph = b.graph();
  graph.alias(0, 0);
  graph.alias(1, 2);
  const std::unique_ptr<Loop> loop = pjrt_engine().loop(graph, {3}, 4);
  ASSERT_NE(loop, nullptr);
  const float data[] = {0, 1, 10, 11, 20, 21, 30, 31, 40, 41};
  const std::uint32_t lines[] = {0, 0, 0, 1, 2, 3, 4, 4, 4, 0, 1, 2};
  const std::int64_t none = 0;
  float sums[] = {0.5f, 0.25f};
  loop->set(0, sums);
  loop->set(1, data);
  loop->set(2, &none);
  loop->set(3, lines);
  loop->run(0, 2);
  loop->get(0, sums);
  EXPECT_EQ(sums[0], 60.5f);
  EXPECT_EQ(sums[1], 66.25f);
  loop->run(2, 4);  // from where it is
  std::int64_t runs = 0;
  loop->get(0, sums);
  loop->get(2, &runs);
  EXPECT_EQ(sums[0], 210.5f);
  EXPECT_EQ(sums[1], 222.25f);
  EXPECT_EQ(runs, 4);
  loop->set(0, data);  // and from what it is given
  loop->run(0, 1);
  loop->get(0, sums);
  EXPECT_EQ(sums[0], 0.0f);
  EXPECT_EQ(sums[1], 4.0f);
}

// y = 2 x for each line, and what is not run is nothing.
TEST(Pjrt, ALoopGathersWhatUpdatesNothing) {
  Builder b;
  const Value x = b.parameter("x", {3});
  b.output(x + x);
  const std::unique_ptr<Loop> loop = pjrt_engine().loop(b.graph(), {0}, 2);
  const float in[] = {1, 2, 3, 4, 5, 6};
  loop->set(0, in);
  loop->run(0, 2);
  float out[6];
  loop->output(0, out);
  EXPECT_EQ(std::vector<float>(out, out + 6), (std::vector<float>{2, 4, 6, 8, 10, 12}));
  loop->run(1, 2);
  loop->output(0, out);
  EXPECT_EQ(std::vector<float>(out, out + 6), (std::vector<float>{0, 0, 0, 8, 10, 12}));
}

TEST(Pjrt, MoreReplicasThanDevicesAreRefused) {
  Builder b;
  b.output(b.parameter("x", {3}));
  CompileOptions options;
  options.replicas = 300;
  try {
    pjrt_engine().loop(b.graph(), {0}, 2, options);
    FAIL() << "nothing was thrown";
  } catch (const EngineError& error) {
    EXPECT_NE(std::string(error.what()).find("received: 300 replicas"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("CORNU_PJRT_CPU_DEVICES=N"), std::string::npos) << error.what();
  }
}

TEST(Pjrt, WordsOfTheEnvironmentAreChecked) {
  setenv("CORNU_DEVICE_MEMORY", "much", 1);
  EXPECT_THROW(pjrt_engine().memory(), EngineError);
  setenv("CORNU_DEVICE_MEMORY", "1000000", 1);
  EXPECT_EQ(pjrt_engine().memory(), 1000000);
  unsetenv("CORNU_DEVICE_MEMORY");
  Builder b;
  b.output(ops::matmul(b.parameter("x", {2, 2}), b.parameter("y", {2, 2})));
  setenv("CORNU_PJRT_PRECISION", "high", 1);
  EXPECT_THROW(pjrt_engine().compile(b.graph()), EngineError);
  setenv("CORNU_PJRT_PRECISION", "default", 1);
  EXPECT_NE(pjrt_engine().compile(b.graph())->describe().find("[DEFAULT, DEFAULT]"), std::string::npos);
  unsetenv("CORNU_PJRT_PRECISION");
  EXPECT_NE(pjrt_engine().compile(b.graph())->describe().find("[HIGHEST, HIGHEST]"), std::string::npos);
}

// Threads of a processor wait for each other: what is small is one thread's.
TEST(Pjrt, WhatIsSmall) {
  const auto product = [](std::int64_t rows) {
    Builder b;
    b.output(ops::matmul(b.parameter("x", {rows, 784}), b.parameter("w", {784, 64})));
    return b.graph();
  };
  EXPECT_TRUE(pjrt::is_small(product(32)));
  EXPECT_FALSE(pjrt::is_small(product(256)));
  const auto image = [](std::int64_t features) {
    Builder b;
    b.output(ops::conv(b.parameter("x", {8, 28, 28, 3}), b.parameter("k", {3, 3, 3, features}), {}));
    return b.graph();
  };
  EXPECT_TRUE(pjrt::is_small(image(8)));
  EXPECT_FALSE(pjrt::is_small(image(256)));
  Builder b;
  b.output(ops::exp(b.parameter("x", {2000, 1000})));
  EXPECT_FALSE(pjrt::is_small(b.graph()));
}

}  // namespace
}  // namespace cornu
