// The memory plan: what is alive at once lies apart, and updates wait for the last use of the old value.
#include "cornu/engine/cpu/plan_memory.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "cornu/engine/cpu/cpu_engine.h"
#include "cornu/engine/cpu/lowering.h"
#include "cornu/engine/cpu/test_graphs.h"
#include "cornu/passes/pass.h"

namespace cornu::cpu {
namespace {

// No step may write what it reads (but in place), nor what a later step reads of an earlier one.
void expect_sound(const ir::Graph& graph) {
  Program program = lower(graph, 2);
  const std::size_t arena = plan_memory(program);
  const std::vector<Extent> where = extents(program);
  const auto meet = [&](Slot a, Slot b) {
    return overlap(where[static_cast<std::size_t>(a)], where[static_cast<std::size_t>(b)]);
  };
  const auto reads_later = [&](std::size_t from, Slot slot) {
    for (std::size_t k = from; k < program.steps.size(); ++k) {
      const std::vector<Slot>& reads = program.steps[k].reads;
      if (std::any_of(reads.begin(), reads.end(), [&](Slot r) { return program.root(r) == program.root(slot); }))
        return true;
    }
    return false;
  };
  for (std::size_t i = 0; i < program.steps.size(); ++i) {
    const Step& step = program.steps[i];
    for (const Slot w : step.writes) {
      const SlotInfo& root = program[program.root(w)];
      if (root.place == Place::kArena) {
        EXPECT_LE(root.offset + root.bytes, arena);
      }
      for (const Slot r : step.reads) {
        if (!meet(r, w)) continue;
        const bool in_place =
            std::find(step.in_place.begin(), step.in_place.end(), std::pair(r, w)) != step.in_place.end();
        EXPECT_TRUE(in_place) << "step " << i << " overwrites what it reads";
      }
      // Values made before that are still needed.
      for (std::size_t k = 0; k < i; ++k) {
        for (const Slot earlier : program.steps[k].writes) {
          if (program.root(earlier) == program.root(w) || !meet(earlier, w)) continue;
          EXPECT_FALSE(reads_later(i + 1, earlier)) << "step " << i << " overwrites the result of step " << k;
        }
      }
    }
  }
}

TEST(PlanMemory, KeepsValuesApart) {
  for (const auto* off : {"all", ""}) {
    const ir::Graph graph = training_step(32, 50, 40, 10);
    expect_sound(passes::run_pipeline(graph, {.disabled = {off}, .verify = true}));
  }
}

TEST(PlanMemory, ReusesMemory) {
  Builder b;
  Value x = b.parameter("x", {1000});
  for (int i = 0; i < 20; ++i) x = ops::flip(x, {0});
  b.output(x);
  Program program = lower(b.graph(), 1);
  EXPECT_LE(plan_memory(program), 2 * 4032u);
}

std::vector<Tensor> run(Builder& b, const std::vector<Tensor>& in) {
  const std::vector<Tensor> with = evaluate(cpu_engine(), b.graph(), in);
  const std::vector<Tensor> without = evaluate(cpu_engine(), b.graph(), in, {.threads = 1, .disabled_passes = {"all"}});
  EXPECT_EQ(with, without);
  return with;
}

Tensor vector(std::vector<float> values) { return Tensor::from(values); }

TEST(Aliases, TheOldValueIsReadBeforeItIsOverwritten) {
  Builder b;
  const Value w = b.parameter("w", {4}), g = b.parameter("g", {4});
  const Value now = w - g;
  b.graph().alias(b.output(now), 0);
  b.output(ops::flip(w, {0}));  // stands after the update
  const auto out = run(b, {vector({1, 2, 3, 4}), vector({1, 1, 1, 1})});
  EXPECT_EQ(out[0], vector({0, 1, 2, 3}));
  EXPECT_EQ(out[1], vector({4, 3, 2, 1}));
}

TEST(Aliases, OldAndNewValueTogether) {
  Builder b;
  const Value w = b.parameter("w", {4});
  const Value now = ops::flip(w, {0});
  b.graph().alias(b.output(now), 0);
  b.output(ops::matmul(ops::reshape(now, {1, 4}), ops::reshape(w, {4, 1})));  // no order serves both: a copy does
  const auto out = run(b, {vector({1, 2, 3, 4})});
  EXPECT_EQ(out[0], vector({4, 3, 2, 1}));
  EXPECT_EQ(out[1].at(0), 4 + 6 + 6 + 4);
}

TEST(Aliases, TwoParametersChangePlaces) {
  Builder b;
  const Value p = b.parameter("p", {3}), q = b.parameter("q", {3});
  b.graph().alias(b.output(q), 0);
  b.graph().alias(b.output(p), 1);
  const auto out = run(b, {vector({1, 2, 3}), vector({4, 5, 6})});
  EXPECT_EQ(out[0], vector({4, 5, 6}));
  EXPECT_EQ(out[1], vector({1, 2, 3}));
}

TEST(Aliases, AnUnchangedParameterAndOneValueInTwoOutputs) {
  Builder b;
  const Value p = b.parameter("p", {3}), q = b.parameter("q", {3});
  b.graph().alias(b.output(p), 0);
  const Value sum = p + q;
  b.graph().alias(b.output(sum), 1);
  b.output(sum);
  b.output(p);
  b.output(ops::reshape(q, {3, 1}));  // the old one
  const auto out = run(b, {vector({1, 2, 3}), vector({4, 5, 6})});
  EXPECT_EQ(out[0], vector({1, 2, 3}));
  EXPECT_EQ(out[1], vector({5, 7, 9}));
  EXPECT_EQ(out[2], vector({5, 7, 9}));
  EXPECT_EQ(out[3], vector({1, 2, 3}));
  EXPECT_EQ(out[4].reshape({3}), vector({4, 5, 6}));
}

TEST(Aliases, AMatrixUpdatedByItsOwnProduct) {
  Builder b;
  const Value w = b.parameter("w", {2, 2});
  b.graph().alias(b.output(w - ops::matmul(w, w)), 0);
  const auto out = run(b, {vector({1, 2, 3, 4}).reshape({2, 2})});
  EXPECT_EQ(out[0], vector({1 - 7, 2 - 10, 3 - 15, 4 - 22}).reshape({2, 2}));
}

TEST(Aliases, AConstantIsWrittenIntoItsOutput) {
  Builder b;
  const Value p = b.parameter("p", {3});
  b.graph().alias(b.output(ops::zeros_like(p)), 0);
  b.output(ops::full(b, {2}, 7.0));
  b.output(p * 2.0);
  const auto out = run(b, {vector({1, 2, 3})});
  EXPECT_EQ(out[0], vector({0, 0, 0}));
  EXPECT_EQ(out[1], vector({7, 7}));
  EXPECT_EQ(out[2], vector({2, 4, 6}));
}

TEST(Aliases, ARowOfTheMatrixIsUsedBesideItsUpdate) {
  Builder b;  // the fusion reads the first row for every row while it overwrites the matrix
  const Value w = b.parameter("w", {3, 2});
  const Value first = ops::reshape(ops::slice_axis(w, 0, 0, 1), {2});
  b.graph().alias(b.output(w * 2.0 - first), 0);
  const auto out = run(b, {vector({1, 2, 3, 4, 5, 6}).reshape({3, 2})});
  EXPECT_EQ(out[0], vector({1, 2, 5, 6, 9, 10}).reshape({3, 2}));
}

}  // namespace
}  // namespace cornu::cpu
