// Training that is interrupted anywhere and goes on in another process ends as if nothing had happened.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "cornu/callbacks/callbacks.h"
#include "cornu/core/random.h"
#include "cornu/layers/core/dense.h"
#include "cornu/layers/normalization/batch_normalization.h"
#include "cornu/layers/regularization/dropout.h"
#include "cornu/layers/test_errors.h"
#include "cornu/optimizers/optimizers.h"
#include "cornu/trainers/model.h"
#include "cornu/trainers/test_data.h"

namespace cornu {
namespace {

using layers::expect_parts;
using layers::message_of;

struct Killed {};

struct Result {
  std::vector<Tensor> weights, optimizer;
  History history;
};

class ResumeTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / cat("cornu_resume_test_", ::getpid());
    std::filesystem::create_directories(folder_);
    x_ = numbers({90, 6}, 1);
    y_ = numbers({90, 1}, 2);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string backup() const { return (folder_ / "backup").string(); }
  std::string latest() const { return backup() + "/latest.keras"; }

  // A process begins: nothing of the one before is left but files.
  Model fresh(std::uint64_t seed) const {
    utils::clear_session();
    set_global_seed(seed);
    Sequential model({layers::Dense(7, {.activation = "tanh", .input_shape = {6}}), layers::Dropout(0.4),
                      layers::BatchNormalization(), layers::Dense(1)});
    model.compile({.optimizer = optimizer_, .loss = "mse", .metrics = {"mae"}});
    return model;
  }

  FitArguments arguments(std::vector<Callback> callbacks) const {
    FitArguments out = fit_;
    out.verbose = 0;
    out.callbacks.push_back(
        callbacks::EarlyStopping({.monitor = "val_loss", .patience = 2, .restore_best_weights = true}));
    out.callbacks.insert(out.callbacks.end(), callbacks.begin(), callbacks.end());
    return out;
  }

  Result run(std::uint64_t seed, std::vector<Callback> callbacks = {}) const {
    const Model model = fresh(seed);
    Result out;
    out.history = model.fit(x_, y_, arguments(std::move(callbacks)));
    for (const Tensor& t : model.get_weights()) out.weights.push_back(t.copy());
    for (const auto& [name, value] : model.optimizer_variables()) out.optimizer.push_back(value.copy());
    return out;
  }

  Callback keep(std::int64_t every) const { return callbacks::BackupAndRestore(backup(), {.save_freq = every}); }
  // Dies as the n-th step has been made, before or after anybody could back it up.
  static Callback die_after(int steps) {
    auto left = std::make_shared<int>(steps);
    return callbacks::LambdaCallback({.on_train_batch_end = [left](std::int64_t, const Logs&) {
      if (--*left == 0) throw Killed();
    }});
  }
  static Callback die_at_epoch(std::int64_t at) {
    return callbacks::LambdaCallback({.on_epoch_end = [at](std::int64_t epoch, const Logs&) {
      if (epoch == at) throw Killed();
    }});
  }

  static void expect_same(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      ASSERT_EQ(a[i].shape(), b[i].shape());
      EXPECT_EQ(0, std::memcmp(a[i].raw(), b[i].raw(), a[i].bytes())) << "tensor " << i;
    }
  }
  // Kills a run as told, again and again, and goes on: the end must be that of a run which nobody killed.
  void expect_exact(std::int64_t every, const std::vector<Callback>& deaths) const {
    const Result right = run(5);
    std::uint64_t seed = 5;
    for (const Callback& death : deaths) {
      EXPECT_THROW(run(seed, {death, keep(every)}), Killed);
      seed += 100;  // the next process is set up in another way
    }
    const Result got = run(seed, {keep(every)});
    expect_same(right.weights, got.weights);
    expect_same(right.optimizer, got.optimizer);
    EXPECT_EQ(right.history.epoch, got.history.epoch);
    EXPECT_EQ(right.history.history, got.history.history);
    EXPECT_FALSE(std::filesystem::exists(latest())) << "the backup is deleted at the end";
  }

  std::filesystem::path folder_;
  Tensor x_, y_;
  Optimizer optimizer_ = "adam";
  FitArguments fit_{.batch_size = 16, .epochs = 5, .validation_split = 0.2};
};

TEST_F(ResumeTest, InTheMiddleOfAnEpoch) { expect_exact(1, {die_after(8)}); }
TEST_F(ResumeTest, BetweenBackups) { expect_exact(3, {die_after(8), die_after(5)}); }
TEST_F(ResumeTest, BeforeTheFirstBackup) {
  const Result right = run(5);
  EXPECT_THROW(run(5, {die_after(2), keep(0)}), Killed);
  EXPECT_FALSE(std::filesystem::exists(latest()));
  expect_same(right.weights, run(5, {keep(0)}).weights);
}
TEST_F(ResumeTest, FromTheEndOfAnEpoch) { expect_exact(0, {die_after(12), die_at_epoch(3)}); }
TEST_F(ResumeTest, AfterTheLastEpoch) {
  expect_exact(0, {callbacks::LambdaCallback({.on_train_end = [](const Logs&) { throw Killed(); }})});
}
TEST_F(ResumeTest, WhenTrainingHadBeenStopped) {
  fit_.epochs = 60;  // the early stopping comes first
  expect_exact(2, {die_after(31), callbacks::LambdaCallback({.on_train_end = [](const Logs&) { throw Killed(); }})});
}
TEST_F(ResumeTest, WithoutShuffling) {
  fit_.shuffle = false;
  expect_exact(2, {die_after(7)});
}
TEST_F(ResumeTest, EpochsThatGoOnInTheData) {
  fit_.steps_per_epoch = 2;
  expect_exact(1, {die_after(4), die_after(3)});
}
TEST_F(ResumeTest, AScheduleAndAveragesOfWeights) {
  optimizer_ = optimizers::SGD({.learning_rate = optimizers::schedules::CosineDecay(0.1, 20),
                                .momentum = 0.9,
                                .use_ema = true,
                                .ema_momentum = 0.9,
                                .ema_overwrite_frequency = 3});
  expect_exact(1, {die_after(6), die_at_epoch(1)});
}

TEST_F(ResumeTest, TheSeedsOfTheProcessGoOnToo) {
  set_global_seed(3);
  std::vector<std::uint64_t> right;
  for (int i = 0; i < 9; ++i) right.push_back(next_global_seed());
  set_global_seed(3);
  for (int i = 0; i < 5; ++i) next_global_seed();
  const SeedState state = global_seed_state();
  set_global_seed(8);
  set_global_seed_state(state);
  for (std::size_t i = 5; i < 9; ++i) EXPECT_EQ(right[i], next_global_seed());
}

// --- What cannot go on says so, and changes nothing

class OtherRunTest : public ResumeTest {
 protected:
  void SetUp() override {
    ResumeTest::SetUp();
    EXPECT_THROW(run(5, {die_after(6), keep(1)}), Killed);
  }
  std::string refused(const Model& model, const FitArguments& a) {
    const std::vector<Tensor> before = model.get_weights();
    std::vector<Tensor> copies;
    for (const Tensor& t : before) copies.push_back(t.copy());
    const std::string message = message_of<FileError>([&] { model.fit(x_, y_, a); });
    expect_same(copies, model.get_weights());
    EXPECT_TRUE(std::filesystem::exists(latest())) << "the backup is still there";
    return message;
  }
};

TEST_F(OtherRunTest, OtherBatches) {
  fit_.batch_size = 8;
  expect_parts(refused(fresh(1), arguments({keep(1)})),
               {"cannot go on from '" + latest(), "\"batch_size\": 16", "\"batch_size\": 8", "delete the backup"});
}
TEST_F(OtherRunTest, OtherCallbacks) {
  FitArguments a = arguments({keep(1)});
  a.callbacks.erase(a.callbacks.begin());
  expect_parts(refused(fresh(1), a),
               {"received: callbacks EarlyStopping, BackupAndRestore", "expected: BackupAndRestore"});
}
TEST_F(OtherRunTest, AnotherOptimizer) {
  optimizer_ = "sgd";
  expect_parts(refused(fresh(1), arguments({keep(1)})), {"a model compiled with", "Adam", "SGD"});
}
TEST_F(OtherRunTest, AnotherModel) {
  utils::clear_session();
  Sequential model(
      {layers::Dense(9, {.input_shape = {6}}), layers::Dropout(0.4), layers::BatchNormalization(), layers::Dense(1)});
  model.compile({.optimizer = "adam", .loss = "mse", .metrics = {"mae"}});
  expect_parts(refused(model, arguments({keep(1)})), {"(6, 7)", "(6, 9)"});
}
TEST_F(OtherRunTest, AModelFileOfAnotherKind) {
  fresh(1).save(latest());
  expect_parts(refused(fresh(1), arguments({keep(1)})),
               {"holds no training run", "a file that BackupAndRestore wrote"});
}
TEST_F(OtherRunTest, ADamagedFile) {
  std::filesystem::resize_file(latest(), std::filesystem::file_size(latest()) - 100);
  expect_parts(refused(fresh(1), arguments({keep(1)})), {latest(), "cut off or damaged"});
}
TEST_F(ResumeTest, AFolderThatCannotBe) {
  std::ofstream(folder_ / "file") << "x";
  expect_parts(
      message_of<FileError>([&] { run(1, {callbacks::BackupAndRestore((folder_ / "file" / "backup").string())}); }),
      {"cannot make the folder", "way out"});
  expect_parts(message_of<ValueError>([] { callbacks::BackupAndRestore(""); }), {"the path of a folder"});
  expect_parts(message_of<ValueError>([] { callbacks::BackupAndRestore("x", {.save_freq = -1}); }), {"save_freq=-1"});
}

}  // namespace
}  // namespace cornu
