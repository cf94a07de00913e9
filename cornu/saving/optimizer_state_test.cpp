#include "cornu/saving/raw_model.h"
#include "cornu/saving/test_files.h"

namespace cornu::saving {
namespace {

Tensor stored(const std::string& file, const std::string& variable) {
  return Hdf5File::open(file).root().group("optimizer_weights").dataset(variable);
}

bool noted(const ModelFile& file, const std::string& words) {
  for (const std::string& note : file.notes)
    if (note.find(words) != std::string::npos) return true;
  return false;
}

// Up to 2.0.5 the slots follow the weights sorted by name: dense_1/bias comes before dense_1/kernel.
TEST(OptimizerState, SortedSlotsOfKeras204) {
  const std::string path = generation("keras-2.0.4-mlp_adam/model.h5");
  const ModelFile file = read_model_file(path);
  EXPECT_EQ(*find_slot(file, "adam/dense_1_kernel_momentum"), stored(path, "Variable_1:0"));
  EXPECT_EQ(*find_slot(file, "adam/dense_1_bias_momentum"), stored(path, "Variable:0"));
  EXPECT_EQ(*find_slot(file, "adam/dense_2_kernel_velocity"), stored(path, "Variable_7:0"));
}

// All kernels have one shape here, so only the order can be wrong: dense_10 and dense_11 sort before dense_2.
TEST(OptimizerState, SortedSlotsOfEqualShapes) {
  const std::string path = generation("keras-2.0.4-mlp_square/model.h5");
  const ModelFile file = read_model_file(path);
  EXPECT_EQ(*find_slot(file, "adam/dense_1_kernel_momentum"), stored(path, "Variable_1:0"));
  EXPECT_EQ(*find_slot(file, "adam/dense_10_kernel_momentum"), stored(path, "Variable_3:0"));
  EXPECT_EQ(*find_slot(file, "adam/dense_11_kernel_momentum"), stored(path, "Variable_5:0"));
  EXPECT_EQ(*find_slot(file, "adam/dense_2_kernel_momentum"), stored(path, "Variable_7:0"));
}

TEST(OptimizerState, SlotsInModelOrderSinceKeras206) {
  const std::string path = generation("keras-2.2.4-mlp_adam/model.h5");
  const ModelFile file = read_model_file(path);
  EXPECT_EQ(*find_slot(file, "adam/dense_1_kernel_momentum"), stored(path, "training/Adam/Variable:0"));
  EXPECT_EQ(*find_slot(file, "adam/dense_1_bias_velocity"), stored(path, "training/Adam/Variable_5:0"));
}

TEST(OptimizerState, InterleavedSlotsOfTfKeras) {
  const std::string path = generation("tf_keras-2.21.0-mlp_adam/model.h5");
  const ModelFile file = read_model_file(path);
  EXPECT_EQ(*find_slot(file, "Adam/dense_1_kernel_momentum"), stored(path, "Adam/m/dense_1/kernel:0"));
  EXPECT_EQ(file.optimizer[0].name, "Adam/iteration");
  EXPECT_EQ(file.optimizer[0].value.dtype(), int64);
  EXPECT_EQ(file.optimizer[3].name, "Adam/dense_kernel_velocity");
}

TEST(OptimizerState, PlainSgdKeepsItsCounterAndDropsItsSlots) {
  for (const char* name : {"keras-2.1.6-mlp_sgd/model.h5", "keras-2.3.1-mlp_sgd/model.h5",
                           "tf_keras-2.21.0-mlp_sgd/model.h5", "tf_keras-2.21.0-mlp_sgd/model.keras"}) {
    const ModelFile file = read_model_file(generation(name));
    ASSERT_EQ(file.optimizer.size(), 2u) << name;
    EXPECT_GT(file.optimizer[0].value.item(), 0) << name;
    EXPECT_NEAR(file.optimizer[1].value.item(), 0.01, 1e-8) << name;
    EXPECT_TRUE(noted(file, "momentum slots")) << name;
  }
}

TEST(OptimizerState, DecayBecomesASchedule) {
  for (const char* name : {"keras-1.2.2-mlp_momentum/model.h5", "keras-2.2.4-mlp_momentum/model.h5"}) {
    const ModelFile file = read_model_file(generation(name));
    const Json& schedule = (*file.compile_config)["optimizer"]["config"]["learning_rate"];
    EXPECT_EQ(schedule["class_name"], "InverseTimeDecay") << name;
    EXPECT_EQ(schedule["config"]["decay_steps"], 1);
    EXPECT_NEAR(schedule["config"]["decay_rate"].get<double>(), 0.01, 1e-8);
    EXPECT_EQ(file.optimizer.size(), 5u) << "no variable for a scheduled learning rate";
  }
}

TEST(OptimizerState, RmspropOfOldMarksWhereItsEpsilonStands) {
  const ModelFile old = read_model_file(generation("keras-2.3.1-mlp_rmsprop/model.h5"));
  EXPECT_EQ((*old.compile_config)["optimizer"]["cornu"]["epsilon_outside_root"], true);
  const ModelFile fresh = read_model_file(generation("tf_keras-2.21.0-mlp_rmsprop/model.h5"));
  EXPECT_FALSE((*fresh.compile_config)["optimizer"].contains("cornu"));
}

TEST(OptimizerState, AnUnknownOptimizerKeepsItsConfigurationAndSaysSo) {
  const TemporaryFolder folder;
  RawModel raw;
  raw.keras_version = "2.2.4";
  raw.model_config = parse_json(R"({"class_name": "Sequential", "config": []})");
  raw.training_config = parse_json(
      R"({"optimizer_config": {"class_name": "TFOptimizer", "config": {"lr": 0.5, "own": 3}}, "loss": "mse", "metrics": []})");
  raw.optimizer.push_back({"x:0", Tensor(Shape{2})});
  const ModelFile file = upgrade(raw);
  EXPECT_TRUE(file.optimizer.empty());
  EXPECT_TRUE(noted(file, "cannot be restored"));
  EXPECT_EQ((*file.compile_config)["optimizer"]["config"]["own"], 3);
  EXPECT_EQ((*file.compile_config)["optimizer"]["config"]["learning_rate"], 0.5);
}

}  // namespace
}  // namespace cornu::saving
