// What the layers that draw at random refuse. What they draw: tests/golden/random_layers_test.cpp.
#include "cornu/layers/regularization/alpha_dropout.h"
#include "cornu/layers/regularization/dropout.h"
#include "cornu/layers/regularization/gaussian_dropout.h"
#include "cornu/layers/regularization/spatial_dropout.h"
#include "cornu/layers/test_errors.h"

namespace cornu::layers {
namespace {

// The layer, called in training.
Value call(const Layer& layer, Builder& builder, const Shape& shape) {
  layer.build(shape);
  CallContext context(builder, true);
  return layer.impl()(context, builder.parameter("x", shape));
}

TEST(RandomLayers, RatesAreShares) {
  expect_parts(message_of<ValueError>([] { Dropout(1.5); }), {"[Dropout]", "rate=1.5"});
  expect_parts(message_of<ValueError>([] { GaussianDropout(-1); }), {"[GaussianDropout]", "rate=-1"});
  expect_parts(message_of<ValueError>([] { AlphaDropout(2); }), {"[AlphaDropout]", "rate=2"});
  expect_parts(message_of<ValueError>([] { SpatialDropout3D(2); }), {"[SpatialDropout3D]", "rate=2"});
  expect_parts(message_of<ValueError>([] { registry().make("SpatialDropout1D", parse_json(R"({"name": "s"})")); }),
               {"\"s\"", "\"rate\" is missing"});
}

TEST(RandomLayers, ARateOfOneLeavesNothingToScale) {
  Builder builder;
  expect_parts(message_of<ValueError>([&] {
                 call(GaussianDropout(1, {.name = "g"}), builder, {2, 3});
               }),
               {"g", "rate < 1"});
  expect_parts(message_of<ValueError>([&] {
                 call(AlphaDropout(1, {.name = "a"}), builder, {2, 3});
               }),
               {"a", "rate < 1"});
  EXPECT_EQ(call(Dropout(1), builder, {2, 3}).shape(), (Shape{2, 3}));
}

TEST(RandomLayers, ShapesOfNoise) {
  Builder builder;
  expect_parts(message_of<ValueError>([&] {
                 call(Dropout(0.5, {.noise_shape = {2, 1}, .name = "d"}), builder, {2, 3, 4});
               }),
               {"d", "(2, 1)", "(2, 3, 4)", "rank 3"});
  expect_parts(message_of<ValueError>([&] {
                 call(AlphaDropout(0.5, {.noise_shape = {2, 2}, .name = "a"}), builder, {2, 3});
               }),
               {"a", "(2, 2)", "(2, 3)"});
  expect_parts(message_of<ValueError>([] { Dropout(0.5, {.noise_shape = {0, 1}}); }), {"noise_shape", "positive"});
}

TEST(SpatialDropout, RanksAndFormats) {
  expect_parts(message_of<ValueError>([] {
                 SpatialDropout1D(0.5, {.name = "s"}).build({2, 3});
               }),
               {"s", "(2, 3)", "rank 3"});
  expect_parts(message_of<ValueError>([] { SpatialDropout2D(0.5, {.name = "s"}).build({2, 3, 4}); }), {"s", "rank 4"});
  expect_parts(message_of<ValueError>([] { SpatialDropout3D(0.5, {.name = "s"}).build({2, 3, 4}); }), {"s", "rank 5"});
  expect_parts(message_of<ValueError>([] { SpatialDropout2D(0.5, {.data_format = "NHWC"}); }),
               {"NHWC", "channels_last"});
}

}  // namespace
}  // namespace cornu::layers
