// Normalization: what adapt() takes from data, and what is refused. The layer's own numbers: tests/golden/.
#include "cornu/layers/preprocessing/normalization.h"

#include "cornu/layers/test_errors.h"

namespace cornu::layers {
namespace {

TEST(Normalization, AdaptTakesMeanAndBiasedVariance) {
  const Normalization layer;
  layer.adapt(Tensor::from<float>({1, 10, 3, 10, 5, 40}, {3, 2}));
  EXPECT_EQ(layer.weights()[0].value().to_vector<float>(), (std::vector<float>{3, 20}));
  EXPECT_NEAR(layer.weights()[1].value().at(0), 8.0 / 3, 1e-6);
  EXPECT_EQ(layer.weights()[1].value().at(1), 200.0);
  EXPECT_EQ(layer.weights()[2].value().dtype(), int64);
}

TEST(Normalization, AdaptOverAxesInBetween) {
  // Kept: axes 1 and 3, of integers.
  Tensor data(Shape{2, 2, 3, 2}, int32);
  for (std::int64_t i = 0; i < data.size(); ++i)
    data.mutable_data<std::int32_t>()[i] = static_cast<std::int32_t>(i * i);
  const Normalization layer({.axis = {3, 1}});
  layer.adapt(data);
  for (int a = 0; a < 2; ++a)
    for (int b = 0; b < 2; ++b) {
      double sum = 0, squares = 0;
      for (int n = 0; n < 2; ++n)
        for (int k = 0; k < 3; ++k) {
          const double v = data.at(((n * 2 + a) * 3 + k) * 2 + b);
          sum += v;
          squares += v * v;
        }
      EXPECT_FLOAT_EQ(static_cast<float>(layer.weights()[0].value().at(a * 2 + b)), static_cast<float>(sum / 6));
      EXPECT_NEAR(layer.weights()[1].value().at(a * 2 + b), squares / 6 - sum / 6 * (sum / 6), 1e-2);
    }
}

TEST(Normalization, AdaptWithoutAxisTakesOneNumberOfAll) {
  const Normalization layer({.axis = AxisList()});
  layer.adapt(Tensor::from<float>({1, 2, 3, 6}, {2, 2}));
  EXPECT_EQ(layer.weights()[0].value().item(), 3.0);
  EXPECT_EQ(layer.weights()[1].value().item(), 3.5);
}

TEST(Normalization, WhatIsRefused) {
  expect_parts(message_of<ValueError>([] { Normalization({.mean = 1.0}); }), {"mean and variance"});
  expect_parts(message_of<ValueError>([] { Normalization({.mean = {1.0, 2.0}, .variance = {1.0}}); }), {"one length"});
  expect_parts(message_of<ValueError>([] { Normalization({.axis = AxisList(), .mean = {1.0}, .variance = {1.0}}); }),
               {"axes"});
  expect_parts(message_of<ValueError>([] {
                 Normalization({.mean = {1.0, 2.0}, .variance = {1.0, 2.0}}).build({Shape::kNone, 3});
               }),
               {"2 numbers", "(None, 3)"});
  expect_parts(message_of<ValueError>([] {
                 Normalization({.axis = 1}).build({2, Shape::kNone});
               }),
               {"known dimensions"});
  expect_parts(message_of<ValueError>([] {
                 Normalization({.mean = 1, .variance = 2}).adapt(Tensor(Shape{2, 2}));
               }),
               {"are given"});
  expect_parts(message_of<ValueError>([] { Normalization().adapt(Tensor(Shape{0, 2})); }), {"at least one sample"});
  const Normalization layer;
  layer.build({Shape::kNone, 3});
  expect_parts(message_of<ValueError>([&] { layer.adapt(Tensor(Shape{2, 4})); }), {"(2, 4)", "(None, 3)"});
}

}  // namespace
}  // namespace cornu::layers
