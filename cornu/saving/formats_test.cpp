// The other shapes of files: for Keras 2, weights in several parts, unpacked folders, groups from before 1.0.
#include "cornu/saving/atomic_file.h"
#include "cornu/saving/config_words.h"
#include "cornu/saving/hdf5_reader.h"
#include "cornu/saving/hdf5_writer.h"
#include "cornu/saving/keras3_to_2.h"
#include "cornu/saving/test_files.h"
#include "cornu/saving/weights_file.h"

namespace cornu::saving {
namespace {

template <class F>
std::string error_of(const F& run) {
  try {
    run();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

// Real tf_keras 2.21 opens such files and goes on training: tests/corpus/prove_convert.py.
TEST(Keras2File, ComesBackAsItWas) {
  const TemporaryFolder folder;
  for (const char* name : {"tf_keras-2.21.0-mlp_adam/model.h5", "keras-2.3.1-mlp_rmsprop/model.h5",
                           "keras-3.15.1-mlp_momentum/model.keras", "keras-2.0.4-func/model.h5"}) {
    ModelFile file = read_model_file(generation(name));
    file.optimizer.at(0).value = file.optimizer[0].value.astype(int64);  // as TensorFlow counts
    write_keras2_file(file, folder / "old.h5");
    const ModelFile back = read_model_file(folder / "old.h5");
    EXPECT_EQ(back.dialect, 2) << name;
    expect_same_weights(file, back);
    EXPECT_EQ(get((*back.compile_config)["optimizer"], "cornu"), get((*file.compile_config)["optimizer"], "cornu"));
    EXPECT_EQ(class_of((*back.compile_config)["optimizer"]), class_of((*file.compile_config)["optimizer"]));
  }
}

TEST(Keras2File, EverythingThatKeras2LacksIsListed) {
  ModelFile file;
  file.architecture = parse_json(R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
      {"module": "keras.layers", "class_name": "RMSNormalization", "config": {"name": "norm"}},
      {"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "activation": "sparsemax"}}]}})",
                                 "architecture");
  const std::string error = error_of([&] { keras3_to_2(file, "x.h5"); });
  for (const char* part : {"norm", "RMSNormalization", "\"d\"", "sparsemax", "way out"})
    EXPECT_NE(error.find(part), std::string::npos) << error;
  EXPECT_NE(error_of([&] { write_keras2_file(file, "x.keras"); }).find("way out"), std::string::npos);
}

TEST(WeightShards, ComeBackAsTheyWere) {
  const TemporaryFolder folder;
  const ModelFile file = read_model_file(generation("tf_keras-2.21.0-mlp_adam/model.h5"));
  write_weight_shards(file, folder / "w.weights.json", 1000);
  EXPECT_TRUE(std::filesystem::exists(folder / "w_00001.weights.h5"));
  const WeightsFile back = read_weights_file(folder / "w.weights.json", file.architecture);
  ModelFile other;
  other.weights = back.weights;
  other.optimizer = back.optimizer;
  // A Sequential's tree has no entry for its InputLayer.
  ModelFile expected = file;
  std::erase_if(expected.weights, [](const LayerWeights& layer) { return layer.weights.empty(); });
  std::erase_if(other.weights, [](const LayerWeights& layer) { return layer.weights.empty(); });
  expect_same_weights(expected, other);
  EXPECT_NE(error_of([&] { write_weight_shards(file, folder / "w.h5", 1000); }).find("way out"), std::string::npos);
}

TEST(WeightShards, AnIndexIsNoPath) {
  const TemporaryFolder folder;
  const Json none = parse_json(R"({"class_name": "Sequential", "config": {"name": "s", "layers": []}})", "none");
  write_bytes(folder / "w.weights.json", R"({"weight_map": {"/vars": ["../../etc/passwd"]}})");
  EXPECT_NE(error_of([&] { read_weights_file(folder / "w.weights.json", none); }).find("without a path"),
            std::string::npos);
  write_bytes(folder / "w.weights.json", R"({"weight_map": 3})");
  EXPECT_NE(error_of([&] { read_weights_file(folder / "w.weights.json", none); }).find("weight_map"),
            std::string::npos);
}

// What Keras 0.3 wrote: numbered groups, kernels of Theano.
TEST(OldWeights, NumberedGroups) {
  const TemporaryFolder folder;
  Hdf5Writer writer(folder / "old.h5", Placement::kDisk);
  Tensor kernel(Shape{2, 1, 1, 2});
  for (int i = 0; i < 4; ++i) kernel.mutable_data<float>()[i] = static_cast<float>(i + 1);
  const Tensor dense = Tensor::full({3, 2}, 5, float32);
  writer.set_text("", "nb_layers", "2", Charset::kAscii);
  writer.write_dataset("layer_0/param_0", kernel);
  writer.write_dataset("layer_0/param_1", Tensor::full({2}, 7, float32));
  writer.write_dataset("layer_1/param_0", dense);
  write_file_atomically(folder / "old.h5", writer.finish().views());
  const Json architecture = parse_json(R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
      {"class_name": "Conv2D", "config": {"name": "c", "filters": 2, "data_format": "channels_first"}},
      {"class_name": "Dense", "config": {"name": "d"}}]}})",
                                       "architecture");
  const WeightsFile file = read_weights_file(folder / "old.h5", architecture);
  ASSERT_EQ(file.weights.size(), 2u);
  EXPECT_EQ(file.weights[0].weights[0].name, "c/kernel");
  // (filters, in, rows, columns) -> (rows, columns, in, filters), columns backwards.
  EXPECT_EQ(file.weights[0].weights[0].value.shape(), Shape({1, 2, 1, 2}));
  EXPECT_EQ(file.weights[0].weights[0].value.to_vector<float>(), (std::vector<float>{2, 4, 1, 3}));
  EXPECT_EQ(file.weights[1].weights[0].value, dense);
}

TEST(KerasFolder, IsReadAsAZip) {
  const TemporaryFolder folder;
  EXPECT_NE(reading_error(folder.path()).find("config.json"), std::string::npos);
  write_bytes(folder / "config.json", "{}");
  EXPECT_NE(reading_error(folder.path()).find("model.weights.h5"), std::string::npos);
  // The members as they are in a zip that is stored.
  const ModelFile file = read_model_file(generation("tf_keras-2.21.0-mlp_adam/model.h5"));
  Json config = file.architecture;
  config["compile_config"] = *file.compile_config;
  write_bytes(folder / "config.json", dump_json(config));
  write_bytes(folder / "metadata.json", R"({"keras_version": "3.15.1"})");
  write_weights_file(file, folder / "model.weights.h5");
  const ModelFile back = read_model_file(folder.path());
  EXPECT_EQ(back.keras_version, "3.15.1");
  ASSERT_EQ(back.optimizer.size(), file.optimizer.size());
  EXPECT_EQ(back.optimizer.back().value, file.optimizer.back().value);
}

}  // namespace
}  // namespace cornu::saving
