// Training, evaluation and prediction on an engine with memory of its own, against the CPU engine: the same data,
// weights and seeds must give the same weights and histories. Skipped in a build without the engine on PJRT plug-ins.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "cornu/callbacks/callbacks.h"
#include "cornu/core/random.h"
#include "cornu/layers/core/dense.h"
#include "cornu/layers/core/input_layer.h"
#include "cornu/layers/normalization/batch_normalization.h"
#include "cornu/layers/regularization/dropout.h"
#include "cornu/optimizers/optimizers.h"
#include "cornu/optimizers/schedules.h"
#include "cornu/trainers/model.h"
#include "cornu/trainers/test_data.h"
#include "cornu/trainers/trainer.h"

namespace cornu {
namespace {

constexpr std::int64_t kSamples = 100;  // with batches of 16, the last one has 4

// What one engine made of a training.
struct Outcome {
  History history;
  std::vector<Tensor> weights;
  std::vector<double> evaluated;
  Tensor predicted;
};

class DeviceTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::vector<std::string> names = engine_names();
    if (std::find(names.begin(), names.end(), "pjrt") == names.end())
      GTEST_SKIP() << "this build has no engine on PJRT plug-ins (-DCORNU_PJRT=ON)";
  }
  void TearDown() override { unsetenv("CORNU_DEVICE_MEMORY"); }

  Optimizer optimizer_ = "sgd";
  bool random_layers_ = false;
  const Tensor x_ = numbers({kSamples, 5}, 1), y_ = labels(kSamples);
  const Tensor x_val_ = numbers({41, 5}, 2), y_val_ = labels(41);

  Outcome train(const std::string& engine, const FitArguments& arguments) const {
    set_global_seed(7);
    std::vector<Layer> list = {layers::Dense(8, {.activation = "relu", .input_shape = {5}})};
    if (random_layers_) {
      list.push_back(layers::BatchNormalization());
      list.push_back(layers::Dropout(0.3));
    }
    list.push_back(layers::Dense(3, {.activation = "softmax"}));
    const Sequential model(list);
    model.compile({.optimizer = optimizer_,
                   .loss = "sparse_categorical_crossentropy",
                   .metrics = {"accuracy"},
                   .engine = engine});
    Outcome out;
    out.history = model.fit(x_, y_, arguments);
    out.weights = model.trainer().get_weights();
    for (const auto& [name, value] : model.evaluate(x_val_, y_val_, {.batch_size = 16, .verbose = 0}))
      out.evaluated.push_back(value);
    out.predicted = model.predict(x_val_, {.batch_size = 8, .verbose = 0});
    return out;
  }

  static void expect_near(const Tensor& a, const Tensor& b, const std::string& what) {
    ASSERT_EQ(a.shape(), b.shape()) << what;
    for (std::int64_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a.at(i), b.at(i), 1e-5) << what << ", element " << i;
  }
  static void expect_same(const Outcome& device, const Outcome& host) {
    ASSERT_EQ(device.weights.size(), host.weights.size());
    for (std::size_t w = 0; w < host.weights.size(); ++w)
      expect_near(device.weights[w], host.weights[w], cat("weight ", w));
    ASSERT_EQ(device.history.history.size(), host.history.history.size());
    for (const auto& [name, values] : host.history.history) {
      ASSERT_EQ(device.history[name].size(), values.size()) << name;
      for (std::size_t e = 0; e < values.size(); ++e)
        EXPECT_NEAR(device.history[name][e], values[e], 1e-5) << name << " of epoch " << e;
    }
    ASSERT_EQ(device.evaluated.size(), host.evaluated.size());
    for (std::size_t i = 0; i < host.evaluated.size(); ++i) EXPECT_NEAR(device.evaluated[i], host.evaluated[i], 1e-5);
    expect_near(device.predicted, host.predicted, "prediction");
  }
  void compare(const FitArguments& arguments) const { expect_same(train("pjrt", arguments), train("cpu", arguments)); }
};

TEST_F(DeviceTest, ShuffledEpochsWithASmallerLastBatch) { compare({.batch_size = 16, .epochs = 2, .verbose = 0}); }

TEST_F(DeviceTest, InOrderWithSampleWeights) {
  Tensor weights = Tensor::empty({kSamples});
  for (std::int64_t i = 0; i < kSamples; ++i) weights.mutable_data<float>()[i] = static_cast<float>(i % 5) / 2;
  compare({.batch_size = 16, .epochs = 2, .verbose = 0, .shuffle = false, .sample_weight = weights});
}

TEST_F(DeviceTest, StateOfOptimizerAndLayersAndRandomNumbers) {
  optimizer_ = optimizers::Adam({.learning_rate = 0.01});
  random_layers_ = true;
  compare({.batch_size = 16, .epochs = 2, .verbose = 0});
}

TEST_F(DeviceTest, AScheduleAndPartsOfEpochs) {
  optimizer_ =
      optimizers::SGD({.learning_rate = optimizers::schedules::ExponentialDecay(0.1, 3, 0.5), .momentum = Number(0.9)});
  compare({.batch_size = 16, .epochs = 5, .verbose = 0, .steps_per_epoch = 3});
}

TEST_F(DeviceTest, ValidationAndEarlyStopping) {
  optimizer_ = optimizers::SGD({.learning_rate = 0.5});
  FitArguments arguments{.batch_size = 16, .epochs = 12, .verbose = 0};
  arguments.validation_data = ValidationData{x_val_, y_val_, {}};
  const auto stopping = [] { return callbacks::EarlyStopping({.patience = 1, .restore_best_weights = true}); };
  arguments.callbacks = {stopping()};
  const Outcome host = train("cpu", arguments);
  arguments.callbacks = {stopping()};
  const Outcome device = train("pjrt", arguments);
  expect_same(device, host);
  EXPECT_LT(host.history["loss"].size(), 12u) << "it never stopped";
}

// Who watches batches sees every one of them, and what they do to the model counts from the next batch on.
TEST_F(DeviceTest, ACallbackThatChangesTheRateBetweenBatches) {
  const auto outcome = [this](const std::string& engine, std::vector<std::int64_t>& seen, std::vector<double>& losses) {
    class Watcher : public CallbackImpl {
     public:
      Watcher(std::vector<std::int64_t>& batches, std::vector<double>& batch_losses)
          : batches_(batches), losses_(batch_losses) {}
      void on_train_batch_begin(std::int64_t batch) override { batches_.push_back(batch); }
      void on_train_batch_end(std::int64_t batch, const BatchLogs& logs) override {
        losses_.push_back(logs()["loss"]);
        if (batch == 2) model().set_learning_rate(0.5);
      }

     private:
      std::vector<std::int64_t>& batches_;
      std::vector<double>& losses_;
    };
    return train(engine, {.batch_size = 16,
                          .epochs = 2,
                          .verbose = 0,
                          .callbacks = {Callback(std::make_shared<Watcher>(seen, losses))}});
  };
  std::vector<std::int64_t> on_device, on_host;
  std::vector<double> device_losses, host_losses;
  expect_same(outcome("pjrt", on_device, device_losses), outcome("cpu", on_host, host_losses));
  EXPECT_EQ(on_device, (std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6}));
  ASSERT_EQ(device_losses.size(), host_losses.size());
  for (std::size_t i = 0; i < host_losses.size(); ++i) EXPECT_NEAR(device_losses[i], host_losses[i], 1e-5) << i;
}

// Data that do not fit come in parts, and nothing is different: in training, in validation, in prediction.
TEST_F(DeviceTest, DataLargerThanTheMemoryOfTheDevice) {
  FitArguments arguments{.batch_size = 4, .epochs = 2, .verbose = 0};
  arguments.validation_data = ValidationData{x_val_, y_val_, {}};
  arguments.validation_batch_size = 8;
  const Outcome whole = train("pjrt", arguments);
  // 100 samples of 24 bytes; a part is three batches of 4, then one.
  for (const char* memory : {"4700", "1600"}) {
    setenv("CORNU_DEVICE_MEMORY", memory, 1);
    const Outcome streamed = train("pjrt", arguments);
    unsetenv("CORNU_DEVICE_MEMORY");
    expect_same(streamed, whole);
  }
  expect_same(whole, train("cpu", arguments));
}

// Several trainings of one model: on other data, and after the weights were set from outside.
TEST_F(DeviceTest, OneModelManyCalls) {
  const auto outcome = [this](const std::string& engine) {
    set_global_seed(7);
    const Sequential model({layers::Dense(3, {.activation = "softmax", .input_shape = {5}})});
    model.compile({.loss = "sparse_categorical_crossentropy", .engine = engine});
    std::vector<double> losses;
    for (int i = 0; i < 2; ++i) {
      model.fit(x_, y_, {.verbose = 0});
      model.fit(x_val_, y_val_, {.verbose = 0});
      losses.push_back(model.evaluate(x_, y_, {.verbose = 0})["loss"]);
      losses.push_back(model.evaluate(x_val_, y_val_, {.verbose = 0})["loss"]);
      std::vector<Tensor> weights = model.trainer().get_weights();
      weights[1] = Tensor::full({3}, 0.25, float32);
      model.trainer().set_weights(weights);
      losses.push_back(model.predict(x_, {.batch_size = 10, .verbose = 0}).at(7));
      losses.push_back(model.predict(x_val_, {.batch_size = 10, .verbose = 0}).at(7));
    }
    return losses;
  };
  const std::vector<double> device = outcome("pjrt"), host = outcome("cpu");
  ASSERT_EQ(device.size(), host.size());
  for (std::size_t i = 0; i < host.size(); ++i) EXPECT_NEAR(device[i], host[i], 1e-5) << i;
}

}  // namespace
}  // namespace cornu
