// Models that several ranks train together, against the same model trained by one process. Ranks are threads here.
#include <cornu/cornu.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <functional>
#include <thread>

#include "cornu/core/test_folder.h"
#include "cornu/distribution/in_process.h"
#include "cornu/trainers/trainer.h"

namespace cornu {
namespace {

struct Trained {
  std::vector<Tensor> weights;
  std::vector<std::pair<std::string, Tensor>> optimizer;
  History history;
  Logs evaluated;
  Tensor predicted;
};

// A training, from the model on; called once in each rank.
using Work = std::function<Trained()>;

Trained alone(const Work& work) {
  distribution::set_distribution(std::nullopt);
  return work();
}

std::vector<Trained> together(int size, const Work& work) {
  const auto communicators = distribution::in_process(size);
  std::vector<Trained> out(communicators.size());
  std::vector<std::thread> threads;
  for (std::size_t r = 0; r < communicators.size(); ++r)
    threads.emplace_back([&, r] {
      distribution::set_distribution(distribution::DataParallel(communicators[r]));
      out[r] = work();
    });
  for (std::thread& t : threads) t.join();
  return out;
}

void expect_same_bytes(const Trained& a, const Trained& b) {
  ASSERT_EQ(a.weights.size(), b.weights.size());
  for (std::size_t i = 0; i < a.weights.size(); ++i)
    EXPECT_EQ(std::memcmp(a.weights[i].raw(), b.weights[i].raw(), a.weights[i].bytes()), 0) << "weight " << i;
  EXPECT_EQ(a.history.to_json(), b.history.to_json());
  for (const auto& [name, value] : a.evaluated) EXPECT_EQ(value, b.evaluated[name]) << name;
}

void expect_near(const Tensor& a, const Tensor& b, double tolerance, const std::string& what) {
  ASSERT_EQ(a.shape(), b.shape()) << what;
  for (std::int64_t i = 0; i < a.size(); ++i)
    ASSERT_NEAR(a.at(i), b.at(i), tolerance * std::max(1.0, std::fabs(a.at(i)))) << what << ", element " << i;
}

void expect_near(const Trained& a, const Trained& b, double tolerance = 1e-6) {
  ASSERT_EQ(a.weights.size(), b.weights.size());
  for (std::size_t i = 0; i < a.weights.size(); ++i)
    expect_near(a.weights[i], b.weights[i], tolerance, cat("weight ", i));
  ASSERT_EQ(a.optimizer.size(), b.optimizer.size());
  for (std::size_t i = 0; i < a.optimizer.size(); ++i)
    expect_near(a.optimizer[i].second, b.optimizer[i].second, tolerance, a.optimizer[i].first);
  ASSERT_EQ(a.history.history.size(), b.history.history.size());
  for (const auto& [name, values] : a.history.history)
    for (std::size_t e = 0; e < values.size(); ++e)
      EXPECT_NEAR(values[e], b.history.history.at(name).at(e), tolerance * 4) << name << ", epoch " << e;
  for (const auto& [name, value] : a.evaluated) EXPECT_NEAR(value, b.evaluated[name], tolerance * 4) << name;
}

// Numbers of a formula, so that every rank has them without asking.
Tensor numbers(const Shape& shape, int seed) {
  Tensor out = Tensor::empty(shape, float32);
  for (std::int64_t i = 0; i < out.size(); ++i)
    out.mutable_data<float>()[i] = static_cast<float>((i * 7919 + seed * 104729) % 1009 - 504) * 2e-3F;
  return out;
}
Tensor classes(std::int64_t n, int count) {
  Tensor out = Tensor::empty({n}, int32);
  for (std::int64_t i = 0; i < n; ++i) out.mutable_data<std::int32_t>()[i] = static_cast<std::int32_t>(i * i % count);
  return out;
}

// Same first weights everywhere, whatever the random seed.
void set_formula_weights(const Model& model) {
  std::vector<Tensor> weights;
  int seed = 0;
  for (const Tensor& w : model.trainer().get_weights()) {
    Tensor value = numbers(w.shape(), ++seed);
    if (w.rank() == 1) value = Tensor::full(w.shape(), seed % 2 ? 1.0 : 0.5);
    weights.push_back(value);
  }
  model.trainer().set_weights(weights);
}

Trained results(const Model& model, History history, const Tensor& x, const Tensor& y) {
  Trained out;
  out.weights = model.trainer().get_weights();
  out.optimizer = model.optimizer_variables();
  out.history = std::move(history);
  out.evaluated = model.evaluate(x, y, {.batch_size = 20, .verbose = 0});
  out.predicted = model.predict(x, {.verbose = 0});
  return out;
}

// What differs between the trainings below.
struct Setting {
  const char* label;
  Optimizer optimizer = "sgd";
  bool sample_weight = false, class_weight = false, regularized = false, normalized = false, shuffle = true;
  std::int64_t samples = 70, batch_size = 32;
  const char* loss = "sparse_categorical_crossentropy";
};

Trained train(const Setting& s) {
  Sequential model;
  layers::DenseOptions hidden{.activation = "tanh", .input_shape = {12}};
  if (s.regularized) {
    hidden.kernel_regularizer = regularizers::L2(0.01);
    hidden.activity_regularizer = regularizers::L1(0.01);
  }
  model.add(layers::Dense(16, hidden));
  if (s.normalized) model.add(layers::BatchNormalization({.synchronized = true}));
  model.add(layers::Dense(5, {.activation = "softmax"}));
  set_formula_weights(model);
  model.compile({.optimizer = s.optimizer, .loss = s.loss, .metrics = {"accuracy"}, .threads = 1});
  utils::set_random_seed(7);
  const Tensor x = numbers({s.samples, 12}, 1), y = classes(s.samples, 5);
  FitArguments a{.batch_size = s.batch_size, .epochs = 3, .verbose = 0, .validation_split = 0.15};
  a.shuffle = s.shuffle;
  if (s.sample_weight) {
    Tensor weights = numbers({s.samples}, 3);
    for (std::int64_t i = 0; i < s.samples; ++i) weights.mutable_data<float>()[i] += 1.5F;
    a.sample_weight = weights;
  }
  if (s.class_weight) a.class_weight = {{0, 2.0}, {3, 0.5}};
  return results(model, model.fit(x, y, a), x, y);
}

class EachSetting : public ::testing::TestWithParam<Setting> {};
INSTANTIATE_TEST_SUITE_P(
    Replicas, EachSetting,
    ::testing::Values(Setting{"sgd"}, Setting{"in_order", "sgd", false, false, false, false, false},
                      Setting{"adam", optimizers::Adam({.learning_rate = 0.01})},
                      Setting{"clipnorm", optimizers::SGD({.learning_rate = 0.1, .momentum = 0.9, .clipnorm = 0.05})},
                      Setting{"global_clipnorm", optimizers::SGD({.learning_rate = 0.1, .global_clipnorm = 0.05})},
                      Setting{"sample_weight", "sgd", true}, Setting{"class_weight", "sgd", false, true},
                      Setting{"regularized", "sgd", false, false, true},
                      Setting{"synchronized", optimizers::SGD({.learning_rate = 0.05}), false, false, false, true},
                      // 59 rows to train on in batches of 57: the last has 2, so that some of 4 ranks have none.
                      Setting{"ranks_without_rows", "sgd", false, false, false, true, true, 70, 57},
                      Setting{"everything", optimizers::Adam({.learning_rate = 0.01, .clipnorm = 1.0}), true, false,
                              true, true, true, 70, 19}),
    [](const auto& setting) { return std::string(setting.param.label); });

TEST_P(EachSetting, EqualsOneProcess) {
  // Adam divides by what is near 0 in the beginning: there, the last digit of a sum is more than that of a weight.
  const bool adam = std::string(GetParam().label) == "adam" || std::string(GetParam().label) == "everything";
  const Trained one = alone([] { return train(GetParam()); });
  for (const int size : {2, 3, 4}) {
    SCOPED_TRACE(cat(size, " ranks"));
    const std::vector<Trained> ranks = together(size, [] { return train(GetParam()); });
    for (const Trained& r : ranks) expect_same_bytes(ranks[0], r);
    expect_near(one, ranks[0], adam ? 2e-5 : 1e-6);
    const std::vector<Trained> again = together(size, [] { return train(GetParam()); });
    expect_same_bytes(ranks[0], again[0]);
  }
}

// A network of every kind of layer that matters here, with a metric whose state is a table.
Trained train_images() {
  Sequential model({layers::Conv2D(4, 3, {.activation = "relu", .input_shape = {8, 8, 1}}),
                    layers::BatchNormalization({.synchronized = true}), layers::MaxPooling2D(2), layers::Flatten(),
                    layers::Dense(1, {.activation = "sigmoid"})});
  set_formula_weights(model);
  model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.05, .momentum = 0.9}),
                 .loss = "binary_crossentropy",
                 .metrics = {metrics::AUC(), "binary_accuracy"},
                 .threads = 2});
  utils::set_random_seed(3);
  const Tensor x = numbers({50, 8, 8, 1}, 5), y = classes(50, 2).astype(float32);
  return results(model, model.fit(x, y, {.batch_size = 16, .epochs = 2, .verbose = 0}), x, y);
}

TEST(Replicas, ImagesAndCurves) {
  const Trained one = alone(train_images);
  for (const int size : {2, 4}) {
    const std::vector<Trained> ranks = together(size, train_images);
    for (const Trained& r : ranks) expect_same_bytes(ranks[0], r);
    expect_near(one, ranks[0], 2e-6);
  }
}

// Random weights, random order, random drops: nobody gave a seed, and all ranks agree.
TEST(Replicas, AgreeWithoutASeed) {
  const auto work = [] {
    Sequential model({layers::Dense(16, {.activation = "relu", .input_shape = {12}}), layers::Dropout(0.5),
                      layers::BatchNormalization(), layers::Dense(5, {.activation = "softmax"})});
    model.compile({.loss = "sparse_categorical_crossentropy", .threads = 1});
    const Tensor x = numbers({64, 12}, 1), y = classes(64, 5);
    return results(model, model.fit(x, y, {.batch_size = 16, .epochs = 2, .verbose = 0}), x, y);
  };
  const std::vector<Trained> ranks = together(3, work);
  for (const Trained& r : ranks) expect_same_bytes(ranks[0], r);
}

// Ranks draw different numbers: with equal ones, two ranks that have equal rows would drop alike, and the sum over both
// would be twice the part of one.
TEST(Replicas, DropDifferently) {
  const auto dropped = [] {
    Sequential model({layers::Dropout(0.5, {.seed = 11}), layers::Dense(1, {.use_bias = false})});
    model.build({-1, 64});
    model.trainer().set_weights({Tensor::full({64, 1}, 0.0)});
    model.compile({.optimizer = optimizers::SGD({.learning_rate = 1.0}), .loss = "mse", .threads = 1});
    model.fit(Tensor::full({2, 64}, 1.0), Tensor::full({2, 1}, 1.0),
              {.batch_size = 2, .epochs = 1, .verbose = 0, .shuffle = false});
    Trained out;
    out.weights = model.trainer().get_weights();
    return out;
  };
  const std::vector<Trained> ranks = together(2, dropped);
  int once = 0;
  for (std::int64_t i = 0; i < 64; ++i) {
    const double w = ranks[0].weights[0].at(i);  // 2 for each of the two rows that kept the input
    EXPECT_TRUE(std::fabs(w) < 1e-6 || std::fabs(w - 2) < 1e-6 || std::fabs(w - 4) < 1e-6) << w;
    once += std::fabs(w - 2) < 1e-6;
  }
  EXPECT_GT(once, 16) << "about half of 64";
  EXPECT_LT(once, 48);
}

// Early stopping sees the same logs everywhere, and one process writes.
TEST(Replicas, CallbacksDecideAlikeAndOneWrites) {
  namespace fs = std::filesystem;
  const TemporaryFolder temporary;
  const fs::path folder = temporary.path();
  std::atomic<int> epochs{0};
  const auto work = [&] {
    Sequential model({layers::Dense(5, {.activation = "softmax", .input_shape = {12}})});
    model.compile({.optimizer = optimizers::SGD({.learning_rate = 5.0}),
                   .loss = "sparse_categorical_crossentropy",
                   .threads = 1});
    const Tensor x = numbers({64, 12}, 1), y = classes(64, 5);
    History history = model.fit(
        x, y,
        {.batch_size = 16,
         .epochs = 50,
         .verbose = 0,
         .callbacks = {callbacks::EarlyStopping({.patience = 1, .restore_best_weights = true}),
                       callbacks::ModelCheckpoint((folder / "epoch{epoch:02d}.keras").string()),
                       callbacks::BackupAndRestore((folder / "backup").string(), {.delete_checkpoint = false})},
         .validation_split = 0.25});
    epochs += static_cast<int>(history.epoch.size());
    return results(model, std::move(history), x, y);
  };
  const std::vector<Trained> ranks = together(2, work);
  expect_same_bytes(ranks[0], ranks[1]);
  const auto stopped = static_cast<int>(ranks[0].history.epoch.size());
  EXPECT_LT(stopped, 50);
  EXPECT_EQ(epochs, 2 * stopped);
  int files = 0;
  for (const auto& entry : fs::directory_iterator(folder)) files += entry.path().extension() == ".keras";
  EXPECT_EQ(files, stopped);
  EXPECT_TRUE(fs::exists(folder / "backup" / "latest.keras"));
}

// A training of two ranks that goes on with three, and one that was never interrupted.
TEST(Replicas, GoOnWithAnotherNumber) {
  namespace fs = std::filesystem;
  const TemporaryFolder temporary;
  const fs::path folder = temporary.path();
  const auto work = [&](std::int64_t epochs, bool backup) {
    return [&folder, epochs, backup] {
      Sequential model({layers::Dense(16, {.activation = "tanh", .input_shape = {12}}),
                        layers::BatchNormalization({.synchronized = true}),
                        layers::Dense(5, {.activation = "softmax"})});
      set_formula_weights(model);
      model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.1, .momentum = 0.9}),
                     .loss = "sparse_categorical_crossentropy",
                     .metrics = {"accuracy"},
                     .threads = 1});
      utils::set_random_seed(7);
      const Tensor x = numbers({70, 12}, 1), y = classes(70, 5);
      FitArguments a{.batch_size = 32, .epochs = epochs, .verbose = 0};
      if (backup)
        a.callbacks = {callbacks::BackupAndRestore((folder / "backup").string(), {.delete_checkpoint = false})};
      return results(model, model.fit(x, y, a), x, y);
    };
  };
  const Trained one = alone(work(4, false));
  together(2, work(2, true));
  const std::vector<Trained> ranks = together(3, work(4, true));
  for (const Trained& r : ranks) expect_same_bytes(ranks[0], r);
  expect_near(one, ranks[0], 2e-6);
}

TEST(Replicas, TrainOnBatchIsShared) {
  const auto work = [] {
    Sequential model({layers::Dense(5, {.activation = "softmax", .input_shape = {12}})});
    set_formula_weights(model);
    model.compile({.optimizer = "sgd", .loss = "sparse_categorical_crossentropy", .threads = 1});
    Trained out;
    for (int i = 0; i < 3; ++i) out.evaluated = model.train_on_batch(numbers({30, 12}, i), classes(30, 5));
    out.weights = model.trainer().get_weights();
    return out;
  };
  const Trained one = alone(work);
  for (const Trained& r : together(3, work)) expect_near(one, r);
}

// Not to be told apart from a training that hangs, if nobody looked.
TEST(Replicas, RefuseToTrainDifferentThings) {
  const auto communicators = distribution::in_process(2);
  std::vector<std::string> said(2);
  std::vector<std::thread> threads;
  for (std::size_t r = 0; r < 2; ++r)
    threads.emplace_back([&, r] {
      distribution::set_distribution(distribution::DataParallel(communicators[r]));
      Sequential model({layers::Dense(5, {.activation = "softmax", .input_shape = {12}})});
      model.compile({.optimizer = "sgd", .loss = "sparse_categorical_crossentropy", .threads = 1});
      const auto n = static_cast<std::int64_t>(32 + r);
      try {
        if (r == 0) {  // what the first says before it would wait for the second
          std::string text = "something else";
          std::uint64_t bytes = text.size();
          communicators[0]->broadcast(&bytes, sizeof bytes);
          communicators[0]->broadcast(text.data(), text.size());
        } else {
          model.fit(numbers({n, 12}, 1), classes(n, 5), {.verbose = 0});
        }
      } catch (const ValueError& error) {
        said[r] = error.what();
      }
    });
  for (std::thread& t : threads) t.join();
  EXPECT_TRUE(
      starts_with(said[1], "[fit] process 1 of 2 is not called as process 0 is\n  received: fit in batches of 32; x "))
      << said[1];
}

}  // namespace
}  // namespace cornu
