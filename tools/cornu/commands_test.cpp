// Every subcommand end to end, on files of real Keras where numbers are to be right.
#include <cmath>

#include "cornu/judge/judge.h"
#include "cornu/saving/model_file.h"
#include "cornu/saving/self_test.h"
#include "cornu/trainers/model.h"
#include "tools/cornu/cli_test.h"

namespace cornu::tool {
namespace {

class Commands : public CommandLine {
 protected:
  Commands() {
    // Ten batches of eight, as Keras saw them (tests/golden/trajectories.py).
    for (const data::NamedArray& array : data::load_npz(golden("trajectories.npz"))) {
      if (array.name == "data/x") data::save_npy(at("x.npy"), array.value.reshape({80, 20}));
      if (array.name == "data/y_float32_10") data::save_npy(at("y.npy"), array.value.reshape({80, 10}));
    }
  }
  static Tensor keras(const std::string& name) { return data::load_npz(golden("trajectories.npz"), name); }
  static std::string start() { return golden("mlp_adam.start.keras"); }

  static double largest_difference(const Tensor& a, const Tensor& b) {
    EXPECT_EQ(a.shape(), b.shape());
    double out = 0;
    for (std::int64_t i = 0; i < a.size(); ++i)
      out = std::max(out, std::fabs(a.at(i) - b.at(i)) / (1e-3 + std::fabs(b.at(i))));
    return out;
  }
  // What Keras had after its ten steps: weights, then slots.
  void expect_keras_end(const std::string& name) const {
    const saving::ModelFile file = saving::read_model_file(at(name));
    int i = 0;
    for (const saving::LayerWeights& layer : file.weights)
      for (const saving::NamedTensor& weight : layer.weights)
        EXPECT_LT(largest_difference(weight.value, keras(cat("mlp_adam/weights/", i++))), 1e-4) << weight.name;
    EXPECT_EQ(i, 4);
    ASSERT_EQ(file.optimizer.size(), 10u);
    EXPECT_EQ(file.optimizer[0].value.item(), 10);
    for (std::size_t k = 2; k < 10; ++k)
      EXPECT_LT(largest_difference(file.optimizer[k].value, keras(cat("mlp_adam/slots/", k))), 1e-4)
          << file.optimizer[k].name;
  }
};

TEST_F(Commands, HelpOfEveryCommand) {
  const std::string all = done("--help").out;
  for (const char* name : {"fit", "evaluate", "predict", "summary", "inspect", "convert", "verify", "diff", "scan",
                           "repair", "run", "bench", "devices", "export", "serve"}) {
    EXPECT_NE(all.find(cat("\n  ", name)), std::string::npos) << name << "\n" << all;
    EXPECT_NE(done(cat(name, " --help")).out.find("--help"), std::string::npos) << name;
  }
  EXPECT_EQ(done("--version").out, "cornu " CORNU_VERSION "\n");
}

TEST_F(Commands, FitFollowsKeras) {
  const Outcome outcome =
      done("fit " + start() + " --x x.npy --y y.npy -o out.keras --no-shuffle --batch-size 8 --history h.json");
  expect_keras_end("out.keras");
  const Json history = json(read("h.json"));
  const Json golden_file = parse_json(read_golden("trajectories.json"));
  double loss = 0;
  for (const Json& entry : golden_file["cases"])
    if (entry["name"] == "mlp_adam")
      for (const Json& log : entry["logs"]) loss += log["loss"].get<double>() / 10;
  EXPECT_NEAR(history["loss"][0].get<double>(), loss, 1e-5 * loss);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err.find_first_of("\b\r\x1b"), std::string::npos) << outcome.err;
  EXPECT_LE(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 2) << outcome.err;
}

TEST_F(Commands, FitGoesOnWhereKerasStopped) {
  data::save_npy(at("x2.npy"), data::load_npy(at("x.npy")).rows(40, 80));
  data::save_npy(at("y2.npy"), data::load_npy(at("y.npy")).rows(40, 80));
  for (const char* mid : {"mlp_adam.mid.keras", "mlp_adam.mid.h5"}) {
    done("fit " + golden(mid) + " --x x2.npy --y y2.npy -o out.h5 --no-shuffle --batch-size 8 --verbose 0");
    expect_keras_end("out.h5");
  }
}

TEST_F(Commands, FitRecordsASelfTest) {
  for (const char* ending : {"keras", "h5"}) {
    done("fit " + start() + cat(" --x x.npy --y y.npy --verbose 0 --self-test 3 -o out.", ending));
    EXPECT_TRUE(saving::read_self_test(at(cat("out.", ending)))->x[0].dim(0) == 3);
    const Tensor x = data::load_npy(at("x.npy")).astype(float32);
    EXPECT_TRUE(Judge(at(cat("out.", ending))).judge(x) ==
                load_model(at(cat("out.", ending))).predict(x, {.batch_size = x.dim(0), .verbose = 0}));
    // Converting takes it along.
    done(cat("convert out.", ending, " other.h5"));
    EXPECT_TRUE(saving::read_self_test(at("other.h5")).has_value());
    EXPECT_EQ(done(cat("verify out.", ending)).err, "");
    EXPECT_NE(done(cat("scan out.", ending)).out.find("nothing found"), std::string::npos);
  }
}

TEST_F(Commands, FitTwiceIsFitOnce) {
  const std::string data = " --x x.npy --y y.npy --batch-size 8 --seed 7 --verbose 0";
  done("fit " + start() + data + " --epochs 4 -o once.keras");
  done("fit " + start() + data + " --epochs 2 -o half.keras");
  done("fit half.keras" + data + " --epochs 4 --initial-epoch 2 -o twice.keras");
  EXPECT_TRUE(json(done("diff once.keras twice.keras --json").out)["same"].get<bool>());
}

TEST_F(Commands, OverridesReplaceWhatTheFileSays) {
  const Outcome outcome =
      done("fit " + start() +
           " --x x.npy --y y.npy -o out.keras --optimizer sgd:learning_rate=0.5,momentum=0.9,nesterov=true "
           "--loss mse --metrics mae,categorical_accuracy --verbose 0");
  EXPECT_NE(outcome.err.find("a new optimizer begins"), std::string::npos) << outcome.err;
  const Json seen = json(done("inspect out.keras").out);
  const Json& config = seen["training_config"];
  EXPECT_EQ(config["optimizer"]["class_name"], "SGD");
  EXPECT_EQ(config["optimizer"]["config"]["learning_rate"], 0.5);
  EXPECT_EQ(config["optimizer"]["config"]["nesterov"], true);
  EXPECT_EQ(config["loss"], "mse");
  EXPECT_EQ(config["metrics"], Json({"mae", "categorical_accuracy"}));
  EXPECT_EQ(seen["optimizer_state"].size(), 6u);
}

TEST_F(Commands, FitWithEverythingElse) {
  data::save_npy(at("w.npy"), Tensor::full({80}, 0.5));
  write("callbacks.json",
        R"([{"class_name": "EarlyStopping", "config": {"monitor": "val_loss", "min_delta": 100.0, "patience": 1}},
                              {"class_name": "ModelCheckpoint", "config": {"filepath": "epoch{epoch:02d}.keras"}}])");
  done("fit " + start() +
       " --x x.npy --y y.npy -o out.keras --epochs 9 --validation-x x.npy --validation-y y.npy --sample-weight w.npy "
       "--callbacks callbacks.json --history h.json --threads 1 --verbose 2");
  const Json history = json(read("h.json"));
  EXPECT_EQ(history["val_loss"].size(), 2u) << history;  // the second epoch is no better by 100
  EXPECT_TRUE(exists("epoch01.keras") && exists("epoch02.keras") && !exists("epoch03.keras"));
  done("fit " + start() +
       " --x x.npy --y y.npy -o out.keras --validation-split 0.25 --class-weight 0=1.0,1=2.5 --history h.json "
       "--verbose 0");
  EXPECT_TRUE(json(read("h.json")).contains("val_accuracy"));
}

TEST_F(Commands, CheckpointsKeepTheLast) {
  write("other.keras", "not the callback's");
  write("callbacks.json",
        R"([{"class_name": "ModelCheckpoint", "config": {"filepath": "epoch{epoch:02d}.keras", "keep": 2}}])");
  done("fit " + start() + " --x x.npy --y y.npy -o out.keras --epochs 5 --callbacks callbacks.json --verbose 0");
  EXPECT_FALSE(exists("epoch01.keras") || exists("epoch02.keras") || exists("epoch03.keras"));
  EXPECT_TRUE(exists("epoch04.keras") && exists("epoch05.keras") && exists("other.keras"));
  done("verify epoch05.keras");
  // One name for all epochs is one file, which stays.
  write("callbacks.json", R"([{"class_name": "ModelCheckpoint", "config": {"filepath": "last.keras", "keep": 1}}])");
  done("fit " + start() + " --x x.npy --y y.npy -o out.keras --epochs 3 --callbacks callbacks.json --verbose 0");
  EXPECT_TRUE(exists("last.keras"));
  write("callbacks.json", R"([{"class_name": "ModelCheckpoint", "config": {"filepath": "a.keras", "keep": -1}}])");
  fails(1, "fit " + start() + " --x x.npy --y y.npy -o out.keras --callbacks callbacks.json",
        {"keep=-1", "every file"});
}

TEST_F(Commands, CheckpointsOfWeights) {
  const auto callbacks = [](const std::string& path) {
    return R"([{"class_name": "ModelCheckpoint", "config": {"save_weights_only": true, "filepath": ")" + path + "\"}}]";
  };
  write("callbacks.json", callbacks("last.weights.h5"));
  done("fit " + start() + " --x x.npy --y y.npy -o out.keras --epochs 2 --callbacks callbacks.json --verbose 0");
  done("convert " + start() + " architecture.json");
  done("predict architecture.json --weights last.weights.h5 --x x.npy -o a.npy");
  done("predict out.keras --x x.npy -o b.npy");
  EXPECT_EQ(read("a.npy"), read("b.npy"));
  write("callbacks.json", callbacks("last.keras"));
  fails(1, "fit " + start() + " --x x.npy --y y.npy -o out.keras --callbacks callbacks.json",
        {"last.keras", "save_weights_only=true", ".weights.h5"});
}

TEST_F(Commands, Architecture) {
  const std::string mlp = golden("model_mlp.json");
  done("convert " + mlp + " fresh.keras");
  EXPECT_EQ(json(done("inspect " + mlp).out)["format"], "json");
  done("fit " + golden("model_compiled.json") +
       " --x x.npy --y y.npy -o out.h5 --verbose 0 --loss categorical_crossentropy");
  done("convert " + start() + " architecture.json");
  done("predict architecture.json --weights " + start() + " --x x.npy -o a.npy");
  done("predict " + start() + " --x x.npy -o b.npy");
  EXPECT_EQ(read("a.npy"), read("b.npy"));
}

TEST_F(Commands, EvaluateAndPredict) {
  done("fit " + start() + " --x x.npy --y y.npy -o out.keras --no-shuffle --batch-size 8 --verbose 0");
  data::save_npy(at("x0.npy"), data::load_npy(at("x.npy")).rows(0, 8));
  data::save_npy(at("y0.npy"), data::load_npy(at("y.npy")).rows(0, 8));
  const Json result = json(done("evaluate out.keras --x x0.npy --y y0.npy --json").out);
  EXPECT_NEAR(result["loss"].get<double>(), 2.7021565437316895, 1e-4);  // test_on_batch of mlp_adam
  EXPECT_EQ(result.begin().key(), "loss");
  EXPECT_EQ(result["accuracy"], 0.0);
  const Outcome text = done("evaluate out.keras --x x0.npy --y y0.npy");
  EXPECT_EQ(text.out.substr(0, 6), "loss: ");
  EXPECT_EQ(text.err, "");

  done("predict out.keras --x x0.npy -o y.npy");
  EXPECT_LT(largest_difference(data::load_npy(at("y.npy")), keras("mlp_adam/predict_end")), 1e-4);
  done("predict --x x0.npy out.keras -o y.npz --batch-size 3");
  EXPECT_LT(largest_difference(data::load_npz(at("y.npz"), "y0"), keras("mlp_adam/predict_end")), 1e-4);
}

TEST_F(Commands, SummaryInspectVerify) {
  const std::string table = done("summary " + start()).out;
  EXPECT_NE(table.find("Total params"), std::string::npos) << table;
  const Json seen = json(done("inspect " + start()).out);
  EXPECT_EQ(seen["format"], "keras");
  EXPECT_EQ(seen["dialect"], 3);
  EXPECT_EQ(seen["parameters"], 506);
  EXPECT_EQ(seen["layers"].back()["class"], "Dense");
  EXPECT_EQ(seen["layers"].back()["weights"][0]["shape"], Json({16, 10}));
  EXPECT_EQ(seen["optimizer_state"].size(), 10u);
  EXPECT_EQ(seen["unusable"], Json::array());
  EXPECT_EQ(seen["ignored"], Json::array());
  std::ofstream(at("later.json")) << R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
      {"class_name": "Dense", "registered_name": null, "config": {"name": "d", "units": 2, "of_later": null}}]}})";
  const Json later = json(done("inspect later.json").out);
  EXPECT_EQ(later["ignored"], parse_json(R"([{"layer": "d", "key": "of_later"}])"));
  EXPECT_EQ(later["unusable"], Json::array());
  EXPECT_NE(done("verify " + start()).out.find("whole"), std::string::npos);
  EXPECT_EQ(json(done("inspect " + golden("mlp_adam.mid.h5")).out)["format"], "h5");
}

TEST_F(Commands, ConvertAndDiff) {
  done("convert " + start() + " a.h5");
  done("convert a.h5 b.keras");
  const Json same = json(done("diff " + start() + " b.keras --json").out);
  EXPECT_TRUE(same["same"].get<bool>()) << same;
  EXPECT_TRUE(
      json(done("diff " + golden("mlp_adam.mid.h5") + " " + golden("mlp_adam.mid.keras") + " --json").out)["same"]
          .get<bool>());
  const std::string text = done("diff " + start() + " " + golden("mlp_adam.mid.keras")).out;
  EXPECT_NE(text.find("architecture: same"), std::string::npos) << text;
  EXPECT_NE(text.find("weights: 4 differences"), std::string::npos) << text;
}

TEST_F(Commands, DevicesAndBench) {
  const Json devices = json(done("devices").out);
  EXPECT_TRUE(devices["engines"].is_array());
  EXPECT_GE(devices["threads"].get<int>(), 1);
  const Json timed = json(done("bench " + start() + " --seconds 0.01 --batch-size 1,8 --json").out);
  ASSERT_EQ(timed["steps"].size(), 2u);
  EXPECT_GT(timed["steps"][1]["train_seconds"].get<double>(), 0.0);
  EXPECT_NE(done("bench " + start() + " --seconds 0.01 --batch-size 4").out.find("predict"), std::string::npos);
}

TEST_F(Commands, WrongUsageIsTwo) {
  const std::string fit = "fit " + start() + " --x x.npy --y y.npy -o out.keras";
  fails(2, "", {"subcommand"});
  fails(2, "fti", {"usage"});
  fails(2, "predict --x x.npy -o y.npy", {"MODEL"});
  fails(2, "fit " + start() + " --x x.npy --y y.npy", {"--output"});
  fails(2, fit + " --epochs abc", {"--epochs"});
  fails(2, fit + " --epochs -3", {"--epochs"});
  fails(2, fit + " --batch-size 0", {"--batch-size"});
  fails(2, fit + " --validation-split 1.5", {"--validation-split"});
  fails(2, fit + " --verbose 7", {"--verbose"});
  fails(2, fit + " --class-weight 0:1", {"--class-weight", "0=1.0,1=2.5"});
  fails(2, fit + " --optimizer sgd:0.1", {"--optimizer", "key=value"});
  fails(2, fit + " --metrics a,,b", {"--metrics"});
  fails(2, fit + " --validation-x x.npy", {"--validation-y"});
  fails(2, fit + " --nonsense", {"--nonsense"});
  fails(2, "fit " + start() + " --x x.npy --y y.npy -o out.bin", {".keras"});
  fails(2, "predict " + start() + " --x x.npy -o out.txt", {".npy"});
  fails(2, "predict " + start() + " --weights w.h5 --x x.npy -o out.npy", {".json"});
  fails(2, "run x.toml learning", {"training"});
}

TEST_F(Commands, NamedErrorsAreOne) {
  const std::string data = " --x x.npy --y y.npy -o out.keras";
  write("foreign.h5", "this is no model");
  write("foreign.json", R"({"a": 1})");
  write(
      "unknown.json",
      R"({"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "Swirl", "config": {"name": "swirl_1"}}]}})");
  write("callbacks.json", R"([{"class_name": "EarlyStoping", "config": {}}])");
  std::string damaged = read_golden("mlp_adam.start.keras");
  write("cut.keras", damaged.substr(0, damaged.size() / 2));
  data::save_npy(at("narrow.npy"), Tensor({80, 19}));
  data::save_npy(at("short.npy"), Tensor({79, 10}));
  data::save_npy(at("nan.npy"), Tensor::full({80, 20}, std::nan("")));

  fails(1, "fit none.keras" + data, {"none.keras"});
  fails(1, "fit foreign.h5" + data, {"foreign.h5"});
  fails(1, "fit foreign.json" + data, {"foreign.json", "class_name"});
  fails(1, "fit cut.keras" + data, {"cut.keras"});
  fails(1, "verify cut.keras", {"cut.keras"});
  fails(1, "summary unknown.json", {"Swirl"});
  fails(1, "fit " + golden("model_mlp.json") + data, {"--loss"});
  fails(1, "fit " + start() + " --x none.npy --y y.npy -o out.keras", {"none.npy"});
  fails(1, "fit " + start() + " --x narrow.npy --y y.npy -o out.keras", {"(80, 19)", "20"});
  fails(1, "fit " + start() + " --x x.npy --y short.npy -o out.keras", {"79"});
  fails(1, "fit " + start() + " --x nan.npy --y y.npy -o out.keras", {"NaN"});
  fails(1, "fit " + start() + " --x x.npy --y y.npy -o nowhere/out.keras", {"nowhere"});
  fails(1, "fit " + start() + data + " --optimizer addam", {"addam", "Adam"});
  fails(1, "fit " + start() + data + " --optimizer sgd:momentun=0.9", {"momentun", "momentum"});
  fails(1, "fit " + start() + data + " --loss mze", {"mze", "did you mean"});
  fails(1, "fit " + start() + data + " --callbacks callbacks.json", {"EarlyStopping"});
  fails(1, "fit " + start() + data + " --callbacks none.json", {"none.json"});
  fails(1, "fit " + start() + data + " --history nowhere/h.json", {"nowhere"});
  EXPECT_FALSE(exists("out.keras"));
  fails(1, "predict " + start() + " --x narrow.npy -o y.npy", {"(80, 19)"});
  fails(1, "convert " + start() + " nowhere/out.h5", {"nowhere"});
  fails(1, "convert " + start() + " out.h5 --keras-version 1", {"Keras 1", "--keras-version 2"});
  fails(1, "convert " + start() + " out.keras --keras-version 2", {"Keras 2", ".h5"});
  fails(1, "serve " + start() + " --port 1", {"serve"});
  const Outcome full = cornu("summary " + start() + " > /dev/full 2> stderr #");
  EXPECT_EQ(full.status, 1);
  EXPECT_NE(full.err.find("standard output"), std::string::npos) << full.err;
}

}  // namespace
}  // namespace cornu::tool
