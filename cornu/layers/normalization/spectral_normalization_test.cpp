// SpectralNormalization as a wrapper: whose weights, in which order, trained by whom. Its numbers: tests/golden/.
#include "cornu/layers/normalization/spectral_normalization.h"

#include "cornu/layers/core/dense.h"
#include "cornu/layers/core/identity.h"
#include "cornu/layers/test_errors.h"

namespace cornu::layers {
namespace {

std::vector<std::string> names(const std::vector<Variable>& variables) {
  std::vector<std::string> out;
  for (const Variable& v : variables) out.push_back(v.path());
  return out;
}

using Names = std::vector<std::string>;

TEST(SpectralNormalization, WeightsInKerassOrder) {
  const SpectralNormalization layer(Dense(3, {.name = "d"}), {.name = "s"});
  layer.build({Shape::kNone, 4});
  EXPECT_EQ(names(layer.weights()), (Names{"s/d/kernel", "s/vector_u", "s/d/bias"}));
  EXPECT_EQ(names(layer.trainable_weights()), (Names{"s/d/kernel", "s/d/bias"}));
  EXPECT_EQ(layer.weights()[1].shape(), (Shape{1, 3}));
  EXPECT_EQ(layer.compute_output_shape({Shape::kNone, 4}), (Shape{Shape::kNone, 3}));
}

TEST(SpectralNormalization, FreezingReachesTheLayer) {
  const Dense inner(3, {.name = "d"});
  const SpectralNormalization layer(inner, {.name = "s"});
  layer.build({Shape::kNone, 4});
  layer.set_trainable(false);
  EXPECT_FALSE(inner.trainable());
  EXPECT_TRUE(layer.trainable_weights().empty());
  layer.set_trainable(true);
  inner.set_trainable(false);  // the layer alone
  EXPECT_TRUE(layer.trainable_weights().empty());
  EXPECT_EQ(layer.non_trainable_weights().size(), 3u);
}

TEST(SpectralNormalization, WhatItCannotWrap) {
  expect_parts(message_of<ValueError>([] { SpectralNormalization(Layer{}); }), {"empty layer"});
  expect_parts(message_of<ValueError>([] { SpectralNormalization(Dense(3), {.power_iterations = 0}); }),
               {"power_iterations=0"});
  expect_parts(message_of<ValueError>([] {
                 SpectralNormalization(Identity({.name = "i"})).build({Shape::kNone, 4});
               }),
               {"\"i\"", "Identity", "kernel"});
  expect_parts(message_of<ValueError>([] {
                 registry().make("SpectralNormalization", parse_json(R"({"name": "s", "power_iterations": 1})"));
               }),
               {"\"s\"", "\"layer\" is missing"});
  expect_parts(message_of<NotSupportedError>([] {
                 registry().make(
                     "SpectralNormalization",
                     parse_json(R"({"name": "s", "layer": {"class_name": "Nothing", "config": {"name": "n"}}})"));
               }),
               {"\"n\"", "Nothing"});
}

}  // namespace
}  // namespace cornu::layers
