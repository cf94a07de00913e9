// Files that real Keras saved, opened and trained on: ten steps, batch by batch, with the numbers that Keras gave.
#include <unistd.h>

#include <filesystem>

#include "cornu/trainers/compile_config.h"
#include "cornu/trainers/model.h"
#include "tests/golden/golden.h"

namespace cornu::golden {
namespace {

constexpr Tolerance kTrajectory{.relative = 1e-5, .absolute = 2e-6};

constexpr const char* kFamilies[] = {"trajectories", "normalization_trajectories"};

void for_each_trajectory(const std::function<void(const Family&, const Json&)>& test) {
  for (const char* name : kFamilies) for_each_case(name, "steps", test);
}

std::string path_of(const std::string& folder, const std::string& file) {
  return cat(CORNU_GOLDEN_FOLDER, "/", folder, "/", file);
}

Tensor batch(const Family& f, const Json& c, const std::string& role, int step) {
  const Tensor all = f.array(c, role);
  const Tensor one = all.rows(step, step + 1);
  return one.reshape(one.shape().slice(1, one.rank()));
}

void check_weights(const Model& model, const Family& f, const Json& c) {
  const std::vector<Tensor> weights = model.get_weights();
  std::vector<Tensor> expected;
  for (const Json& w : c["weights"]) expected.push_back(f.at(w["value"].get<std::string>()));
  ASSERT_EQ(weights.size(), expected.size());
  for (std::size_t i = 0; i < weights.size(); ++i)
    EXPECT_TRUE(near(weights[i], expected[i], kTrajectory)) << c["weights"][i]["path"];
}

void train_on(const Model& model, const Family& f, const Json& c, int from) {
  for (int step = from; step < c["steps"].get<int>(); ++step) {
    const Logs logs = model.train_on_batch(batch(f, c, "x", step), batch(f, c, "y", step));
    for (const auto& [name, value] : c["logs"][static_cast<std::size_t>(step)].items())
      EXPECT_TRUE(near(logs[name], value.get<double>(), kTrajectory)) << name << " at step " << step;
  }
  check_weights(model, f, c);
  EXPECT_TRUE(near(model.predict(batch(f, c, "x", 0), {.verbose = 0}), f.array(c, "predict_end"), kTrajectory));
}

void check_slots(const Model& model, const Family& f, const Json& c) {
  const auto slots = model.optimizer_variables();
  ASSERT_EQ(slots.size(), c["slots"].size());
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const Json& value = c["slots"][i]["value"];
    const Tensor expected = value.is_number() ? Tensor::scalar(value.get<double>()) : f.at(value.get<std::string>());
    EXPECT_TRUE(near(slots[i].second, expected, kTrajectory)) << c["slots"][i]["path"];
  }
}

TEST(Trajectories, Keras3) {
  for_each_trajectory([](const Family& f, const Json& c) {
    for (const auto& [role, file] : c["files"].items()) {
      SCOPED_TRACE(role);
      const Model model = load_model(path_of("keras-3", file.get<std::string>()));
      const bool start = starts_with(role, "start");
      if (start) {
        EXPECT_TRUE(near(model.predict(batch(f, c, "x", 0), {.verbose = 0}), f.array(c, "predict_start"), kTrajectory));
      }
      train_on(model, f, c, start ? 0 : c["mid_step"].get<int>());
      check_slots(model, f, c);
      const Logs tested = model.test_on_batch(batch(f, c, "x", 0), batch(f, c, "y", 0));
      for (const auto& [name, value] : c["test_on_batch"].items())
        EXPECT_TRUE(near(tested[name], value.get<double>(), kTrajectory)) << name;
    }
    if (c.contains("model_config")) {
      SCOPED_TRACE("from configuration");
      const Model model = model_from_json(dump_json(c["model_config"]));
      std::vector<Tensor> weights;
      for (const Json& key : c["start_weights"]) weights.push_back(f.at(key.get<std::string>()));
      model.set_weights(weights);
      model.compile(compile_arguments(c["compile_config"]));
      train_on(model, f, c, 0);
      check_slots(model, f, c);
    }
  });
}

// What is saved in the middle and opened again goes on as if nothing had been.
TEST(Trajectories, SavedInTheMiddle) {
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / cat("cornu_trajectories_", ::getpid());
  std::filesystem::create_directories(folder);
  for_each_trajectory([&](const Family& f, const Json& c) {
    if (!c["files"].contains("start")) return;
    for (const char* extension : {"keras", "h5"}) {
      SCOPED_TRACE(extension);
      const Model model = load_model(path_of("keras-3", c["files"]["start"].get<std::string>()));
      for (int step = 0; step < 5; ++step) model.train_on_batch(batch(f, c, "x", step), batch(f, c, "y", step));
      const std::string path = (folder / cat("mid.", extension)).string();
      model.save(path);
      const Model again = load_model(path);
      for (int step = 5; step < 10; ++step) {
        model.train_on_batch(batch(f, c, "x", step), batch(f, c, "y", step));
        again.train_on_batch(batch(f, c, "x", step), batch(f, c, "y", step));
      }
      const auto uninterrupted = model.get_weights(), resumed = again.get_weights();
      for (std::size_t i = 0; i < resumed.size(); ++i) EXPECT_TRUE(resumed[i] == uninterrupted[i]) << "weight " << i;
    }
  });
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace cornu::golden
