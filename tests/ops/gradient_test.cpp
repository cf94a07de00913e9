// Gradients where differences cannot tell: at corners, ties and zeros. The numbers are Keras's on TensorFlow.
#include <gtest/gtest.h>

#include <limits>

#include "cornu/engine/reference/reference.h"
#include "cornu/grad/gradients.h"
#include "cornu/ir/ops.h"

namespace cornu {
namespace {

using Numbers = std::vector<double>;

// The gradient of sum(f(x)).
Numbers slope(const std::function<Value(Value)>& f, Numbers at, DType dtype = float64) {
  Builder b;
  const Value x = b.parameter("x", {static_cast<std::int64_t>(at.size())}, dtype);
  b.output(gradients(ops::sum(f(x)), {x})[0]);
  return evaluate(reference_engine(), b.graph(), {Tensor::from(at).astype(dtype)})[0]
      .astype(float64)
      .to_vector<double>();
}

TEST(GradientNumbers, Corners) {
  EXPECT_EQ(slope(ops::relu, {-1, 0, 1}), (Numbers{0, 0, 1}));
  EXPECT_EQ(slope(ops::abs, {-2, 0, 2}), (Numbers{-1, 0, 1}));
  EXPECT_EQ(slope(ops::softplus, {0}), (Numbers{0.5}));
  EXPECT_EQ(slope([](Value x) { return ops::clip(x, -1.0, 1.0); }, {-2, -1, 0, 1, 2}), (Numbers{0, 1, 1, 1, 0}));
  EXPECT_EQ(slope([](Value x) { return ops::maximum(x, 0.0); }, {-1, 0, 1}), (Numbers{0, 1, 1}));
  EXPECT_EQ(slope([](Value x) { return ops::minimum(x, 0.0); }, {-1, 0, 1}), (Numbers{1, 1, 0}));
}

TEST(GradientNumbers, TiesOfMaximumGoToTheFirst) {
  Builder b;
  const Value x = b.parameter("x", {3}), y = b.parameter("y", {3});
  for (const Value& g : gradients(ops::sum(ops::maximum(x, y)), {x, y})) b.output(g);
  const std::vector<Tensor> g =
      evaluate(reference_engine(), b.graph(), {Tensor::from<float>({1, 2, 3}), Tensor::from<float>({2, 2, 2})});
  EXPECT_EQ(g[0].to_vector<float>(), (std::vector<float>{0, 1, 1}));
  EXPECT_EQ(g[1].to_vector<float>(), (std::vector<float>{1, 0, 0}));
}

TEST(GradientNumbers, TiesOfMaxShare) {
  EXPECT_EQ(slope([](Value x) { return ops::max(x); }, {1, 3, 3, 2}), (Numbers{0, 0.5, 0.5, 0}));
  EXPECT_EQ(slope([](Value x) { return ops::min(x); }, {1, 3, 1, 2}), (Numbers{0.5, 0, 0.5, 0}));
}

TEST(GradientNumbers, ProductsWithZeros) {
  const auto prod = [](Value x) { return ops::prod(x); };
  EXPECT_EQ(slope(prod, {2, 3, 4}), (Numbers{12, 8, 6}));
  EXPECT_EQ(slope(prod, {2, 0, 4}), (Numbers{0, 8, 0}));
  EXPECT_EQ(slope(prod, {2, 0, 0}), (Numbers{0, 0, 0}));
}

TEST(GradientNumbers, Powers) {
  EXPECT_EQ(slope([](Value x) { return ops::power(x, 2.0); }, {-3, 0, 2}), (Numbers{-6, 0, 4}));
  EXPECT_EQ(slope([](Value x) { return ops::power(x, 0.0); }, {-3, 0, 2}), (Numbers{0, 0, 0}));
  EXPECT_EQ(slope([](Value x) { return ops::power(x, 1.0); }, {-3, 0, 2}), (Numbers{1, 1, 1}));
  EXPECT_EQ(slope([](Value x) { return ops::power(x, ops::ones_like(x) * 0.0); }, {0}), (Numbers{0}));
  // With respect to the exponent: log of a base that is not positive is left out.
  EXPECT_EQ(slope([](Value x) { return ops::power(ops::zeros_like(x), x); }, {2}), (Numbers{0}));
  EXPECT_EQ(slope([](Value x) { return ops::power(ops::zeros_like(x) - 2.0, x); }, {2}), (Numbers{0}));
}

TEST(GradientNumbers, StepsAreFlat) {
  for (const auto op : {ops::floor, ops::ceil, ops::round, ops::sign, ops::stop_gradient})
    EXPECT_EQ(slope([op](Value x) { return op(x) + 2.0 * x; }, {-1, 0, 0.5}), (Numbers{2, 2, 2}));
}

TEST(GradientNumbers, ThroughConversions) {
  EXPECT_EQ(slope([](Value x) { return ops::cast(x, float64) * 3.0; }, {1, 2}, float32), (Numbers{3, 3}));
  EXPECT_EQ(slope([](Value x) { return ops::cast(ops::cast(x, int32), float64) + x; }, {1.5, 2.5}), (Numbers{1, 1}));
  EXPECT_EQ(slope([](Value x) { return ops::cast(ops::square(x), float32); }, {1, 2}, float16), (Numbers{2, 4}));
}

TEST(GradientNumbers, NaNDoesNotLeakThroughSelect) {
  const auto safe_log = [](Value x) {
    const Value positive = ops::greater(x, 0.0);
    return ops::where(positive, ops::log(ops::where(positive, x, 1.0)), 0.0);
  };
  EXPECT_EQ(slope(safe_log, {-1, 0, 2}), (Numbers{0, 0, 0.5}));
}

TEST(GradientNumbers, OfGradients) {
  const auto cubed_slope = [](Value x) { return gradients(ops::sum(x * x * x), {x})[0]; };
  EXPECT_EQ(slope(cubed_slope, {1, 2}), (Numbers{6, 12}));
}

}  // namespace
}  // namespace cornu
