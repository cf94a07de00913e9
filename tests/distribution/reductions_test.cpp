// What engines make of all_reduce when there are others: sums, messages that are shared, and an order in which nobody
// waits for nobody.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstring>
#include <functional>
#include <thread>

#include "cornu/core/error.h"
#include "cornu/core/text.h"
#include "cornu/distribution/in_process.h"
#include "cornu/engine/engine.h"
#include "cornu/grad/gradients.h"
#include "cornu/ir/ops.h"

namespace cornu {
namespace {

// Each rank as a thread.
template <class F>
void together(int size, const F& f) {
  const auto communicators = distribution::in_process(size);
  std::vector<std::thread> threads;
  for (int r = 0; r < size; ++r) threads.emplace_back([&, r] { f(r, *communicators[static_cast<std::size_t>(r)]); });
  for (std::thread& t : threads) t.join();
}

// What every rank gets, from inputs of its own.
using Inputs = std::vector<Tensor>;
std::vector<std::vector<Tensor>> run(int size, const std::string& name, const std::function<ir::Graph(int)>& graph,
                                     const std::function<Inputs(int)>& inputs, int threads = 1) {
  std::vector<std::vector<Tensor>> out(static_cast<std::size_t>(size));
  together(size, [&](int rank, Communicator& communicator) {
    out[static_cast<std::size_t>(rank)] =
        evaluate(engine(name), graph(rank), inputs(rank), {threads, {}, &communicator});
  });
  return out;
}

Tensor filled(const Shape& shape, double from, double step) {
  Tensor out = Tensor::empty(shape, float32);
  for (std::int64_t i = 0; i < out.size(); ++i)
    out.mutable_data<float>()[i] = static_cast<float>(from + step * static_cast<double>(i % 13));
  return out;
}

class EachEngine : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Reductions, EachEngine, ::testing::Values("cpu", "reference"));

TEST_P(EachEngine, AddsOverRanks) {
  for (const DType dtype : {int8, int32, int64, uint8, float16, bfloat16, float32, float64}) {
    const auto out = run(
        3, GetParam(),
        [&](int) {
          Builder b;
          b.output(ops::all_reduce(b.parameter("x", {3}, dtype)));
          return std::move(b.graph());
        },
        [&](int rank) {
          return Inputs{Tensor::from<double>({1.0 + rank, 2, 3}).astype(dtype)};
        });
    for (const auto& rank : out) {
      EXPECT_EQ(rank[0].at(0), 6) << name_of(dtype);
      EXPECT_EQ(rank[0].at(1), 6) << name_of(dtype);
      EXPECT_EQ(rank[0].at(2), 9) << name_of(dtype);
    }
  }
}

TEST_P(EachEngine, AddsSumsOfSums) {
  const auto out = run(
      2, GetParam(),
      [](int) {
        Builder b;
        b.output(ops::all_reduce(ops::all_reduce(b.parameter("x", {2}))));
        return std::move(b.graph());
      },
      [](int rank) {
        return Inputs{Tensor::from<float>({1.0F, static_cast<float>(rank)})};
      });
  for (const auto& rank : out) {
    EXPECT_EQ(rank[0].at(0), 4);
    EXPECT_EQ(rank[0].at(1), 2);
  }
}

// A parameter, what another output is, and one value twice: none of them can be made where it is sent from.
TEST_P(EachEngine, LeavesWhatOthersReadAlone) {
  const auto out = run(
      2, GetParam(),
      [](int) {
        Builder b;
        const Value x = b.parameter("x", {64}), y = ops::exp(x);
        b.output(ops::all_reduce(x));
        b.output(y);
        b.output(ops::all_reduce(y) + ops::all_reduce(y));
        b.output(x);
        return std::move(b.graph());
      },
      [](int rank) { return Inputs{filled({64}, rank, 0.125)}; });
  for (int r = 0; r < 2; ++r) {
    const auto& o = out[static_cast<std::size_t>(r)];
    EXPECT_FLOAT_EQ(static_cast<float>(o[0].at(1)), 1.25F);
    EXPECT_FLOAT_EQ(static_cast<float>(o[3].at(1)), static_cast<float>(r) + 0.125F);
    EXPECT_NEAR(o[1].at(1), std::exp(r + 0.125), 1e-6);
    EXPECT_NEAR(o[2].at(1), 2 * (std::exp(0.125) + std::exp(1.125)), 1e-5);
  }
}

// Two layers, their gradients summed, an update: the graph of a training in small. With ranks of unlike numbers of
// rows.
ir::Graph step(std::int64_t rows) {
  Builder b;
  const Value x = b.parameter("x", {rows, 8}), w1 = b.parameter("w1", {8, 4}), w2 = b.parameter("w2", {4, 1});
  const Value b2 = b.parameter("b2", {1}), count = b.parameter("count", {});
  // The moments of all rows, as a synchronized BatchNormalization has them.
  Value h = ops::matmul(x, w1);
  const Value mean = ops::all_reduce(ops::sum(h, {0})) / 6.0;
  h = h - mean;
  const Value variance = ops::all_reduce(ops::sum(ops::square(h), {0})) / 6.0;
  h = h * ops::rsqrt(variance + 0.5);
  const Value y = ops::matmul(ops::tanh(h), w2) + b2;
  const Value loss = ops::sum(ops::square(y - 1.0));
  b.graph().alias(b.output(count + ops::all_reduce(loss)), 4);
  std::vector<Value> grads = gradients(loss, {w1, w2, b2});
  for (std::size_t i = grads.size(); i-- > 0;) grads[i] = ops::all_reduce(grads[i]);
  int parameter = 1;
  for (const Value& w : {w1, w2, b2}) {
    b.graph().alias(b.output(w - grads[static_cast<std::size_t>(parameter - 1)] * 0.1), parameter);
    ++parameter;
  }
  return std::move(b.graph());
}

Inputs rows_of(std::int64_t begin, std::int64_t end) {
  return {filled({6, 8}, -0.5, 0.07).rows(begin, end), filled({8, 4}, -0.3, 0.05), filled({4, 1}, 0.2, 0.1),
          filled({1}, 0.1, 0), Tensor::scalar<float>(5)};
}

TEST_P(EachEngine, RanksOfOneAndOfManyRowsMakeTheStepOfOneProcess) {
  const std::vector<Tensor> whole = evaluate(engine("reference"), step(6), rows_of(0, 6));
  for (const int threads : {1, 3}) {
    const std::int64_t ends[] = {0, 1, 5, 6};
    const auto out = run(
        3, GetParam(), [&](int r) { return step(ends[r + 1] - ends[r]); },
        [&](int r) { return rows_of(ends[r], ends[r + 1]); }, threads);
    for (std::size_t o = 0; o < whole.size(); ++o)
      for (const auto& rank : out) {
        EXPECT_EQ(std::memcmp(rank[o].raw(), out[0][o].raw(), rank[o].bytes()), 0) << "output " << o;
        for (std::int64_t i = 0; i < whole[o].size(); ++i)
          EXPECT_NEAR(rank[o].at(i), whole[o].at(i), 2e-6) << "output " << o << ", element " << i;
      }
  }
}

// The lines of describe() from `all_reduce` on, without numbers of steps and sizes.
std::vector<std::string> events(const std::string& description) {
  std::vector<std::string> out;
  for (const std::string& line : split(description, '\n')) {
    const std::size_t space = line.find(' ');
    if (space != std::string::npos && std::isdigit(static_cast<unsigned char>(line[0])))
      out.push_back(line.substr(space + 3));
  }
  return out;
}

std::ptrdiff_t position(const std::vector<std::string>& lines, const std::string& begin) {
  const auto at = std::find_if(lines.begin(), lines.end(), [&](const std::string& l) { return starts_with(l, begin); });
  return at == lines.end() ? -1 : at - lines.begin();
}

// Three layers with weights of 4 MiB: each gradient is a message of its own, and the last layer's is on its way while
// the first layer's is computed.
TEST(Overlap, SumsBeginBeforeTheBackwardPassEnds) {
  Builder b;
  const Value x = b.parameter("x", {4, 1024});
  std::vector<Value> weights;
  Value y = x;
  for (int i = 0; i < 3; ++i) {
    weights.push_back(b.parameter(cat("w", i), {1024, 1024}));
    y = ops::tanh(ops::matmul(y, weights.back()));
  }
  std::vector<Value> grads = gradients(ops::sum(y), weights);
  for (std::size_t i = grads.size(); i-- > 0;) grads[i] = ops::all_reduce(grads[i]);
  for (int i = 0; i < 3; ++i)
    b.graph().alias(b.output(weights[static_cast<std::size_t>(i)] - grads[static_cast<std::size_t>(i)] * 0.1), i + 1);
  const auto two = distribution::in_process(2);
  const std::string plan = engine("cpu").compile(b.graph(), {1, {}, two[0].get()})->describe();
  const auto lines = events(plan);
  const auto starts = [&](int bucket) { return position(lines, cat("all_reduce ", bucket, ":")); };
  const auto waits = [&](int bucket) { return position(lines, cat("wait for all_reduce ", bucket)); };
  ASSERT_GE(starts(2), 0) << plan;
  EXPECT_EQ(starts(3), -1) << plan;
  EXPECT_LT(starts(0) + 1, starts(1)) << "nothing is computed between\n" << plan;
  EXPECT_LT(starts(1) + 1, starts(2)) << plan;
  EXPECT_LT(starts(2), waits(0)) << "nobody waits before everything is on its way\n" << plan;
  EXPECT_LT(waits(0) + 1, waits(1)) << "an update follows each sum\n" << plan;
  EXPECT_LT(waits(1) + 1, waits(2)) << plan;
  EXPECT_NE(plan.find("1 values, 4194304 bytes, 0 copied"), std::string::npos) << plan;

  // Alone, the same graph is the plan that it is without all_reduce: the update in the product.
  const std::string alone = engine("cpu").compile(b.graph(), {1, {}, nullptr})->describe();
  EXPECT_EQ(alone.find("all_reduce"), std::string::npos) << alone;
}

TEST(Overlap, SmallGradientsShareAMessage) {
  const auto two = distribution::in_process(2);
  const std::string plan = engine("cpu").compile(step(2), {1, {}, two[0].get()})->describe();
  // The loss and the last layer's kernel and bias: nothing but the update waits for them. Not with them, though as
  // deep: the gradient of the variance, for which the first layer's backward pass waits.
  EXPECT_NE(plan.find(": 3 values"), std::string::npos) << plan;
}

TEST(InProcess, RefusesNoRanks) { EXPECT_THROW(distribution::in_process(0), ValueError); }

}  // namespace
}  // namespace cornu
