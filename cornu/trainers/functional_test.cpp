// Functional models as users meet them: parts of models, fine tuning, several inputs and outputs, errors with a way
// out.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "cornu/core/random.h"
#include "cornu/layers/core/dense.h"
#include "cornu/layers/core/input_layer.h"
#include "cornu/layers/merging/concatenate.h"
#include "cornu/layers/merging/elementwise.h"
#include "cornu/layers/normalization/batch_normalization.h"
#include "cornu/trainers/model.h"

namespace cornu {
namespace {

using layers::Add;
using layers::BatchNormalization;
using layers::Concatenate;
using layers::Dense;
using layers::Input;

Tensor column(const std::vector<float>& values) {
  return Tensor::from(values, {static_cast<std::int64_t>(values.size()), 1});
}

// A layer that multiplies by `factor`.
Dense times(float factor, const std::string& name) {
  Dense layer(1, {.use_bias = false, .name = name});
  layer.build({-1, 1});
  layer.set_weights({Tensor::from<float>({factor}, {1, 1})});
  return layer;
}

std::vector<float> numbers(const Tensor& t) { return t.to_vector<float>(); }

template <class F>
std::string error_of(F&& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

void says(const std::string& message, const std::vector<std::string>& parts) {
  for (const std::string& part : parts)
    EXPECT_NE(message.find(part), std::string::npos) << "\"" << part << "\" is not in:\n" << message;
}

// x -> twice -> thrice -> tenfold
Model chain() {
  const KerasTensor x = Input({1}, {.name = "x"});
  return Model(x, times(10, "tenfold")(times(3, "thrice")(times(2, "twice")(x))), "chain");
}

// left -> a (times 2); right -> b (times 3); outputs: sum, and a alone
Model two_towers() {
  const KerasTensor left = Input({1}, {.name = "left"}), right = Input({1}, {.name = "right"});
  const KerasTensor a = times(2, "a")(left), b = times(3, "b")(right);
  return Model({left, right}, {Add({.name = "sum"})({a, b}), times(1, "copy")(a)}, "towers");
}

TEST(FunctionalModel, AnInnerLayerIsAnOutput) {
  const Model model = chain();
  const Model inner(model.inputs(), model.get_layer("thrice").output());
  EXPECT_EQ(numbers(inner.predict(column({1, 2}), {.verbose = 0})), (std::vector<float>{6, 12}));
  // The same layers: what one learns the other knows.
  model.get_layer("twice").set_weights({Tensor::from<float>({5}, {1, 1})});
  EXPECT_EQ(numbers(inner.predict(column({1}), {.verbose = 0})), (std::vector<float>{15}));
  EXPECT_EQ(inner.layers().size(), 3u);
}

TEST(FunctionalModel, BeginsBehindALayer) {
  const Model model = chain();
  const Model rest(model.get_layer("twice").output(), model.output());
  EXPECT_EQ(numbers(rest.predict(column({1, 2}), {.verbose = 0})), (std::vector<float>{30, 60}));
  EXPECT_EQ(rest.layers().size(), 3u);  // an Input of its own, thrice, tenfold
  EXPECT_EQ(numbers(model.predict(column({1}), {.verbose = 0})), (std::vector<float>{60}));
}

TEST(FunctionalModel, PartsOfASequential) {
  const Sequential model({Input({1}), times(2, "twice"), times(3, "thrice")});
  const Model inner(model.inputs(), model.get_layer("twice").output());
  EXPECT_EQ(numbers(inner.predict(column({4}), {.verbose = 0})), (std::vector<float>{8}));
  const KerasTensor x = Input({1});
  EXPECT_EQ(numbers(Model(x, model(model(x))).predict(column({1}), {.verbose = 0})), (std::vector<float>{36}));
  EXPECT_THROW(Sequential({Dense(1)}).outputs(), ValueError);
}

TEST(FunctionalModel, ASequentialBeginsWithAModel) {
  const Sequential model({chain(), times(0.5, "half")});
  EXPECT_EQ(numbers(model.predict(column({1, 3}), {.verbose = 0})), (std::vector<float>{30, 90}));
}

TEST(FunctionalModel, ANewHeadOnAFrozenModel) {
  set_global_seed(1);
  const KerasTensor x = Input({3});
  const KerasTensor h = BatchNormalization({.name = "norm"})(Dense(4, {.activation = "tanh", .name = "features"})(x));
  const Model base(x, Dense(2, {.name = "old_head"})(h));
  const Model tuned(base.inputs(), Dense(1, {.name = "new_head"})(base.get_layer("norm").output()));
  base.set_trainable(false);
  const Tensor data = Tensor::from<float>({1, 0, 2, -1, 3, 1, 0, 0, 1, 2, -2, 1}, {4, 3});
  const Tensor target = column({1, -1, 2, 0});
  tuned.compile({.optimizer = "sgd", .loss = "mse"});
  const auto features = tuned.get_layer("features").get_weights(), norm = tuned.get_layer("norm").get_weights();
  const auto head = tuned.get_layer("new_head").get_weights();
  tuned.fit(data, target, {.epochs = 2, .verbose = 0});
  EXPECT_TRUE(tuned.get_layer("features").get_weights() == features);
  EXPECT_TRUE(tuned.get_layer("norm").get_weights() == norm);  // moving averages too: it judges
  EXPECT_FALSE(tuned.get_layer("new_head").get_weights() == head);
  EXPECT_EQ(tuned.trainable_weights().size(), 2u);

  base.set_trainable(true);
  tuned.compile({.optimizer = "sgd", .loss = "mse"});
  tuned.fit(data, target, {.epochs = 1, .verbose = 0});
  EXPECT_FALSE(tuned.get_layer("features").get_weights() == features);
  EXPECT_FALSE(tuned.get_layer("norm").get_weights() == norm);
}

TEST(FunctionalModel, SeveralInputsAndOutputs) {
  const Model model = two_towers();
  EXPECT_EQ(model.output_names(), (std::vector<std::string>{"sum", "copy"}));
  const Tensor left = column({1, 2}), right = column({10, 20});
  for (const OneOrMany<Tensor>& x :
       {OneOrMany<Tensor>{left, right}, OneOrMany<Tensor>{{"right", right}, {"left", left}}}) {
    const std::vector<Tensor> y = model.predict_all(x, {.verbose = 0});
    ASSERT_EQ(y.size(), 2u);
    EXPECT_EQ(numbers(y[0]), (std::vector<float>{32, 64}));
    EXPECT_EQ(numbers(y[1]), (std::vector<float>{2, 4}));
  }
  model.compile({.optimizer = "sgd",
                 .loss = {{"sum", "mae"}, {"copy", "mse"}},
                 .loss_weights = {{"sum", 1.0}, {"copy", 10.0}},
                 .metrics = {{"copy", {"mae"}}}});
  const Logs logs = model.evaluate({left, right}, {column({30, 60}), column({2, 5})}, {.verbose = 0});
  EXPECT_EQ(logs.size(), 4u);
  EXPECT_DOUBLE_EQ(logs["sum_loss"], 3);     // (2 + 4) / 2
  EXPECT_DOUBLE_EQ(logs["copy_loss"], 0.5);  // (0 + 1) / 2, not weighted
  EXPECT_DOUBLE_EQ(logs["loss"], 8);         // 3 + 10 x 0.5
  EXPECT_DOUBLE_EQ(logs["copy_mae"], 0.5);
  const History history =
      model.fit({left, right}, {{"copy", column({2, 4})}, {"sum", column({32, 64})}},
                {.verbose = 0, .validation_data = ValidationData{{left, right}, {column({32, 64}), column({2, 4})}}});
  EXPECT_DOUBLE_EQ(history["loss"][0], 0);
  EXPECT_DOUBLE_EQ(history["val_sum_loss"][0], 0);
}

TEST(FunctionalModel, AnOutputWithoutLossNeedsNoTarget) {
  const Model model = two_towers();
  model.compile({.optimizer = "sgd", .loss = {Loss("mse"), Loss()}});
  const OneOrMany<Tensor> x = {column({1}), column({1})};
  for (const OneOrMany<Tensor>& y : {OneOrMany<Tensor>(column({7})), OneOrMany<Tensor>{{"sum", column({7})}},
                                     OneOrMany<Tensor>{column({7}), column({99})}}) {
    const Logs logs = model.evaluate(x, y, {.verbose = 0});
    EXPECT_EQ(logs.size(), 1u);
    EXPECT_DOUBLE_EQ(logs["loss"], 4);
  }
}

TEST(FunctionalModel, SampleWeightsByOutput) {
  const Model model = two_towers();
  model.compile({.optimizer = "sgd", .loss = "mae"});
  const OneOrMany<Tensor> x = {column({1, 1}), column({1, 1})}, y = {column({4, 3}), column({3, 4})};  // 5 and 2 given
  const Tensor weights = Tensor::from<float>({1, 0});
  const auto loss = [&](const OneOrMany<Tensor>& w) {
    return model.evaluate(x, y, {.verbose = 0, .sample_weight = w});
  };
  EXPECT_DOUBLE_EQ(loss({})["loss"], 3);                          // (1 + 2) / 2 + (1 + 2) / 2
  EXPECT_DOUBLE_EQ(loss(weights)["loss"], 1);                     // for all outputs: 1 / 2 + 1 / 2
  EXPECT_DOUBLE_EQ(loss({{"copy", weights}})["copy_loss"], 0.5);  // for one of them
  EXPECT_DOUBLE_EQ(loss({{"copy", weights}})["sum_loss"], 1.5);
}

TEST(FunctionalModel, AClone) {
  const Model model = chain();
  model.compile({.optimizer = "adam", .loss = "mse"});
  const Model copy = clone_model(model);
  EXPECT_EQ(copy.to_json(), model.to_json());
  EXPECT_TRUE(copy.compiled());
  copy.get_layer("twice").set_weights({Tensor::from<float>({7}, {1, 1})});
  EXPECT_EQ(numbers(model.predict(column({1}), {.verbose = 0})), (std::vector<float>{60}));
}

TEST(FunctionalModel, OperatorsInBothFormats) {
  const KerasTensor x = Input({2});
  const Model model(x, 2 * x - x / (x * x + 1.0));
  const Tensor data = Tensor::from<float>({1, 0, -1, 3}, {2, 2});
  const std::vector<float> expected = {1.5f, 0, -1.5f, 5.7f};
  const std::filesystem::path folder = std::filesystem::temp_directory_path();
  for (const char* ending : {"keras", "h5"}) {
    const std::string path = (folder / cat("cornu_operators_", ::getpid(), ".", ending)).string();
    model.save(path);
    const Model again = load_model(path);
    EXPECT_EQ(again.to_json(), model.to_json());
    const std::vector<float> y = numbers(again.predict(data, {.verbose = 0}));
    for (std::size_t i = 0; i < y.size(); ++i) EXPECT_FLOAT_EQ(y[i], expected[i]);
    std::filesystem::remove(path);
  }
}

TEST(FunctionalModel, ErrorsOfGraphs) {
  const KerasTensor a = Input({1}, {.name = "a"}), b = Input({1}, {.name = "b"});
  says(error_of([&] { Model(a, Add()({a, b})); }), {"\"b\"", "not among its inputs"});
  says(error_of([&] { Model(a, Dense(1, {.name = "d"})(Dense(1, {.name = "d"})(a))); }), {"two layers named \"d\""});
  says(error_of([&] { Dense(1)({a, b}); }), {"2 inputs", "one"});
  says(error_of([&] { Add()({Input({2}), Input({3})}); }), {"(None, 2)", "(None, 3)"});
  says(error_of([&] { Concatenate()({Input({2, 2}), Input({3, 2})}); }), {"(None, 2, 2)", "(None, 3, 2)", "axis"});
  says(error_of([&] { layers::Subtract()({a, a, a}); }), {"3 inputs", "two"});
  says(error_of([&] { static_cast<void>(Dense(1, {.name = "lonely"}).output()); }), {"lonely", "not called"});
  says(error_of([&] { Model(KerasTensor(), a); }), {"empty symbolic tensor"});
  says(error_of([&] { Sequential({a, Layer(Dense(1)(a))}); }), {"cannot stand for a layer"});
}

TEST(FunctionalModel, ErrorsOfData) {
  const Model model = two_towers();
  const OneOrMany<Tensor> x = {column({1}), column({1})}, y = {column({1}), column({1})};
  says(error_of([&] { model.predict(x); }), {"2 outputs", "predict_all"});
  says(error_of([&] { model.predict_on_batch(column({1})); }), {"1 input", "left, right"});
  says(error_of([&] { model.predict_all({column({1})}); }), {"1 input", "expected: 2", "left, right"});
  says(error_of([&] { model.predict_all({{"left", column({1})}, {"rigth", column({1})}}); }), {"rigth", "left, right"});
  says(error_of([&] { model.predict_all({{"left", column({1})}}); }), {"no input named \"right\""});
  says(error_of([&] { model.predict_all({column({1}), Tensor::full({1, 2}, 0)}); }), {"\"right\"", "(1, 2)"});
  model.compile({.loss = {"mse", "mse", "mse"}});
  says(error_of([&] { model.evaluate(x, y); }), {"3 entries", "2", "sum, copy"});
  model.compile({.loss = {{"sum", "mse"}}});
  says(error_of([&] { model.evaluate(x, y); }), {"nothing for output \"copy\""});
  model.compile({.loss = "mse", .metrics = {"mae"}});
  says(error_of([&] { model.evaluate(x, y); }), {"1 metrics", "2"});
  model.compile({.loss = "mse", .metrics = {{"summ", {"mae"}}}});
  says(error_of([&] { model.evaluate(x, y); }), {"summ", "sum, copy"});
  model.compile({.loss = "mse"});
  says(error_of([&] { model.evaluate(x, column({1})); }), {"1 target", "2"});
  says(error_of([&] { model.fit(x, y, {.class_weight = {{0, 1.0}}}); }), {"class_weight", "sample_weight"});
}

}  // namespace
}  // namespace cornu
