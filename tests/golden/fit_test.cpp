// fit and evaluate as real Keras reports them: histories, weighted means, partial batches, validation.
#include "cornu/trainers/model.h"
#include "tests/golden/golden.h"

namespace cornu::golden {
namespace {

constexpr Tolerance kHistory{.relative = 1e-5, .absolute = 2e-6};

FitArguments arguments(const Family& f, const Json& c) {
  FitArguments out;
  out.verbose = 0;
  for (const auto& [key, value] : c["args"].items()) {
    if (value.is_null()) continue;  // Keras's default
    if (key == "batch_size")
      out.batch_size = value.get<std::int64_t>();
    else if (key == "epochs")
      out.epochs = value.get<std::int64_t>();
    else if (key == "shuffle")
      out.shuffle = value.get<bool>();
    else if (key == "validation_split")
      out.validation_split = value.get<double>();
    else if (key == "validation_freq")
      out.validation_freq = value.get<std::int64_t>();
    else if (key == "validation_steps")
      out.validation_steps = value.get<std::int64_t>();
    else if (key == "validation_batch_size")
      out.validation_batch_size = value.get<std::int64_t>();
    else if (key == "steps_per_epoch")
      out.steps_per_epoch = value.get<std::int64_t>();
    else if (key == "initial_epoch")
      out.initial_epoch = value.get<std::int64_t>();
    else if (key == "class_weight")
      for (const auto& [name, weight] : value.items()) out.class_weight[std::stoll(name)] = weight.get<double>();
    else if (key == "sample_weight")
      out.sample_weight = f.array(c, "sample_weight");
    else if (key == "validation_data") {
      out.validation_data = ValidationData{f.array(c, "x_val"), f.array(c, "y_val"), {}};
      if (c["arrays"].contains("sample_weight_val"))
        out.validation_data->sample_weight = f.array(c, "sample_weight_val");
    } else
      throw ValueError(cat("the golden test does not know fit's argument \"", key, "\""));
  }
  return out;
}

TEST(Fit, HistoriesAndEvaluation) {
  for_each_case("fit", "history", [](const Family& f, const Json& c) {
    const Model model = load_model(cat(CORNU_GOLDEN_FOLDER, "/keras-3/", c["file"].get<std::string>()));
    const Tensor x = f.array(c, "x"), y = f.array(c, "y");
    const FitArguments a = arguments(f, c);
    const History history = model.fit(x, y, a);
    ASSERT_EQ(history.history.size(), c["history"].size());
    for (const auto& [name, values] : c["history"].items()) {
      ASSERT_EQ(history[name].size(), values.size()) << name;
      for (std::size_t i = 0; i < values.size(); ++i)
        EXPECT_TRUE(near(history[name][i], values[i].get<double>(), kHistory)) << name << " of epoch " << i;
    }
    EvaluateArguments e{.batch_size = 16, .verbose = 0, .sample_weight = a.sample_weight};
    const Logs evaluated = model.evaluate(x, y, e);
    for (const auto& [name, value] : c["evaluate"].items())
      EXPECT_TRUE(near(evaluated[name], value.get<double>(), kHistory)) << name;
    // Where a weighted metric shares its name with a plain one, Keras's list names the plain one twice; ours is by
    // name.
    if (c["evaluate_list"].size() == evaluated.size()) {
      std::size_t i = 0;
      for (const auto& [name, value] : evaluated)
        EXPECT_TRUE(near(value, c["evaluate_list"][i++].get<double>(), kHistory)) << name;
    }
    EXPECT_TRUE(near(model.predict(x.rows(0, 16), {.verbose = 0}), f.array(c, "predict"), kHistory));
    if (c["weights"].is_null()) return;
    const std::vector<Tensor> weights = model.get_weights();
    ASSERT_EQ(weights.size(), c["weights"].size());
    for (std::size_t w = 0; w < weights.size(); ++w)
      EXPECT_TRUE(near(weights[w], f.at(c["weights"][w]["value"].get<std::string>()), kHistory))
          << c["weights"][w]["path"];
  });
}

}  // namespace
}  // namespace cornu::golden
