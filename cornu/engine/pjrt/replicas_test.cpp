// Several devices in one process: the plug-in for CPUs makes four of them here.
#include <gtest/gtest.h>

#include <cstdlib>

#include "cornu/engine/pjrt/pjrt_engine.h"
#include "cornu/ir/ops.h"

namespace cornu {
namespace {

// The plug-in is opened once a process; the environment is read then.
const bool kFour = setenv("CORNU_PJRT_CPU_DEVICES", "4", 1) == 0;

// w += the sum over all replicas of the sums of their parts of a line.
TEST(Replicas, AddWhatEachHasOfALine) {
  ASSERT_TRUE(kFour);
  for (const int replicas : {1, 2, 4}) {
    Builder b;
    const Value w = b.parameter("w", {}), x = b.parameter("x", {8 / replicas});
    b.output(w + ops::all_reduce(ops::sum(x, {0})));
    b.output(x * 2.0);
    ir::Graph graph = b.graph();
    graph.alias(0, 0);
    CompileOptions options;
    options.replicas = replicas;
    const std::unique_ptr<Loop> loop = pjrt_engine().loop(graph, {1}, 3, options);
    std::vector<float> lines;
    for (int i = 0; i < 24; ++i) lines.push_back(static_cast<float>(i));
    float sum = 0.5f;
    loop->set(0, &sum);
    loop->set(1, lines.data());
    loop->run(0, 2);
    loop->run(2, 3);
    loop->get(0, &sum);
    EXPECT_EQ(sum, 276.5f) << replicas << " replicas";
    // Of the last run: line 2, put together again; the others were not run.
    std::vector<float> doubled(24);
    loop->output(1, doubled.data());
    for (int i = 0; i < 24; ++i) EXPECT_EQ(doubled[static_cast<std::size_t>(i)], i < 16 ? 0 : 2 * i) << i;
  }
}

}  // namespace
}  // namespace cornu
