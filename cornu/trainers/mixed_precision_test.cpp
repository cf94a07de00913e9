// Training in 16 bits: what compile() adds, and what scaling the loss must not change.
#include <gtest/gtest.h>

#include "cornu/core/dtype_policy.h"
#include "cornu/layers/core/dense.h"
#include "cornu/optimizers/optimizers.h"
#include "cornu/trainers/model.h"
#include "cornu/trainers/test_data.h"

namespace cornu {
namespace {

Sequential classifier(const std::string& dtype) {
  set_global_seed(3);
  config::set_dtype_policy(dtype);
  Sequential model({layers::Dense(8, {.activation = "relu", .input_shape = {4}}),
                    layers::Dense(3, {.activation = "softmax", .dtype = "float32"})});
  config::set_dtype_policy("float32");
  return model;
}

std::string optimizer_of(const Sequential& model, CompileArguments arguments) {
  arguments.loss = "sparse_categorical_crossentropy";
  model.compile(std::move(arguments));
  return parse_json(model.to_json())["compile_config"]["optimizer"]["class_name"].get<std::string>();
}

TEST(MixedPrecision, CompileScalesTheLossUnderMixedFloat16Alone) {
  EXPECT_EQ(optimizer_of(classifier("float32"), {.optimizer = "adam"}), "Adam");
  EXPECT_EQ(optimizer_of(classifier("mixed_bfloat16"), {.optimizer = "adam"}), "Adam");
  EXPECT_EQ(optimizer_of(classifier("mixed_float16"), {.optimizer = "adam"}), "LossScaleOptimizer");
  EXPECT_EQ(optimizer_of(classifier("mixed_float16"), {.optimizer = "adam", .auto_scale_loss = false}), "Adam");
}

TEST(MixedPrecision, TheLearningRateIsTheInnerOptimizers) {
  const Sequential model = classifier("mixed_float16");
  model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.25}), .loss = "sparse_categorical_crossentropy"});
  EXPECT_EQ(model.learning_rate(), 0.25);
  model.set_learning_rate(0.5);
  model.train_on_batch(numbers({6, 4}, 1), labels(6));
  EXPECT_EQ(model.learning_rate(), 0.5);
}

std::vector<Tensor> trained(const Optimizer& optimizer, const std::string& dtype) {
  const Sequential model = classifier(dtype);
  model.compile({.optimizer = optimizer, .loss = "sparse_categorical_crossentropy"});
  for (int i = 0; i < 5; ++i) model.train_on_batch(numbers({6, 4}, 1), labels(6));
  return model.get_weights();
}

// Multiplied with a power of two and divided by it again, in float32: no bit may change.
TEST(MixedPrecision, AScaledLossTrainsTheSameWeights) {
  const std::vector<Tensor> plain = trained(optimizers::SGD({.learning_rate = 0.1}), "float32");
  EXPECT_EQ(trained(optimizers::SGD({.learning_rate = 0.1, .loss_scale_factor = 1024.0}), "float32"), plain);
  EXPECT_EQ(trained(optimizers::LossScaleOptimizer(optimizers::SGD({.learning_rate = 0.1})), "float32"), plain);
}

// A step whose gradients overflow changes no weight and halves the scale.
TEST(MixedPrecision, AnOverflowIsLeftOut) {
  const Sequential model = classifier("mixed_float16");
  model.compile({.optimizer = optimizers::LossScaleOptimizer("sgd", {.initial_scale = 1e9}),
                 .loss = "sparse_categorical_crossentropy"});
  const std::vector<Tensor> before = model.get_weights();
  model.train_on_batch(numbers({6, 4}, 1), labels(6));
  EXPECT_EQ(model.get_weights(), before);
  for (const auto& [name, value] : model.optimizer_variables()) {
    if (name == "loss_scale_optimizer/dynamic_scale") {
      EXPECT_EQ(value.item(), 5e8);
    }
  }
}

TEST(MixedPrecision, WeightsStayInFloat32AndPredictionsAreOfTheLastLayer) {
  const Sequential model({layers::Dense(8, {.dtype = "mixed_bfloat16", .input_shape = {4}})});
  for (const Tensor& w : model.get_weights()) EXPECT_EQ(w.dtype(), float32);
  EXPECT_EQ(model.predict(numbers({3, 4}, 1), {.verbose = 0}).dtype(), bfloat16);
  EXPECT_EQ(classifier("mixed_bfloat16").predict(numbers({3, 4}, 1), {.verbose = 0}).dtype(), float32);
}

}  // namespace
}  // namespace cornu
