// Models whose batches are spread over several devices of one process: the plug-in for CPUs makes four of them here.
// What they make must be what as many processes make on the CPU engine, or one of them alone. Skipped in a build
// without the engine on PJRT plug-ins.
#include <cornu/cornu.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "cornu/distribution/in_process.h"
#include "cornu/trainers/test_data.h"
#include "cornu/trainers/trainer.h"

namespace cornu {
namespace {

// The plug-in is opened once a process; the environment is read then.
const bool kFour = setenv("CORNU_PJRT_CPU_DEVICES", "4", 1) == 0;

struct Trained {
  std::vector<Tensor> weights;
  std::vector<double> numbers;  // of the history, an evaluation, predictions
};

struct Setting {
  std::int64_t samples = 64, batch_size = 16;
  bool random_layers = false, weighted = false;
  Optimizer optimizer = "sgd";
};

Trained train(const std::string& engine, const Setting& s) {
  set_global_seed(7);
  // Each with a seed of its own: ranks that are threads take numbers out of one stream, in any order.
  std::vector<Layer> list = {layers::Dense(8, {.activation = "relu",
                                               .kernel_initializer = initializers::GlorotUniform({.seed = 1}),
                                               .kernel_regularizer = regularizers::L2(0.01),
                                               .input_shape = {5}})};
  if (s.random_layers) {
    list.push_back(layers::BatchNormalization());
    list.push_back(layers::Dropout(0.3, {.seed = 2}));
  }
  list.push_back(
      layers::Dense(3, {.activation = "softmax", .kernel_initializer = initializers::GlorotUniform({.seed = 3})}));
  const Sequential model(list);
  model.compile({.optimizer = s.optimizer,
                 .loss = "sparse_categorical_crossentropy",
                 .metrics = {"accuracy"},
                 .engine = engine,
                 .threads = 1});
  FitArguments a{.batch_size = s.batch_size, .epochs = 3, .verbose = 0};
  a.validation_data = ValidationData{numbers({32, 5}, 2), labels(32), {}};
  if (s.weighted) {
    Tensor weights = Tensor::empty({s.samples});
    for (std::int64_t i = 0; i < s.samples; ++i) weights.mutable_data<float>()[i] = static_cast<float>(i % 5) / 2;
    a.sample_weight = weights;
  }
  Trained out;
  const History history = model.fit(numbers({s.samples, 5}, 1), labels(s.samples), a);
  for (const auto& [name, values] : history.history)
    out.numbers.insert(out.numbers.end(), values.begin(), values.end());
  for (const auto& [name, value] : model.evaluate(numbers({33, 5}, 3), labels(33), {.batch_size = 8, .verbose = 0}))
    out.numbers.push_back(value);
  // Batches that devices share, and some that they cannot.
  for (const std::int64_t batch : {8, 9}) {
    const Tensor y = model.predict(numbers({33, 5}, 3), {.batch_size = batch, .verbose = 0});
    for (std::int64_t i = 0; i < y.size(); ++i) out.numbers.push_back(y.at(i));
  }
  out.weights = model.trainer().get_weights();
  return out;
}

// On so many devices of the plug-in.
Trained on_devices(int devices, const Setting& setting) {
  distribution::set_distribution(distribution::DataParallel(devices));
  Trained out = train("pjrt", setting);
  distribution::set_distribution(std::nullopt);
  return out;
}

// On the CPU engine, by so many ranks.
Trained by_ranks(int ranks, const Setting& setting) {
  const auto communicators = distribution::in_process(ranks);
  std::vector<Trained> out(communicators.size());
  std::vector<std::thread> threads;
  for (std::size_t r = 0; r < communicators.size(); ++r)
    threads.emplace_back([&, r] {
      distribution::set_distribution(distribution::DataParallel(communicators[r]));
      out[r] = train("cpu", setting);
    });
  for (std::thread& t : threads) t.join();
  return out[0];
}

void expect_near(const Trained& a, const Trained& b) {
  ASSERT_EQ(a.weights.size(), b.weights.size());
  for (std::size_t w = 0; w < a.weights.size(); ++w)
    for (std::int64_t i = 0; i < a.weights[w].size(); ++i)
      ASSERT_NEAR(a.weights[w].at(i), b.weights[w].at(i), 1e-5) << "weight " << w << ", element " << i;
  ASSERT_EQ(a.numbers.size(), b.numbers.size());
  for (std::size_t i = 0; i < a.numbers.size(); ++i) EXPECT_NEAR(a.numbers[i], b.numbers[i], 1e-5) << i;
}

class Devices : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(kFour);
    const std::vector<std::string> names = engine_names();
    if (std::find(names.begin(), names.end(), "pjrt") == names.end())
      GTEST_SKIP() << "this build has no engine on PJRT plug-ins (-DCORNU_PJRT=ON)";
  }
  void TearDown() override {
    distribution::set_distribution(std::nullopt);
    unsetenv("CORNU_DEVICE_MEMORY");
  }
};

TEST_F(Devices, TrainWhatOneDeviceTrains) {
  // The last batch has 6 samples, which one device takes.
  const Setting setting{.samples = 70, .weighted = true, .optimizer = optimizers::Adam({.learning_rate = 0.01})};
  const Trained alone = on_devices(1, setting);
  for (const int devices : {2, 4}) {
    SCOPED_TRACE(devices);
    expect_near(on_devices(devices, setting), alone);
  }
  expect_near(on_devices(0, setting), alone);
  expect_near(train("cpu", setting), alone);
}

// Each draws random numbers of its own, and keeps moments of its own rows: like as many processes.
TEST_F(Devices, TrainWhatAsManyProcessesTrain) {
  const Setting setting{.random_layers = true, .optimizer = optimizers::SGD({.learning_rate = 0.1})};
  for (const int devices : {2, 4}) {
    SCOPED_TRACE(devices);
    expect_near(on_devices(devices, setting), by_ranks(devices, setting));
  }
}

// Each gets its part of what comes in parts.
TEST_F(Devices, DataLargerThanTheMemoryOfADevice) {
  const Setting setting{.samples = 100, .batch_size = 4};
  const Trained whole = on_devices(1, setting);
  setenv("CORNU_DEVICE_MEMORY", "1600", 1);
  expect_near(on_devices(2, setting), whole);
}

std::string error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST_F(Devices, WhatTheyCannotShareIsAnError) {
  EXPECT_EQ(error_of([] { on_devices(4, {.batch_size = 18}); }),
            "[fit] received: batch_size=18 for 4 devices\n  expected: a multiple of 4, so that each takes as many "
            "samples");
  EXPECT_EQ(error_of([] { on_devices(5, {.batch_size = 20}); }),
            "[fit] received: 5 devices\n  expected: at most 4, as many as the engine \"pjrt\" has here");
  distribution::set_distribution(distribution::DataParallel(2));
  EXPECT_EQ(error_of([] { train("cpu", {}); }),
            "[fit] received: 2 devices\n  expected: at most 1, as many as the engine \"cpu\" has here; on processors, "
            "several processes share batches: mpirun");
  EXPECT_EQ(error_of([] { distribution::DataParallel(-1); }),
            "[DataParallel] received: devices=-1\n  expected: how many devices of the engine share a batch, or 0 for "
            "all of them");
}

}  // namespace
}  // namespace cornu
