// `cornu run`: a whole target system on tiny data, and what is wrong in a system file.
#include "tools/cornu/cli_test.h"

namespace cornu::tool {
namespace {

class Run : public CommandLine {
 protected:
  Run() {
    // 60 images of 4 x 4: the bright quarter says the class.
    std::string images({0, 0, 8, 3, 0, 0, 0, 60, 0, 0, 0, 4, 0, 0, 0, 4}), labels({0, 0, 8, 1, 0, 0, 0, 60});
    for (int i = 0; i < 60; ++i) {
      labels += static_cast<char>(i % 4);
      for (int p = 0; p < 16; ++p) images += static_cast<char>(p / 4 == i % 4 ? 200 + i % 7 : (p * 7 + i) % 30);
    }
    write("images", images);
    write("labels", labels);
  }

  static std::string training() {
    return R"([training.sensor]
kind = "idx"
images = "images"
labels = "labels"
[training.dataset]
steps = [{ shuffle = { seed = 3 } }, { split = 48 }, { reshape = [16] }, { scale = { divide = 255 } }, { one_hot = 4 }]
[training.trainer]
seed = 1
output = "model.keras"
[[training.trainer.layers]]
class = "Dense"
units = 16
activation = "relu"
kernel_initializer = { class = "HeNormal", seed = 5 }
[[training.trainer.layers]]
class = "Dense"
units = 4
activation = "softmax"
[training.trainer.compile]
optimizer = { class = "Adam", learning_rate = 0.05 }
loss = "categorical_crossentropy"
metrics = ["accuracy"]
[training.trainer.fit]
epochs = 30
batch_size = 8
history = "history.json"
verbose = 0
callbacks = [{ class = "EarlyStopping", monitor = "val_loss", patience = 30 }]
)";
  }
  static std::string judgment() {
    return R"([judgment.sensor]
kind = "idx"
images = "images"
labels = "labels"
[judgment.dataset]
steps = [{ reshape = [16] }, { scale = { divide = 255 } }]
[judgment.judge]
model = "model.keras"
[judgment.sink]
path = "judgments.jsonl"
)";
  }
  static std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t place = text.find(from);
    EXPECT_NE(place, std::string::npos) << from;
    return text.replace(place, from.size(), to);
  }
  std::vector<Json> lines(const std::string& text) const {
    std::vector<Json> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) out.push_back(json(line));
    return out;
  }
};

TEST_F(Run, BothSegments) {
  write("system.toml", training() + judgment());
  const Outcome outcome = done("run system.toml");
  EXPECT_NE(outcome.err.find("48 samples, validating on 12"), std::string::npos) << outcome.err;
  EXPECT_EQ(json(read("history.json"))["val_accuracy"].size(), 30u);
  const std::vector<Json> judged = lines(read("judgments.jsonl"));
  ASSERT_EQ(judged.size(), 60u);
  int right = 0;
  for (const Json& line : judged) right += line["prediction"] == line["target"];
  EXPECT_GT(right, 55);
  EXPECT_EQ(judged[59]["index"], 59);

  // The same file again gives the same bytes; each segment also runs alone.
  const std::string before = read("judgments.jsonl");
  done("run system.toml training");
  done("run system.toml judgment");
  EXPECT_EQ(read("judgments.jsonl"), before);
}

TEST_F(Run, TrainsOnFromAFile) {
  write("system.toml", training());
  done("run system.toml");
  write("next.toml", R"([training.sensor]
kind = "npy"
x = "images"
y = "labels"
[training.dataset]
steps = [{ reshape = [16] }, { cast = "float32" }, { one_hot = 4 }]
[training.trainer]
model = "model.keras"
output = "model.h5"
[training.trainer.fit]
class_weight = { 0 = 1.0, 3 = 2.0 }
verbose = 2
)");
  EXPECT_NE(done("run next.toml").err.find("loss"), std::string::npos);
  EXPECT_TRUE(exists("model.h5"));
}

TEST_F(Run, JudgesLinesAsTheyCome) {
  write("system.toml", training());
  done("run system.toml");
  write("pipe.toml",
        "[judgment.sensor]\nkind = \"csv\"\npath = \"-\"\ntarget = -1\n[judgment.judge]\nmodel = "
        "\"model.keras\"\n[judgment.sink]\nflush_every_line = true\n");
  const std::string row = "0,0,0,0,0,0,0,0,0.8,0.8,0.8,0.8,0,0,0,0,2\n";
  const std::vector<Json> judged = lines(done("run pipe.toml", row + row).out);
  ASSERT_EQ(judged.size(), 2u);
  EXPECT_EQ(judged[1]["prediction"], 2);
  EXPECT_EQ(judged[1]["target"], 2);
}

TEST_F(Run, ErrorsNameLineKeyAndTheNearest) {
  const std::string whole = training();
  const auto wrong = [&](const std::string& text, const std::vector<std::string>& parts) {
    write("system.toml", text);
    fails(1, "run system.toml", parts);
  };
  fails(1, "run none.toml", {"none.toml"});
  wrong("[training\n", {"TOML", "line 1"});
  wrong("", {"no segment"});
  wrong(replaced(whole, "images = ", "imagez = "), {"system.toml:1", "images"});
  wrong(whole + "[trianing]\na = 1\n", {"trianing", "training"});
  wrong(replaced(whole, "\"idx\"", "\"ixd\""), {"system.toml:1", "ixd", "idx"});
  wrong(replaced(whole, "one_hot", "onehot"), {"system.toml:6", "onehot", "one_hot"});
  wrong(replaced(whole, "units = 16", "unitz = 16"), {"unitz", "units"});
  wrong(replaced(whole, "class = \"Dense\"", "class = \"Dens\""), {"Dens", "Dense"});
  wrong(replaced(whole, "\"HeNormal\"", "\"HeNormaal\""), {"HeNormaal", "HeNormal"});
  wrong(replaced(whole, "epochs = 30", "epoch = 30"), {"epoch", "epochs"});
  wrong(replaced(whole, "seed = 1", "seeds = 1"), {"seeds", "seed"});
  wrong(replaced(whole, "split = 48", "split = 60"), {"split"});
  wrong(replaced(whole, "[16]", "[15]"), {"reshape"});
  wrong(replaced(whole, "output = \"model.keras\"", ""), {"output"});
  wrong(replaced(whole, "output = \"model.keras\"", "output = \"nowhere/model.keras\""), {"nowhere"});
  wrong(replaced(judgment(), "{ reshape = [16] }", "{ split = 0.5 }"), {"split"});
  wrong(judgment(), {"model.keras"});
  wrong(replaced(whole, "images = \"images\"", "images = 1979-05-27"), {"images", "date"});
}

}  // namespace
}  // namespace cornu::tool
