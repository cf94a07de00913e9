// Functional and nested models against real Keras: configurations, tables, files, predictions, ten steps of training.
#include <unistd.h>

#include <filesystem>

#include "cornu/data/npy.h"
#include "cornu/saving/model_file.h"
#include "cornu/trainers/compile_config.h"
#include "cornu/trainers/model.h"
#include "tests/golden/golden.h"

namespace cornu::golden {
namespace {

constexpr Tolerance kTrajectory{.relative = 1e-5, .absolute = 2e-6};

std::string path_of(const std::string& file) { return cat(CORNU_GOLDEN_FOLDER, "/keras-3/", file); }

Tensor row(const Tensor& all, std::int64_t step) {
  return all.rows(step, step + 1).reshape(all.shape().slice(1, all.rank()));
}

// The arrays of a step, in the structure in which the case names them.
OneOrMany<Tensor> at(const Family& f, const Json& keys, std::int64_t step) {
  const auto read = [&](const Json& key) { return row(f.at(key.get<std::string>()), step); };
  if (keys.is_string()) return read(keys);
  if (keys.is_array()) {
    std::vector<Tensor> list;
    for (const Json& key : keys) list.push_back(read(key));
    return list;
  }
  OneOrMany<Tensor> dict;
  for (const auto& [name, key] : keys.items()) dict.add(name, read(key));
  return dict;
}

void check_predictions(const Model& model, const Family& f, const Json& c, const char* role) {
  const std::vector<Tensor> y = model.predict_all(at(f, c["x"], 0), {.verbose = 0});
  ASSERT_EQ(y.size(), c[role].size());
  for (std::size_t i = 0; i < y.size(); ++i)
    EXPECT_TRUE(near(y[i], f.at(c[role][i].get<std::string>()), kTrajectory)) << role << " " << i;
}

void check_logs(const Logs& logs, const Json& expected, const std::string& what) {
  EXPECT_EQ(logs.size(), expected.size()) << what;
  for (const auto& [name, value] : expected.items())
    EXPECT_TRUE(near(logs[name], value.get<double>(), kTrajectory)) << name << " " << what;
}

void check_training(const Model& model, const Family& f, const Json& c) {
  const Logs tested = model.evaluate(at(f, c["x"], 0), at(f, c["y"], 0), {.batch_size = 4, .verbose = 0});
  check_logs(tested, c["tested"], "tested");
  std::size_t next = 0;
  for (const auto& [name, value] : tested)
    EXPECT_TRUE(near(value, c["tested_list"].at(next++).get<double>(), kTrajectory)) << "order of logs: " << name;
  for (int step = 0; step < c["steps"].get<int>(); ++step) {
    BatchArguments arguments;
    if (c.contains("sample_weight")) arguments.sample_weight = at(f, c["sample_weight"], step);
    check_logs(model.train_on_batch(at(f, c["x"], step), at(f, c["y"], step), arguments),
               c["logs"][static_cast<std::size_t>(step)], cat("at step ", step));
  }
  const std::vector<Tensor> weights = model.get_weights();
  ASSERT_EQ(weights.size(), c["weights"].size());
  for (std::size_t i = 0; i < weights.size(); ++i)
    EXPECT_TRUE(near(weights[i], f.at(c["weights"][i]["value"].get<std::string>()), kTrajectory))
        << c["weights"][i]["path"];
  const auto slots = model.optimizer_variables();
  ASSERT_EQ(slots.size(), c["slots"].size());
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const Json& value = c["slots"][i]["value"];
    const Tensor expected = value.is_number() ? Tensor::scalar(value.get<double>()) : f.at(value.get<std::string>());
    EXPECT_TRUE(near(slots[i].second, expected, kTrajectory)) << c["slots"][i]["path"];
  }
  check_predictions(model, f, c, "predict_end");
}

TEST(Functional, ToJson) {
  for_each_case("functional", "json", [](const Family&, const Json& c) {
    const std::string json = c["json"].get<std::string>();
    const Model model = model_from_json(json);
    EXPECT_EQ(model.to_json(), json);
    EXPECT_EQ(clone_model(model).to_json(), json);
  });
}

TEST(Functional, Summaries) {
  for_each_case("functional", "summaries", [](const Family&, const Json& c) {
    const Model model = model_from_json(c["json"].get<std::string>());
    for (const auto& [kind, text] : c["summaries"].items()) {
      SCOPED_TRACE(kind);
      const bool trainable = kind == "trainable";
      const bool chain = text.get<std::string>().find("Connected to") == std::string::npos;
      // On a terminal of 100 columns.
      const int line = chain && !trainable ? 88 : 96;
      EXPECT_EQ(model.summary({.line_length = line, .expand_nested = kind == "expanded", .show_trainable = trainable}),
                text.get<std::string>());
    }
  });
}

TEST(Functional, FilesOfKeras) {
  for_each_case("functional", "files", [](const Family& f, const Json& c) {
    for (const Json& file : c["files"]) {
      SCOPED_TRACE(file.get<std::string>());
      const Model model = load_model(path_of(file.get<std::string>()));
      check_predictions(model, f, c, "predict_start");
      check_training(model, f, c);
    }
  });
}

TEST(Functional, FromConfiguration) {
  for_each_case("functional", "start_weights", [](const Family& f, const Json& c) {
    const Model model = model_from_json(c["json"].get<std::string>());
    std::vector<Tensor> weights;
    for (const Json& key : c["start_weights"]) weights.push_back(f.at(key.get<std::string>()));
    model.set_weights(weights);
    model.compile(compile_arguments(c["compile_config"]));
    check_predictions(model, f, c, "predict_start");
    check_training(model, f, c);
  });
}

// Without the addresses that Keras notes of objects, and without what a compiled model says of threads and engines.
Json plain(Json value) {
  if (value.is_object()) value.erase("shared_object_id");
  if (value.is_structured())
    for (Json& item : value) item = plain(item);
  return value;
}

// What Cornu writes of a file of Keras is, byte for byte in its words, what Keras wrote; weights too.
TEST(Functional, WrittenAgain) {
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / cat("cornu_functional_", ::getpid());
  std::filesystem::create_directories(folder);
  for_each_case("functional", "files", [&](const Family& f, const Json& c) {
    for (const Json& file : c["files"]) {
      SCOPED_TRACE(file.get<std::string>());
      const saving::ModelFile original = saving::read_model_file(path_of(file.get<std::string>()));
      const std::string path = (folder / file.get<std::string>()).string();
      load_model(path_of(file.get<std::string>())).save(path);
      const saving::ModelFile written = saving::read_model_file(path);
      EXPECT_EQ(dump_json(plain(written.architecture)), dump_json(plain(original.architecture)));
      EXPECT_EQ(dump_json(plain(*written.compile_config)), dump_json(plain(*original.compile_config)));
      ASSERT_EQ(written.weights.size(), original.weights.size());
      for (std::size_t l = 0; l < written.weights.size(); ++l) {
        EXPECT_EQ(written.weights[l].layer, original.weights[l].layer);
        ASSERT_EQ(written.weights[l].weights.size(), original.weights[l].weights.size());
        for (std::size_t i = 0; i < written.weights[l].weights.size(); ++i)
          EXPECT_TRUE(written.weights[l].weights[i].value == original.weights[l].weights[i].value)
              << original.weights[l].weights[i].name;
      }
      check_training(load_model(path), f, c);
    }
  });
  std::filesystem::remove_all(folder);
}

// A file of Keras 2 with models inside, operators, and two outputs by name: what it computes, how it trains on.
TEST(Functional, Keras2) {
  const std::string folder = cat(CORNU_GOLDEN_FOLDER, "/keras-2/");
  std::map<std::string, Tensor> arrays;
  for (const data::NamedArray& a : data::load_npz(folder + "functional.npz")) arrays[a.name] = a.value;
  const auto batch = [&](const std::string& name, std::int64_t step) { return row(arrays.at(name), step); };
  const Model model = load_model(folder + "functional.h5");
  const std::vector<Tensor> y = model.predict_all({batch("left", 0), batch("right", 0)}, {.verbose = 0});
  ASSERT_EQ(model.output_names(), (std::vector<std::string>{"again", "value"}));
  EXPECT_TRUE(near(y.at(0), arrays.at("predict_again"), kTrajectory));
  EXPECT_TRUE(near(y.at(1), arrays.at("predict_value"), kTrajectory));
  for (std::int64_t step = 1; step < 4; ++step) {
    const Logs logs = model.train_on_batch({batch("left", step), batch("right", step)},
                                           {{"value", batch("value", step)}, {"again", batch("again", step)}});
    const Tensor expected = batch("logs", step);
    std::int64_t i = 0;
    for (const char* name : {"loss", "value_loss", "again_loss", "value_mae"})
      EXPECT_TRUE(near(logs[name], expected.at(i++), kTrajectory)) << name << " at step " << step;
  }
  for (const char* layer : {"value", "db"})
    EXPECT_TRUE(near(model.get_layer(layer).get_weights()[0], arrays.at(cat("kernel_", layer)), kTrajectory)) << layer;
  EXPECT_TRUE(
      near(Model(model.get_layer("twice")).get_layer("tbn").get_weights()[2], arrays.at("moving_mean"), kTrajectory));
}

}  // namespace
}  // namespace cornu::golden
