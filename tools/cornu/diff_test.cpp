// cornu diff on models that differ in one thing each.
#include "tools/cornu/cli_test.h"

namespace cornu::tool {
namespace {

class Diff : public CommandLine {
 protected:
  static std::string layers(const std::string& middle) {
    return R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
      {"class_name": "InputLayer", "config": {"name": "in", "batch_shape": [null, 4]}},
      {"class_name": "Dense", "config": {"name": "hidden", "units": 8, "activation": "relu"}}, )" +
           middle + R"({"class_name": "Dense", "config": {"name": "out", "units": 3}}]}})";
  }
  Json diff(const std::string& words) const { return json(done("diff --json " + words).out); }
};

TEST_F(Diff, LayersAddedRemovedRenamedAndChanged) {
  write("a.json", layers(""));
  write("b.json", layers(R"({"class_name": "Dropout", "config": {"name": "drop", "rate": 0.5}}, )"));
  const Json added = diff("a.json b.json")["layers"];
  EXPECT_EQ(added["added"], Json::parse(R"([{"name": "drop", "class": "Dropout", "place": 2}])"));
  EXPECT_TRUE(added["removed"].empty() && added["changed"].empty() && added["renamed"].empty()) << added;
  EXPECT_EQ(diff("b.json a.json")["layers"]["removed"][0]["name"], "drop");
  std::string other = layers("");
  other.replace(other.find("\"units\": 8"), 10, "\"units\": 9");
  other.replace(other.find("\"out\""), 5, "\"last\"");
  write("c.json", other);
  const Json changed = diff("a.json c.json")["layers"];
  EXPECT_EQ(changed["renamed"], Json::parse(R"([{"a": "out", "b": "last"}])"));
  EXPECT_EQ(changed["changed"][0]["name"], "hidden");
  EXPECT_EQ(changed["changed"][0]["keys"], Json::parse(R"([{"at": "config.units", "a": 8, "b": 9}])"));
  const std::string text = done("diff a.json c.json").out;
  EXPECT_NE(text.find("changed layer \"hidden\" (Dense)\n    config.units: 8 | 9\n"), std::string::npos) << text;
  EXPECT_NE(done("diff a.json b.json").out.find("added layer \"drop\" (Dropout), number 3\n"), std::string::npos);
}

TEST_F(Diff, WeightsByLayer) {
  data::save_npy(at("x.npy"), Tensor::full({8, 4}, 0.5));
  data::save_npy(at("y.npy"), Tensor::full({8, 3}, 0.25));
  write("a.json", layers(""));
  done("convert a.json a.keras");
  done("fit a.keras --x x.npy --y y.npy -o b.keras --loss mse --optimizer sgd --epochs 1 --verbose 0");
  done("fit a.keras --x x.npy --y y.npy -o c.keras --loss mse --optimizer adam --epochs 1 --verbose 0");
  const Json weights = diff("a.keras b.keras")["weights"];
  ASSERT_FALSE(weights.empty());
  const Json& bias = weights.back();
  EXPECT_EQ(bias["layer"], "out");
  EXPECT_EQ(bias["at"], "out/bias");
  EXPECT_EQ(bias["shape"], Json({3}));
  EXPECT_GT(bias["largest_difference"].get<double>(), 0);
  EXPECT_TRUE(bias["relative_change"].is_null());  // it was zero before
  const Json& kernel = weights[weights.size() - 2];
  EXPECT_GT(kernel["relative_change"].get<double>(), 0);
  EXPECT_LT(kernel["relative_change"].get<double>(), 1);
  const Json other = diff("b.keras c.keras");
  EXPECT_FALSE(other["optimizer"].empty());
  EXPECT_TRUE(other["training_config"].empty()) << other["training_config"];
  EXPECT_FALSE(other["optimizer_state"].empty());
}

TEST_F(Diff, OneFileAsLines) {
  const std::string text = done("diff --textconv " + golden("mlp_adam.mid.keras")).out;
  EXPECT_EQ(text, done("diff --textconv " + golden("mlp_adam.mid.keras")).out);
  for (const char* part : {"\nlayer \"dense\": Dense\n", "\n  units: 16\n", "\n  dense/kernel: float32 (20, 16), mean ",
                           "\ntraining:\n", "\noptimizer state:\n", "crc32 "})
    EXPECT_NE(text.find(part), std::string::npos) << part << text;
  fails(2, "diff a.keras", {"two files"});
  fails(2, "diff --textconv a.keras b.keras", {"one file"});
  fails(1, "diff --textconv none.keras", {"none.keras"});
}

}  // namespace
}  // namespace cornu::tool
