// The smallest layers: what they refuse.
#include "cornu/layers/activations/prelu.h"
#include "cornu/layers/activations/softmax.h"
#include "cornu/layers/core/masking.h"
#include "cornu/layers/test_errors.h"

namespace cornu::layers {
namespace {

TEST(Masking, ValuesThatAreNoNumbers) {
  expect_parts(
      message_of<ValueError>([] { registry().make("Masking", parse_json(R"({"name": "m", "mask_value": "0"})")); }),
      {"\"m\"", "mask_value", "a number"});
}

TEST(PReLU, SharedAxesThatTheInputDoesNotHave) {
  expect_parts(message_of<ValueError>([] {
                 PReLU({.shared_axes = 3, .name = "p"}).build({2, 3, 4});
               }),
               {"p", "axis 3", "1 to 2"});
  expect_parts(message_of<ValueError>([] {
                 PReLU({.shared_axes = {0}, .name = "p"}).build({2, 3, 4});
               }),
               {"p", "axis 0"});
  expect_parts(message_of<ValueError>([] {
                 PReLU({.name = "p"}).build({2, Shape::kNone, 4});
               }),
               {"p", "alpha", "known dimensions"});
  const PReLU layer({.shared_axes = 1});
  EXPECT_EQ(layer.get_config()["shared_axes"], parse_json("[1]"));
  layer.build({2, Shape::kNone, 4});
  EXPECT_EQ(layer.weights()[0].shape(), (Shape{1, 4}));
}

TEST(Softmax, NoAxis) {
  expect_parts(message_of<ValueError>([] { Softmax({.axis = AxisList()}); }), {"[Softmax]", "no axis"});
}

}  // namespace
}  // namespace cornu::layers
