#include "cornu/activations/activation.h"

#include <gtest/gtest.h>

#include "cornu/activations/functions.h"
#include "cornu/core/error.h"
#include "cornu/ir/ops.h"

namespace cornu {
namespace {

std::string message_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const ValueError& e) {
    return e.what();
  }
  return "nothing was thrown";
}

TEST(Activation, UnknownNamesTheNearest) {
  EXPECT_NE(message_of([] { Activation("rellu"); }).find("did you mean \"relu\"?"), std::string::npos);
  EXPECT_THROW(activations::get(Json{{"class_name", "LeakyReLU"}, {"config", {{"negative_slope", 0.1}}}}), ValueError);
  EXPECT_THROW(activations::get(Json(3)), ValueError);
}

TEST(Activation, OfAUserIsFoundByName) {
  activations::register_activation("twice", [](Value x) { return x * 2.0; });
  Builder b;
  const Value x = b.parameter("x", {2, 3});
  EXPECT_EQ(Activation("twice")(x).shape(), (Shape{2, 3}));
  // With and without the package that it is registered in, which stays in its name.
  const Json object = {
      {"module", "builtins"}, {"class_name", "function"}, {"config", "mine>twice"}, {"registered_name", "function"}};
  EXPECT_EQ(activations::get(object)(x).shape(), (Shape{2, 3}));
  EXPECT_EQ(activations::get(object).serialize(), object);
  EXPECT_EQ(Activation("twice").serialize().at("config"), Json("twice"));
  EXPECT_EQ(Activation("relu").serialize(), Json("relu"));
}

TEST(Activation, NoneIsLinear) {
  EXPECT_TRUE(activations::get(nullptr).is_linear());
  EXPECT_TRUE(Activation().is_linear());
}

TEST(Activation, SoftmaxAndSigmoidRememberTheirLogits) {
  Builder b;
  const Value x = b.parameter("x", {2, 3});
  for (const Value y :
       {activations::softmax(x), activations::softmax(x, 0), activations::sigmoid(x), Activation("softmax")(x)}) {
    ASSERT_TRUE(b.origin(y).has_value());
    EXPECT_EQ(b.origin(y)->logits.id(), x.id());
  }
  EXPECT_FALSE(b.origin(ops::reshape(activations::softmax(x), {3, 2})).has_value());
}

TEST(Activation, ArgumentsAreChecked) {
  Builder b;
  const Value x = b.parameter("x", {2, 3});
  EXPECT_THROW(activations::glu(x), ValueError);
  EXPECT_THROW(activations::relu(x, {.max_value = -1.0}), ValueError);
  EXPECT_THROW(activations::softmax(x, 2), ValueError);
}

}  // namespace
}  // namespace cornu
