#include <gtest/gtest.h>

#include "cornu/core/error.h"
#include "cornu/ir/ops.h"
#include "cornu/losses/losses.h"

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

void expect_check(const char* loss, ir::Type y_true, ir::Type y_pred, const std::string& part) {
  const std::string message = message_of([&] { Loss(loss).impl().check(y_true, y_pred); });
  EXPECT_NE(message.find(part), std::string::npos) << message;
}

TEST(Loss, WrongTargetsNameTheWayOut) {
  expect_check("categorical_crossentropy", {uint8, {32}}, {float32, {32, 10}}, "to_categorical(y, 10)");
  expect_check("categorical_crossentropy", {uint8, {32}}, {float32, {32, 10}}, "sparse_categorical_crossentropy");
  expect_check("categorical_crossentropy", {int32, {32, 1}}, {float32, {32, 10}}, "(batch, 10), one column per class");
  expect_check("sparse_categorical_crossentropy", {float32, {32, 10}}, {float32, {32, 10}},
               "\"categorical_crossentropy\"");
  expect_check("binary_crossentropy", {int32, {32}}, {float32, {32, 10}}, "sparse_categorical_crossentropy");
  expect_check("mse", {float32, {32, 2}}, {float32, {32, 3}}, "y of shape (batch, 3)");
}

TEST(Loss, ShapesThatKerasMatchesAreTaken) {
  Loss("mse").impl().check({float32, {32}}, {float32, {32, 1}});
  Loss("mse").impl().check({float32, {32, 1}}, {float32, {32}});
  Loss("sparse_categorical_crossentropy").impl().check({uint8, {32, 1}}, {float32, {32, 10}});
  Loss("sparse_categorical_crossentropy").impl().check({int64, {32, 5}}, {float32, {32, 5, 10}});
}

TEST(Loss, SpelledAsItWasGiven) {
  EXPECT_EQ(Loss("mse").serialize(), Json("mse"));
  EXPECT_EQ(losses::MeanSquaredError().serialize()["class_name"], "MeanSquaredError");
  EXPECT_TRUE(Loss().serialize().is_null());
  EXPECT_FALSE(losses::get(nullptr));
}

TEST(Loss, CrossentropyIsResolvedByShapes) {
  const Loss loss("crossentropy");
  EXPECT_TRUE(loss);
  EXPECT_THROW(loss.impl(), ValueError);
  EXPECT_EQ(loss.resolve({8, 1}, {8, 1}).impl().class_name(), "BinaryCrossentropy");
  EXPECT_EQ(loss.resolve({8}, {8, 3}).impl().class_name(), "SparseCategoricalCrossentropy");
  EXPECT_EQ(loss.resolve({8, 3}, {8, 3}).impl().class_name(), "CategoricalCrossentropy");
  EXPECT_EQ(loss.resolve({8, 3}, {8, 3}).serialize(), Json("crossentropy"));
  Builder b;
  EXPECT_EQ(Loss("ce")(b.parameter("y", {8}, int32), b.parameter("p", {8, 3})).shape(), Shape{});
}

TEST(Loss, OfAUserIsFoundByName) {
  const auto cube = [](Value t, Value p) { return ops::mean(ops::abs((t - p) * (t - p) * (t - p)), {-1}); };
  losses::registry().add("CubicError", {"cubic_error"},
                         [cube](const Json&) { return losses::custom("CubicError", cube); });
  Builder b;
  EXPECT_EQ(Loss("cubic_error")(b.parameter("t", {8, 2}), b.parameter("p", {8, 2})).shape(), Shape{});
}

TEST(Loss, WeightsThatDoNotFitAreRefused) {
  Builder b;
  const Value t = b.parameter("t", {8, 8, 2}), p = b.parameter("p", {8, 8, 2});
  // Keras would multiply along the wrong axis here, silently.
  EXPECT_NE(
      message_of([&] { Loss("mse")(t, p, b.parameter("w", {8})); }).find("reshape a weight per sample to (batch, 1)"),
      std::string::npos);
  EXPECT_EQ(Loss("mse")(t, p, b.parameter("v", {8, 1})).shape(), Shape{});
}

TEST(Loss, ArgumentsAreChecked) {
  EXPECT_THROW(Loss("mean_square_error"), ValueError);
  EXPECT_THROW(losses::MeanSquaredError({.reduction = "auto"}), ValueError);
  EXPECT_THROW(losses::BinaryCrossentropy({.label_smoothing = 1.5}), ValueError);
  EXPECT_THROW(losses::CategoricalGeneralizedCrossEntropy({.q = 1.0}), ValueError);
  EXPECT_THROW(losses::get(Json{{"class_name", "Huber"}, {"config", {{"deltas", 2}}}}), ValueError);
  EXPECT_THROW(losses::get(Json{{"class_name", "Huber"}, {"config", {{"dtype", "float64"}}}}), NotSupportedError);
}

TEST(Loss, NoneIsAReduction) {
  const Loss loss = losses::get(Json{{"class_name", "MeanSquaredError"}, {"config", {{"reduction", nullptr}}}});
  EXPECT_EQ(loss.impl().reduction(), "none");
  const Loss huber = losses::get(losses::Huber({.delta = 2.0}).serialize());
  EXPECT_EQ(huber.serialize()["config"]["delta"], 2.0) << "Keras forgets it; here it survives";
}

TEST(Loss, HalfPrecisionIsComputedInSingle) {
  Builder b;
  EXPECT_EQ(Loss("mse")(b.parameter("t", {4, 2}), b.parameter("p", {4, 2}, float16)).dtype(), float32);
}

}  // namespace
}  // namespace cornu
