#include "cornu/saving/model_file.h"

#include "cornu/saving/config_words.h"
#include "cornu/saving/test_files.h"

namespace cornu::saving {
namespace {

struct Case {
  const char* file;
  int dialect;
  std::size_t optimizer_variables;  // after upgrading
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.file; }

class EveryGeneration : public testing::TestWithParam<Case> {};

TEST_P(EveryGeneration, IsReadAndSurvivesBothFormats) {
  const ModelFile file = read_model_file(generation(GetParam().file));
  EXPECT_EQ(file.dialect, GetParam().dialect);
  EXPECT_EQ(file.optimizer.size(), GetParam().optimizer_variables);
  EXPECT_TRUE(get(file.architecture, "module").is_string());
  ASSERT_TRUE(file.compile_config);
  EXPECT_EQ(get(get(*file.compile_config, "optimizer"), "module"), "keras.optimizers");
  const TemporaryFolder folder;
  for (const char* name : {"again.h5", "again.keras"}) {
    write_model_file(file, folder / name);
    const ModelFile again = read_model_file(folder / name);
    EXPECT_EQ(again.dialect, 3) << name;
    expect_same_weights(file, again);
    EXPECT_EQ(*again.compile_config, *file.compile_config) << name;
    // The .h5 of Keras 3 has no build_config.
    if (file.dialect < 3 || again.format == Format::kKerasZip) {
      EXPECT_EQ(dump_json(again.architecture), dump_json(file.architecture)) << name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Mlp, EveryGeneration,
    testing::Values(
        Case{"keras-1.0.8-mlp_rmsprop/model.h5", 1, 6}, Case{"keras-1.0.8th-mlp_momentum/model.h5", 1, 5},
        Case{"keras-1.2.2-mlp_adam/model.h5", 1, 10}, Case{"keras-1.2.2-mlp_momentum/model.h5", 1, 5},
        Case{"keras-1.2.2-mlp_square/model.h5", 1, 46}, Case{"keras-2.0.4-mlp_adam/model.h5", 2, 10},
        Case{"keras-2.0.4-mlp_rmsprop/model.h5", 2, 6}, Case{"keras-2.0.4-mlp_square/model.h5", 2, 46},
        Case{"keras-2.1.6-mlp_sgd/model.h5", 2, 2}, Case{"keras-2.2.4-mlp_adam/model.h5", 2, 10},
        Case{"keras-2.2.4-mlp_momentum/model.h5", 2, 5}, Case{"keras-2.3.1-mlp_momentum/model.h5", 2, 5},
        Case{"keras-2.3.1-mlp_rmsprop/model.h5", 2, 6}, Case{"keras-2.3.1-mlp_sgd/model.h5", 2, 2},
        Case{"tfkeras-2.15.1-mlp_momentum/model.h5", 2, 6}, Case{"tfkeras-2.15.1-mlp_momentum/model.keras", 2, 6},
        Case{"tfkeras-2.12.1-mlp_adam/model.keras", 2, 10}, Case{"tf_keras-2.21.0-mlp_adam/model.h5", 2, 10},
        Case{"tf_keras-2.21.0-mlp_adam/model.keras", 2, 10}, Case{"tf_keras-2.21.0-mlp_rmsprop/model.h5", 2, 6},
        Case{"tf_keras-2.21.0-mlp_rmsprop/model.keras", 2, 6}, Case{"tf_keras-2.21.0-mlp_sgd/model.h5", 2, 2},
        Case{"tf_keras-2.21.0-mlp_sgd/model.keras", 2, 2}, Case{"keras-3.0.5-mlp_adam/model.h5", 3, 10},
        Case{"keras-3.1.1-mlp_momentum/model.h5", 3, 6}, Case{"keras-3.15.1-mlp_momentum/model.h5", 3, 6},
        Case{"keras-3.15.1-mlp_momentum/model.keras", 3, 6}, Case{"keras-3.15.1-mlp_rmsprop/model.h5", 3, 6},
        Case{"keras-3.15.1-mlp_rmsprop/model.keras", 3, 6}, Case{"keras-3.15.1-mlp_sgd/model.keras", 3, 2}));

INSTANTIATE_TEST_SUITE_P(
    Others, EveryGeneration,
    testing::Values(Case{"keras-2.0.4-func/model.h5", 2, 22}, Case{"keras-2.0.4-nested/model.h5", 2, 16},
                    Case{"keras-2.1.6-bidi/model.h5", 2, 32}, Case{"tfkeras-2.4.4-nested/model.h5", 2, 16},
                    Case{"keras-3.13.2-nested/model.keras", 3, 16}, Case{"keras-3.13.2-bidi/model.keras", 3, 32},
                    Case{"keras-3.15.1-cnn/model.h5", 3, 18}, Case{"keras-2.0.4th-cnn_th/model.h5", 2, 18}));

// The same model at the same moment in both formats, so the same description.
TEST(ModelFile, BothFormatsOfOneModelAgree) {
  for (const std::string name : {"keras-3.15.1-mlp_momentum", "keras-3.15.1-mlp_rmsprop", "tf_keras-2.21.0-mlp_adam",
                                 "tfkeras-2.15.1-mlp_momentum"}) {
    const ModelFile h5 = read_model_file(generation(name + "/model.h5"));
    const ModelFile zip = read_model_file(generation(name + "/model.keras"));
    expect_same_weights(h5, zip);
    EXPECT_EQ(h5.compile_config, zip.compile_config) << name;
    EXPECT_EQ(h5.format, Format::kHdf5);
    EXPECT_EQ(zip.format, Format::kKerasZip);
  }
}

TEST(ModelFile, KerasFilesComeBackByteForByte) {
  const TemporaryFolder folder;
  for (const std::string name : {"keras-3.15.1-mlp_momentum", "keras-3.15.1-mlp_rmsprop", "keras-3.15.1-cnn"}) {
    const std::string original = generation(name + "/model.h5");
    write_model_file(read_model_file(original), folder / "again.h5");
    EXPECT_TRUE(read_bytes(original) == read_bytes(folder / "again.h5")) << name;
  }
}

TEST(ModelFile, KerasZipComesBackByteForByteButForItsDates) {
  const TemporaryFolder folder;
  const std::string original = read_bytes(generation("keras-3.15.1-mlp_momentum/model.keras"));
  write_model_file(read_model_file(generation("keras-3.15.1-mlp_momentum/model.keras")), folder / "again.keras");
  const std::string again = read_bytes(folder / "again.keras");
  ASSERT_EQ(original.size(), again.size());
  std::size_t different = 0;
  for (std::size_t i = 0; i < again.size(); ++i) different += again[i] != original[i];
  // Date of saving (19 characters), its checksum twice, date and time of the member twice.
  EXPECT_LE(different, 19u + 8u + 8u);
}

TEST(ModelFile, SequentialOfKeras2BecomesThatOfKeras3) {
  const ModelFile file = read_model_file(generation("keras-2.0.4-mlp_adam/model.h5"));
  EXPECT_EQ(
      dump_json(file.architecture["config"]["layers"][0]),
      R"({"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 20], "dtype": "float32", "sparse": false, "ragged": false, "name": "dense_1_input", "optional": false}, "registered_name": null})");
  EXPECT_EQ(
      dump_json(file.architecture["config"]["layers"][1]),
      R"({"module": "keras.layers", "class_name": "Dense", "config": {"name": "dense_1", "trainable": true, "dtype": {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}, "registered_name": null}, "units": 16, "activation": "relu", "use_bias": true, "kernel_initializer": {"module": "keras.initializers", "class_name": "VarianceScaling", "config": {"seed": null, "scale": 1.0, "mode": "fan_avg", "distribution": "uniform", "input_axes": null, "output_axes": null}, "registered_name": null}, "bias_initializer": {"module": "keras.initializers", "class_name": "Zeros", "config": {}, "registered_name": null}, "kernel_regularizer": null, "bias_regularizer": null, "kernel_constraint": null, "bias_constraint": null, "quantization_config": null}, "registered_name": null})");
  EXPECT_EQ(file.weights[0].weights[0].name, "dense_1/kernel");
}

// Keras 1 and 2 write the same model in other words; after upgrading only the initializer's class differs.
TEST(ModelFile, Keras1SpeaksLikeKeras3) {
  const ModelFile one = read_model_file(generation("keras-1.2.2-mlp_adam/model.h5"));
  const ModelFile two = read_model_file(generation("keras-2.0.4-mlp_adam/model.h5"));
  Json dense = one.architecture["config"]["layers"][1];
  EXPECT_EQ(dense["config"]["kernel_initializer"]["class_name"], "GlorotUniform");
  dense["config"]["kernel_initializer"] = two.architecture["config"]["layers"][1]["config"]["kernel_initializer"];
  EXPECT_EQ(dense, two.architecture["config"]["layers"][1]);
  EXPECT_EQ(one.weights[0].weights[1].name, "dense_1/bias");
}

TEST(ModelFile, CallsOfNestedModelsAreCountedFromZero) {
  for (const char* name : {"keras-2.0.4-nested/model.h5", "tfkeras-2.4.4-nested/model.h5"}) {
    const ModelFile file = read_model_file(generation(name));
    const Json& layers = file.architecture["config"]["layers"];
    const Json& twice = layers[3];
    EXPECT_EQ(twice["inbound_nodes"][0]["args"][0]["config"]["keras_history"], Json::parse(R"(["block",0,0])"));
    const Json& sum = layers[4]["inbound_nodes"][0]["args"][0];
    ASSERT_EQ(sum.size(), 2u);
    EXPECT_EQ(sum[0]["config"]["keras_history"], Json::parse(R"(["twice",0,0])"));
    EXPECT_EQ(file.architecture["config"]["output_layers"], Json::parse(R"(["post",0,0])"));
  }
}

TEST(ModelFile, NestedWeightsAreListedTrainableOnesFirst) {
  const ModelFile file = read_model_file(generation("keras-3.13.2-nested/model.keras"));
  std::vector<std::string> names;
  for (const NamedTensor& weight : file.weights[2].weights) names.push_back(weight.name);
  EXPECT_EQ(names, (std::vector<std::string>{"block/b1/kernel", "block/b1/bias", "block/bbn/gamma", "block/bbn/beta",
                                             "block/b2/kernel", "block/b2/bias", "block/bbn/moving_mean",
                                             "block/bbn/moving_variance"}));
}

TEST(ModelFile, HardSigmoidOfKeras2KeepsItsMeaning) {
  const ModelFile file = read_model_file(generation("keras-2.1.6-bidi/model.h5"));
  EXPECT_NE(dump_json(file.architecture).find("\"config\": \"hard_sigmoid_keras2\""), std::string::npos);
  EXPECT_EQ(dump_json(file.architecture).find("\"hard_sigmoid\""), std::string::npos);
}

TEST(ModelFile, WeightsOfManyKindsSurvive) {
  const TemporaryFolder folder;
  ModelFile file = read_model_file(generation("keras-3.15.1-mlp_sgd/model.keras"));
  auto& weights = file.weights[0].weights;
  for (const DType dtype : {bool_, int8, int32, int64, uint8, float16, bfloat16, float32, float64}) {
    weights[0].value = Tensor::full(Shape{20, 16}, 1, dtype);
    weights[1].value = Tensor(Shape{}, dtype);
    for (const char* name : {"kinds.h5", "kinds.keras"}) {
      write_model_file(file, folder / name);
      expect_same_weights(file, read_model_file(folder / name));
    }
  }
  weights[0].value = Tensor(Shape{0, 16});
  write_model_file(file, folder / "empty.h5");
  expect_same_weights(file, read_model_file(folder / "empty.h5"));
}

TEST(ModelFile, ManyLayersNeedNamesInSeveralAttributes) {
  const TemporaryFolder folder;
  ModelFile file;
  file.architecture = parse_json(R"({"class_name": "Sequential", "config": {"name": "s", "layers": []}})");
  for (int i = 0; i < 3000; ++i) {
    const std::string name = cat("a_layer_with_a_name_of_some_length_", i);
    file.weights.push_back({name, {{name + "/kernel", Tensor::full(Shape{2}, i)}}});
  }
  write_model_file(file, folder / "many.h5");
  expect_same_weights(file, read_model_file(folder / "many.h5"));
}

TEST(ModelFile, AnUnknownEndingIsAnError) { EXPECT_THROW(write_model_file(ModelFile{}, "/tmp/model.onnx"), FileError); }

}  // namespace
}  // namespace cornu::saving
