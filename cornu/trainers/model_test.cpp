// What a user meets at a model: errors with a way out, resuming, callbacks, many threads at once.
#include "cornu/trainers/model.h"
#include "cornu/trainers/test_data.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <thread>

#include "cornu/callbacks/callbacks.h"
#include "cornu/core/random.h"
#include "cornu/layers/core/dense.h"
#include "cornu/layers/core/input_layer.h"
#include "cornu/layers/normalization/batch_normalization.h"
#include "cornu/layers/regularization/dropout.h"
#include "cornu/metrics/metrics.h"
#include "cornu/optimizers/optimizers.h"

namespace cornu {
namespace {

class ModelTest : public testing::Test {
 protected:
  void SetUp() override {
    set_global_seed(7);
    folder_ = std::filesystem::temp_directory_path() / cat("cornu_model_test_", ::getpid());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::filesystem::path folder_;
};

Sequential classifier(const Optimizer& optimizer = "sgd") {
  Sequential model(
      {layers::Dense(8, {.activation = "relu", .input_shape = {4}}), layers::Dense(3, {.activation = "softmax"})});
  model.compile({.optimizer = optimizer, .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"}});
  return model;
}

// The message of what `work` throws.
template <class F>
std::string error_of(F&& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

bool says(const std::string& message, const std::vector<std::string>& parts) {
  for (const std::string& part : parts)
    if (message.find(part) == std::string::npos) {
      ADD_FAILURE() << "\"" << part << "\" is not in:\n" << message;
      return false;
    }
  return true;
}

TEST_F(ModelTest, WrongShapesSayWhatCameAndWhatIsExpected) {
  const Model model = classifier();
  says(error_of([&] { model.fit(numbers({10, 5}, 1), labels(10), {.verbose = 0}); }), {"(10, 5)", "(None, 4)"});
  says(error_of([&] { model.fit(numbers({10, 2, 2}, 1), labels(10), {.verbose = 0}); }), {"(10, 2, 2)", "reshape"});
  says(error_of([&] { model.predict(numbers({10, 5}, 1), {.verbose = 0}); }), {"predict", "(10, 5)", "(None, 4)"});
  says(error_of([&] { model.fit(numbers({10, 4}, 1), labels(9), {.verbose = 0}); }), {"10 samples", "(9,)"});
  says(error_of([&] { model.fit(numbers({0, 4}, 1), labels(0), {.verbose = 0}); }), {"no samples"});
}

TEST_F(ModelTest, WrongTargetsForALossNameTheWayOut) {
  Sequential model({layers::Dense(3, {.activation = "softmax", .input_shape = {4}})});
  model.compile({.loss = "categorical_crossentropy"});
  says(error_of([&] {
         model.fit(numbers({6, 4}, 1), labels(6), {.verbose = 0});
       }),
       {"to_categorical", "sparse_categorical_crossentropy"});
}

TEST_F(ModelTest, NanInDataIsFoundBeforeItRuinsTheWeights) {
  const Model model = classifier();
  const std::vector<Tensor> before = model.get_weights();
  Tensor x = numbers({20, 4}, 1);
  x.mutable_data<float>()[13 * 4 + 2] = std::nanf("");
  says(error_of([&] { model.fit(x, labels(20), {.verbose = 0}); }), {"NaN", "sample 13", "element 2"});
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_TRUE(model.get_weights()[i] == before[i]);
}

TEST_F(ModelTest, NotCompiledOrNotBuiltIsSaid) {
  const Sequential plain({layers::Dense(3, {.input_shape = {4}})});
  says(error_of([&] { plain.fit(numbers({6, 4}, 1), labels(6), {.verbose = 0}); }), {"not compiled", "compile("});
  const Sequential unbuilt({layers::Dense(3)});
  says(error_of([&] { unbuilt.set_weights({numbers({4, 3}, 1)}); }), {"not built", "build("});
  says(error_of([&] { plain.compile({.optimizer = "agam"}); }), {"agam", "Adam"});
  says(error_of([&] { plain.compile({.engine = "gpu"}); }), {"gpu"});
}

TEST_F(ModelTest, CountsThatCannotBeMeantAreErrors) {
  const Model model = classifier();
  const Tensor x = numbers({6, 4}, 1), y = labels(6);
  says(error_of([&] { model.fit(x, y, {.batch_size = 0, .verbose = 0}); }), {"batch_size=0", "at least 1"});
  says(error_of([&] { model.fit(x, y, {.epochs = -1, .verbose = 0}); }), {"epochs=-1"});
  says(error_of([&] { model.fit(x, y, {.verbose = 0, .initial_epoch = -1}); }), {"initial_epoch=-1"});
  says(error_of([&] { model.fit(x, y, {.verbose = 0, .steps_per_epoch = 0}); }), {"steps_per_epoch=0"});
  says(error_of([&] { model.fit(x, y, {.verbose = 0, .validation_freq = 0}); }), {"validation_freq=0"});
  says(error_of([&] { model.evaluate(x, y, {.verbose = 0, .steps = 0}); }), {"steps=0"});
  says(error_of([&] { model.predict(x, {.verbose = 0, .steps = -2}); }), {"steps=-2"});
}

TEST_F(ModelTest, AMetricOfManyNumbersIsRefusedInsteadOfAveraged) {
  Sequential model({layers::Dense(1, {.activation = "sigmoid", .input_shape = {4}})});
  model.compile({.loss = "binary_crossentropy", .metrics = {metrics::Precision({.thresholds = {0.3, 0.7}})}});
  says(error_of([&] { model.fit(numbers({6, 4}, 1), Tensor({6, 1}), {.verbose = 0}); }), {"precision", "2 numbers"});
}

TEST_F(ModelTest, AnAddedLayerCounts) {
  const Sequential model({layers::Dense(3, {.input_shape = {4}})});
  const Tensor x = numbers({2, 4}, 1);
  EXPECT_EQ(model.predict(x, {.verbose = 0}).shape(), (Shape{2, 3}));
  model.compile({.loss = "mse"});
  model.add(layers::Dense(5));
  EXPECT_EQ(model.predict(x, {.verbose = 0}).shape(), (Shape{2, 5}));
  says(error_of([&] { model.fit(x, numbers({2, 5}, 2), {.verbose = 0}); }), {"not compiled"});
  model.pop();
  EXPECT_EQ(model.predict(x, {.verbose = 0}).shape(), (Shape{2, 3}));
}

TEST_F(ModelTest, ForeignFilesAndUnwritablePaths) {
  std::ofstream(path("foreign.h5")) << "this is not a model";
  says(error_of([&] { load_model(path("foreign.h5")); }), {"foreign.h5"});
  says(error_of([&] { load_model(path("missing.keras")); }), {"missing.keras"});
  says(error_of([&] { classifier().save("/nonexistent/folder/model.h5"); }), {"/nonexistent/folder"});
  says(error_of([&] { classifier().save(path("model.txt")); }), {".keras"});
}

TEST_F(ModelTest, UnknownLayersAreAllNamed) {
  const std::string json = R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
    {"class_name": "Conv9D", "config": {"name": "a"}}, {"class_name": "Dense", "config": {"name": "b", "units": 2}},
    {"class_name": "Telepathy", "config": {"name": "c"}}]}})";
  says(error_of([&] { model_from_json(json); }), {"Conv9D", "Telepathy", "\"a\"", "\"c\"", "registry"});
}

// An interrupted and resumed training gives, byte for byte, the weights of an uninterrupted one; shuffling included.
TEST_F(ModelTest, FitSaveLoadFitEqualsOneFit) {
  const Tensor x = numbers({50, 4}, 3), y = labels(50);
  for (const char* extension : {"h5", "keras"})
    for (const Optimizer& optimizer :
         {Optimizer("sgd"), optimizers::SGD({.momentum = 0.9}), Optimizer("adam"), Optimizer("rmsprop")}) {
      set_global_seed(11);
      const Model once = classifier(optimizer);
      const std::vector<Tensor> start = once.get_weights();
      once.fit(x, y, {.batch_size = 8, .epochs = 5, .verbose = 0});

      const Model first = classifier(optimizer);
      first.set_weights(start);
      first.fit(x, y, {.batch_size = 8, .epochs = 2, .verbose = 0});
      first.save(path(cat("resume.", extension)));
      const Model second = load_model(path(cat("resume.", extension)));
      second.fit(x, y, {.batch_size = 8, .epochs = 5, .verbose = 0, .initial_epoch = 2});
      const auto a = once.get_weights(), b = second.get_weights();
      for (std::size_t i = 0; i < a.size(); ++i)
        EXPECT_TRUE(a[i] == b[i]) << extension << " " << optimizer.impl().name() << " weight " << i;
    }
}

TEST_F(ModelTest, ThreadCountDoesNotChangeTheBits) {
  const Tensor x = numbers({64, 4}, 3), y = labels(64);
  std::vector<Tensor> weights[2];
  for (const int threads : {1, 2}) {
    set_global_seed(5);
    const Model model = classifier("adam");
    model.compile({.optimizer = "adam", .loss = "sparse_categorical_crossentropy", .threads = threads});
    model.fit(x, y, {.epochs = 3, .verbose = 0});
    weights[threads - 1] = model.get_weights();
  }
  for (std::size_t i = 0; i < weights[0].size(); ++i) EXPECT_TRUE(weights[0][i] == weights[1][i]);
}

TEST_F(ModelTest, ManyThreadsPredictWithOneModel) {
  const Model model = classifier();
  const Tensor x = numbers({40, 4}, 9);
  const Tensor expected = model.predict(x, {.verbose = 0});
  std::vector<std::thread> threads;
  std::vector<int> wrong(8, 0);
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (int round = 0; round < 50; ++round) {
        const Tensor y = model.predict(x, {.batch_size = 1 + t, .verbose = 0});
        for (std::int64_t i = 0; i < y.size(); ++i)
          wrong[static_cast<std::size_t>(t)] += std::fabs(y.at(i) - expected.at(i)) > 1e-6;
      }
    });
  for (std::thread& t : threads) t.join();
  for (const int count : wrong) EXPECT_EQ(count, 0);
}

TEST_F(ModelTest, EarlyStoppingRestoresTheBest) {
  const Model model = classifier(optimizers::SGD({.learning_rate = 5.0}));
  const callbacks::EarlyStopping stop({.monitor = "loss", .patience = 2, .restore_best_weights = true});
  const Tensor x = numbers({30, 4}, 3), y = labels(30);
  const History history = model.fit(x, y, {.epochs = 500, .verbose = 0, .callbacks = {stop}});
  EXPECT_LT(history.epoch.size(), 500u);
  EXPECT_EQ(stop.stopped_epoch(), static_cast<std::int64_t>(history.epoch.size()) - 1);
  says(error_of([&] { model.fit(x, y, {.verbose = 0, .callbacks = {callbacks::EarlyStopping()}}); }),
       {"val_loss", "accuracy, loss"});
}

TEST_F(ModelTest, CheckpointsFillInTheirPaths) {
  const Model model = classifier();
  const callbacks::ModelCheckpoint checkpoint(path("epoch{epoch:02d}-{loss:.1f}.keras"), {.monitor = "loss"});
  const History history =
      model.fit(numbers({30, 4}, 3), labels(30), {.epochs = 2, .verbose = 0, .callbacks = {checkpoint}});
  char name[64];
  std::snprintf(name, sizeof name, "epoch02-%.1f.keras", history["loss"][1]);
  ASSERT_TRUE(std::filesystem::exists(path(name))) << name;
  const Tensor x = numbers({3, 4}, 1);
  EXPECT_TRUE(load_model(path(name)).predict(x, {.verbose = 0}) == model.predict(x, {.verbose = 0}));
  EXPECT_EQ(callbacks::format_path("a{epoch}-{loss}.h5", 3, {{"loss", 0.5}}), "a3-0.5.h5");
  says(error_of([] { callbacks::format_path("{loss:%n}.h5", 1, {{"loss", 0.5}}); }), {"{loss:%n}"});
  says(error_of([] { callbacks::ModelCheckpoint("model.txt"); }), {"model.txt", ".keras"});
}

TEST_F(ModelTest, DropoutDropsInTrainingOnly) {
  Sequential model({layers::Dropout(0.5, {.seed = 3, .input_shape = {100}})});
  const Tensor x = Tensor::full({10, 100}, 1.0);
  EXPECT_TRUE(model.predict(x, {.verbose = 0}) == x);
  model.compile({.loss = "mse", .metrics = {"mae"}});
  const Logs logs = model.train_on_batch(x, x);
  // Half become 0, half become 2: every one is off by 1.
  EXPECT_NEAR(logs["mae"], 1.0, 1e-6);
  EXPECT_EQ(model.evaluate(x, x, {.verbose = 0})["loss"], 0.0);
}

TEST_F(ModelTest, AFrozenLayerStaysAsItIs) {
  const Model model = classifier();
  model.layers()[0].set_trainable(false);
  model.compile({.optimizer = "adam", .loss = "sparse_categorical_crossentropy"});
  const std::vector<Tensor> before = model.get_weights();
  model.fit(numbers({30, 4}, 3), labels(30), {.verbose = 0});
  const std::vector<Tensor> after = model.get_weights();
  EXPECT_TRUE(before[0] == after[0]);
  EXPECT_FALSE(before[2] == after[2]);
}

TEST_F(ModelTest, APredictionWithoutAllocationIsTheSame) {
  const Model model = classifier();
  const Tensor x = numbers({1, 4}, 9);
  Tensor y;
  model.predict_on_batch(x, y);
  const void* memory = y.raw();
  model.predict_on_batch(x, y);
  EXPECT_EQ(y.raw(), memory);
  EXPECT_TRUE(y == model.predict(x, {.verbose = 0}));
}

}  // namespace
}  // namespace cornu
