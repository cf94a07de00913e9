#include <gtest/gtest.h>

#include "cornu/core/error.h"
#include "cornu/ir/ops.h"
#include "cornu/optimizers/optimizers.h"

namespace cornu {
namespace {

const std::vector<VariableSpec> kVariables = {{"sequential/dense/kernel", {4, 3}}, {"sequential/dense/bias", {3}}};

std::vector<std::string> paths(const Optimizer& optimizer) {
  std::vector<std::string> out;
  for (const SlotSpec& s : optimizer.slots(kVariables)) out.push_back(s.path);
  return out;
}

TEST(Optimizer, SlotsStandInKerasOrder) {
  EXPECT_TRUE(paths(optimizers::SGD()).empty());
  EXPECT_EQ(paths(optimizers::SGD({.momentum = 0.9})),
            (std::vector<std::string>{"sgd/sequential_dense_kernel_momentum", "sgd/sequential_dense_bias_momentum"}));
  EXPECT_EQ(
      paths(optimizers::Adam({.amsgrad = true, .use_ema = true, .name = "a"})),
      (std::vector<std::string>{"a/sequential_dense_kernel_average", "a/sequential_dense_bias_average",
                                "a/sequential_dense_kernel_momentum", "a/sequential_dense_kernel_velocity",
                                "a/sequential_dense_bias_momentum", "a/sequential_dense_bias_velocity",
                                "a/sequential_dense_kernel_velocity_hat", "a/sequential_dense_bias_velocity_hat"}));
  EXPECT_EQ(paths(optimizers::RMSprop({.momentum = 0.5}))[2], "rm_sprop/sequential_dense_kernel_momentum");
}

TEST(Optimizer, NamesAreFoundInAnyCase) {
  EXPECT_EQ(Optimizer("ADAM").impl().class_name(), "Adam");
  EXPECT_EQ(Optimizer("RmsProp").impl().class_name(), "RMSprop");
  EXPECT_THROW(Optimizer("sdg"), ValueError);
}

TEST(Optimizer, ArgumentsAreChecked) {
  EXPECT_THROW(optimizers::SGD({.clipnorm = 1.0, .clipvalue = 0.5}), ValueError);
  EXPECT_THROW(optimizers::SGD({.momentum = 1.5}), ValueError);
  EXPECT_THROW(optimizers::SGD({.learning_rate = -0.1}), ValueError);
  EXPECT_THROW(optimizers::Adam({.clipnorm = -1.0}), ValueError);
  EXPECT_THROW(optimizers::Adam({.use_ema = true, .ema_momentum = 2.0}), ValueError);
  EXPECT_THROW(optimizers::Adam({.gradient_accumulation_steps = 1}), ValueError);
  EXPECT_THROW(optimizers::get(Json{{"class_name", "SGD"}, {"config", {{"lr", 0.1}}}}), ValueError);
  EXPECT_THROW(optimizers::schedules::PiecewiseConstantDecay({1, 2}, {0.1, 0.2}), ValueError);
  EXPECT_THROW(optimizers::schedules::CosineDecay(0.1, 0), ValueError);
  EXPECT_THROW(optimizers::schedules::get(Json{{"class_name", "CosineDecay"}, {"config", {{"decay_steps", 5}}}}),
               ValueError);
}

TEST(Optimizer, DefaultsOfAbsentKeysAreTheClasss) {
  const Optimizer a = optimizers::get(Json{{"class_name", "AdamW"}, {"config", Json::object()}});
  EXPECT_EQ(*a.impl().options().weight_decay, 0.004);
  const Optimizer b = optimizers::get(Json{{"class_name", "AdamW"}, {"config", {{"weight_decay", nullptr}}}});
  EXPECT_FALSE(b.impl().options().weight_decay.has_value());
}

TEST(Optimizer, ASchedulesRateIsReadFromTheConfiguration) {
  const Optimizer sgd =
      optimizers::SGD({.learning_rate = optimizers::schedules::CosineDecay(0.1, 1000, {.alpha = 0.1})});
  const Optimizer back = optimizers::get(sgd.serialize());
  ASSERT_TRUE(back.impl().learning_rate().is_schedule());
  EXPECT_EQ(dump_json(back.serialize()), dump_json(sgd.serialize()));
}

// A user's own, as the recipe has it.
struct SignDescent final : OptimizerImpl {
  SignDescent() : OptimizerImpl("SignDescent", 0.01, {}) {}
  Json own_config() const override { return Json::object(); }
  Value update(UpdateContext& context, Value weight, Value gradient) const override {
    return weight - context.learning_rate * ops::sign(gradient);
  }
};

TEST(Optimizer, OfAUserIsFoundByName) {
  optimizers::registry().add("SignDescent", {"sign"},
                             [](const Json&) { return Optimizer(std::make_shared<SignDescent>()); });
  Builder b;
  const Value w = b.parameter("w", {3}), g = b.parameter("g", {3});
  const Optimizer::Step step =
      Optimizer("sign").apply({{"w", {3}}}, {w}, {g}, {}, {}, b.parameter("n", {}, int64), b.parameter("lr", {}));
  EXPECT_EQ(step.weights[0].shape(), Shape{3});
}

TEST(Optimizer, AWeightWithoutAGradientStaysAsItIs) {
  Builder b;
  const Value w = b.parameter("w", {3}), v = b.parameter("v", {3}), g = b.parameter("g", {3});
  const Optimizer sgd = optimizers::SGD({.weight_decay = 0.1, .global_clipnorm = 1.0});
  const Optimizer::Step step = sgd.apply({{"w", {3}}, {"v", {3}}}, {w, v}, {g, Value()}, {}, {},
                                         b.parameter("n", {}, int64), b.parameter("lr", {}));
  EXPECT_EQ(step.weights[1].id(), v.id());
  EXPECT_NE(step.weights[0].id(), w.id());
}

}  // namespace
}  // namespace cornu
