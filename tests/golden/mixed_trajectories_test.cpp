// Models under policies of 16 bits, trained for ten steps with the numbers that Keras gave: from Keras's files, from
// the configuration under the global policy, and from files of Cornu's own.
#include "cornu/core/dtype_policy.h"
#include "cornu/core/test_folder.h"
#include "cornu/trainers/compile_config.h"
#include "cornu/trainers/model.h"
#include "tests/golden/golden.h"

namespace cornu::golden {
namespace {

// A step of training rounds each activation and each gradient to 8 digits (bfloat16) or 11 (float16), TensorFlow at
// other places than Cornu (layers_test.cpp), and Adam makes a whole step of the sign of a gradient that is nearly 0. So
// weights may drift apart by some of the steps that they have made; a cast left out or made twice shows in the logs.
Tolerance tolerance(const Json& c) {
  if (c["policy"] == "mixed_float16") return {.relative = 1.0 / 256, .absolute = 1.0 / 512};
  if (c["policy"] == "mixed_bfloat16") return {.relative = 1.0 / 64, .absolute = 1.0 / 64};
  return {.relative = 1.0 / 16, .absolute = 1.0 / 16};  // the weights, too, are rounded after each step
}

class GlobalPolicy {
 public:
  explicit GlobalPolicy(const std::string& name) { config::set_dtype_policy(name); }
  ~GlobalPolicy() { config::set_dtype_policy("float32"); }
};

Tensor batch(const Family& f, const Json& c, const std::string& role, int step) {
  const Tensor one = f.array(c, role).rows(step, step + 1);
  return one.reshape(one.shape().slice(1, one.rank()));
}

void train_on(const Model& model, const Family& f, const Json& c, int from) {
  for (int step = from; step < c["steps"].get<int>(); ++step) {
    const Logs logs = model.train_on_batch(batch(f, c, "x", step), batch(f, c, "y", step));
    for (const auto& [name, value] : c["logs"][static_cast<std::size_t>(step)].items())
      EXPECT_TRUE(near(logs[name], value.get<double>(), tolerance(c))) << name << " at step " << step;
  }
  const std::vector<Tensor> weights = model.get_weights();
  ASSERT_EQ(weights.size(), c["weights"].size());
  for (std::size_t i = 0; i < weights.size(); ++i)
    EXPECT_TRUE(near(weights[i], f.at(c["weights"][i]["value"].get<std::string>()), tolerance(c)))
        << c["weights"][i]["path"];
  const auto slots = model.optimizer_variables();
  ASSERT_EQ(slots.size(), c["slots"].size());
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const Json& value = c["slots"][i]["value"];
    const Tensor expected = value.is_number() ? Tensor::scalar(value.get<double>()) : f.at(value.get<std::string>());
    EXPECT_TRUE(near(slots[i].second, expected, tolerance(c))) << c["slots"][i]["path"];
  }
  const Tensor y = model.predict(batch(f, c, "x", 0), {.verbose = 0});
  EXPECT_EQ(name_of(y.dtype()), c["dtype"]);
  EXPECT_TRUE(near(y, f.array(c, "predict_end"), tolerance(c)));
}

TEST(MixedTrajectories, FilesOfKeras) {
  for_each_case("mixed_trajectories", "steps", [](const Family& f, const Json& c) {
    for (const auto& [role, file] : c["files"].items()) {
      SCOPED_TRACE(role);
      const Model model = load_model(cat(CORNU_GOLDEN_FOLDER, "/keras-3/", file.get<std::string>()));
      const bool start = starts_with(role, "start");
      if (start) {
        EXPECT_TRUE(
            near(model.predict(batch(f, c, "x", 0), {.verbose = 0}), f.array(c, "predict_start"), tolerance(c)));
      }
      train_on(model, f, c, start ? 0 : c["mid_step"].get<int>());
    }
  });
}

TEST(MixedTrajectories, FromConfigurationUnderTheGlobalPolicy) {
  for_each_case("mixed_trajectories", "steps", [](const Family& f, const Json& c) {
    const GlobalPolicy policy(c["policy"].get<std::string>());
    for (const char* engine : {"", "reference"}) {
      SCOPED_TRACE(engine);
      const Model model = model_from_json(dump_json(c["model_config"]));
      std::vector<Tensor> weights;
      for (const Json& key : c["start_weights"]) weights.push_back(f.at(key.get<std::string>()));
      model.set_weights(weights);
      CompileArguments arguments = compile_arguments(c["compile_config"]);
      arguments.engine = engine;
      model.compile(std::move(arguments));
      train_on(model, f, c, 0);
      const Logs tested = model.test_on_batch(batch(f, c, "x", 0), batch(f, c, "y", 0));
      for (const auto& [name, value] : c["test_on_batch"].items())
        EXPECT_TRUE(near(tested[name], value.get<double>(), tolerance(c))) << name;
    }
  });
}

// What is saved in the middle and opened again goes on as if nothing had been, whatever the global policy is then.
TEST(MixedTrajectories, SavedInTheMiddle) {
  const TemporaryFolder folder;
  for_each_case("mixed_trajectories", "steps", [&](const Family& f, const Json& c) {
    for (const char* extension : {"keras", "h5"}) {
      SCOPED_TRACE(extension);
      std::optional<GlobalPolicy> policy(std::in_place, c["policy"].get<std::string>());
      const Model model = model_from_json(dump_json(c["model_config"]));
      model.compile(compile_arguments(c["compile_config"]));
      for (int step = 0; step < 5; ++step) model.train_on_batch(batch(f, c, "x", step), batch(f, c, "y", step));
      const std::string path = folder / cat("mid.", extension);
      model.save(path);
      policy.reset();
      const Model again = load_model(path);
      for (int step = 5; step < 10; ++step) {
        model.train_on_batch(batch(f, c, "x", step), batch(f, c, "y", step));
        again.train_on_batch(batch(f, c, "x", step), batch(f, c, "y", step));
      }
      const auto uninterrupted = model.get_weights(), resumed = again.get_weights();
      for (std::size_t i = 0; i < resumed.size(); ++i) EXPECT_TRUE(resumed[i] == uninterrupted[i]) << "weight " << i;
    }
  });
}

// The text of the whole architecture, policies included.
TEST(MixedTrajectories, Configurations) {
  for_each_case("mixed_trajectories", "model_config", [](const Family&, const Json& c) {
    const GlobalPolicy policy(c["policy"].get<std::string>());
    Json written = parse_json(model_from_json(dump_json(c["model_config"])).to_json());
    written.erase("compile_config");
    EXPECT_EQ(dump_json(written), dump_json(c["model_config"]));
  });
}

}  // namespace
}  // namespace cornu::golden
