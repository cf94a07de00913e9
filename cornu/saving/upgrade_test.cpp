// The steps of upgrading on small pieces of JSON.
#include <gtest/gtest.h>

#include "cornu/core/error.h"
#include "cornu/saving/config_words.h"
#include "cornu/saving/upgrade_steps.h"

namespace cornu::saving {
namespace {

Json layer(const std::string& text) {
  Notes notes;
  return layer_to_3(parse_json(text), notes)["config"];
}

Json metrics(const std::string& text) {
  Notes notes;
  return compile_config_to_3(Json{{"optimizer_config", nullptr}, {"metrics", parse_json(text)}}, {2, 6, 0},
                             notes)["metrics"];
}

Json loss(const std::string& text) {
  Notes notes;
  return loss_to_3(parse_json(text), notes);
}

TEST(UpgradeLayer, AlphaOfLeakyReluIsItsNegativeSlope) {
  const Json config =
      layer(R"({"class_name": "LeakyReLU", "config": {"name": "l", "alpha": {"type": "ndarray", "value": 0.25}}})");
  EXPECT_EQ(config["negative_slope"], 0.25);
  EXPECT_FALSE(config.contains("alpha"));
}

// Keras 2.0 still had it.
TEST(UpgradeLayer, TheMergingLayerOfKeras1) {
  Notes notes;
  const Json sum = layer_to_3(
      parse_json(R"({"class_name": "Merge", "name": "m", "config": {"name": "m", "mode": "sum", "mode_type": "raw"}})"),
      notes);
  EXPECT_EQ(sum["class_name"], "Add");
  EXPECT_EQ(sum["config"]["name"], "m");
  const Json own = layer_to_3(
      parse_json(R"({"class_name": "Merge", "name": "m", "config": {"name": "m", "mode": "<lambda>"}})"), notes);
  EXPECT_EQ(own["class_name"], "Merge") << "a function: nobody can read it";
}

TEST(UpgradeLayer, AnInitializerThatWasAFunction) {
  Notes notes;
  const Json config = layer_to_3(
      parse_json(R"({"class_name": "Dense", "config": {"name": "d", "units": 1, "kernel_initializer": "<lambda>"}})"),
      notes)["config"];
  EXPECT_EQ(class_of(config["kernel_initializer"]), "GlorotUniform");
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_NE(notes[0].find("the weights are the file's"), std::string::npos);
}

TEST(UpgradeLayer, AListOfOneAxisIsThatAxis) {
  const Json config =
      layer(R"({"class_name": "BatchNormalization", "config": {"name": "b", "axis": [3], "momentum": 0.9}})");
  EXPECT_EQ(config["axis"], 3);
  EXPECT_EQ(config["momentum"], 0.9);
  EXPECT_EQ(config["renorm"], false);
}

TEST(UpgradeLayer, PoliciesAndTypesOfInputs) {
  EXPECT_EQ(get(config_of(layer(R"({"class_name": "Dense", "config": {"name": "d", "units": 1,
      "dtype": {"class_name": "Policy", "config": {"name": "mixed_float16"}}}})")["dtype"]),
                "name"),
            "mixed_float16");
  // An Embedding that comes first carries the type of its input.
  EXPECT_EQ(
      get(config_of(layer(
              R"({"class_name": "Embedding", "config": {"name": "e", "input_dim": 3, "dtype": "int32"}})")["dtype"]),
          "name"),
      "float32");
}

TEST(UpgradeLayer, UnknownClassesKeepTheirKeysBehindTheCommonOnes) {
  const Json config = layer(R"({"class_name": "Conv2D", "config": {"filters": 4, "name": "c",
      "kernel_initializer": {"class_name": "HeNormal", "config": {"seed": 1}}, "kernel_regularizer":
      {"class_name": "L1L2", "config": {"l1": 0.0, "l2": 0.5}}}})");
  EXPECT_EQ(config.begin().key(), "name");
  EXPECT_EQ(config["filters"], 4);
  EXPECT_EQ(config["kernel_initializer"]["module"], "keras.initializers");
  EXPECT_EQ(config["kernel_regularizer"]["module"], "keras.regularizers");
}

TEST(UpgradeLayer, DroppedKeysAreNoted) {
  Notes notes;
  layer_to_3(parse_json(R"({"class_name": "Dense", "config": {"name": "d", "units": 1, "strange": 7}})"), notes);
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_NE(notes[0].find("strange"), std::string::npos);
}

TEST(UpgradeLayer, WrappedLayersToo) {
  const Json config = layer(R"({"class_name": "TimeDistributed", "config": {"name": "t", "layer":
      {"class_name": "LeakyReLU", "config": {"name": "l", "alpha": 0.5}}}})");
  EXPECT_EQ(config["layer"]["config"]["negative_slope"], 0.5);
}

TEST(UpgradeLayer, BatchNormalizationDropsWhatOnlyChoseAnImplementation) {
  Notes notes;
  const Json config = layer_to_3(parse_json(R"({"class_name": "BatchNormalization", "config": {"name": "b", "axis": [1],
      "fused": true, "renorm": false, "virtual_batch_size": null}})"),
                                 notes)["config"];
  EXPECT_FALSE(config.contains("fused"));
  EXPECT_FALSE(config.contains("virtual_batch_size"));
  EXPECT_EQ(config["axis"], 1);
  EXPECT_TRUE(notes.empty());
  layer_to_3(parse_json(R"({"class_name": "BatchNormalization", "config": {"name": "b", "virtual_batch_size": 8}})"),
             notes);
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_NE(notes[0].find("virtual_batch_size"), std::string::npos);
  // What changes the numbers for good stays, for the layer to refuse.
  EXPECT_EQ(layer(R"({"class_name": "BatchNormalization", "config": {"name": "b", "renorm": true}})")["renorm"], true);
}

TEST(UpgradeLayer, SpatialDropoutHasNoTrainableAndAPlainType) {
  Notes notes;
  const Json config = layer_to_3(parse_json(R"({"class_name": "SpatialDropout2D", "config": {"name": "s",
      "trainable": true, "dtype": "float64", "rate": 0.5, "noise_shape": null, "seed": 3}})"),
                                 notes)["config"];
  EXPECT_EQ(dump_json(config),
            R"({"rate": 0.5, "seed": 3, "name": "s", "dtype": "float64", "data_format": "channels_last"})");
  EXPECT_TRUE(notes.empty());
}

TEST(UpgradeLayer, NormalizingLayersOfTheLastTfKeras) {
  EXPECT_EQ(layer(R"({"class_name": "GroupNormalization", "config": {"name": "g", "groups": 4}})")["epsilon"], 0.001);
  EXPECT_EQ(layer(R"({"class_name": "UnitNormalization", "config": {"name": "u", "axis": [1, 2]}})")["axis"],
            parse_json("[1, 2]"));
  EXPECT_EQ(layer(R"({"class_name": "Normalization", "config": {"name": "n", "axis": -1}})")["axis"],
            parse_json("[-1]"));
  const Json spectral = layer(R"({"class_name": "SpectralNormalization", "config": {"name": "s", "power_iterations": 2,
      "layer": {"class_name": "Dense", "config": {"name": "d", "units": 3, "kernel_initializer": "he_normal"}}}})");
  EXPECT_EQ(spectral["layer"]["module"], "keras.layers");
  EXPECT_EQ(spectral["layer"]["config"]["kernel_initializer"]["class_name"], "HeNormal");
  EXPECT_EQ(spectral["power_iterations"], 2);
}

TEST(UpgradeModel, CallsGetArgsAndKwargs) {
  Notes notes;
  const Json model = model_to_3(parse_json(R"({"class_name": "Functional", "config": {"name": "m", "layers": [
      {"class_name": "InputLayer", "config": {"batch_input_shape": [null, 2], "name": "x"}, "inbound_nodes": []},
      {"class_name": "MultiHeadAttention", "config": {"name": "a"},
       "inbound_nodes": [["x", 0, 0, {"value": ["x", 0, 0], "causal": true}]]}],
      "input_layers": [["x", 0, 0]], "output_layers": [["a", 0, 0]]}})"),
                                notes);
  const Json& call = model["config"]["layers"][1]["inbound_nodes"][0];
  EXPECT_EQ(call["args"][0]["config"]["keras_history"], parse_json(R"(["x", 0, 0])"));
  EXPECT_EQ(call["kwargs"]["value"]["class_name"], "__keras_tensor__");
  EXPECT_EQ(call["kwargs"]["causal"], true);
  EXPECT_EQ(model["config"]["input_layers"], parse_json(R"(["x", 0, 0])"));
}

TEST(UpgradeMetrics, WrappersBecomeWhatTheUserWrote) {
  EXPECT_EQ(metrics(R"([[{"class_name": "MeanMetricWrapper", "config": {"name": "accuracy", "dtype": "float32",
      "fn": "categorical_accuracy"}}, {"class_name": "MeanMetricWrapper", "config": {"name": "mae", "dtype": "float32",
      "fn": "mean_absolute_error"}}]])"),
            parse_json(R"(["accuracy", "mae"])"));
  EXPECT_EQ(
      dump_json(metrics(R"([[{"class_name": "MeanMetricWrapper", "config": {"name": "error", "dtype": "float32",
      "fn": "mean_absolute_error"}}]])")),
      R"([{"module": "keras.metrics", "class_name": "MeanAbsoluteError", "config": {"name": "error", "dtype": "float32"}, "registered_name": null}])");
}

TEST(UpgradeMetrics, NothingIsNullAndOutputsStayApart) {
  EXPECT_TRUE(metrics("[]").is_null());
  EXPECT_TRUE(metrics("null").is_null());
  EXPECT_EQ(metrics(R"([["mae"], ["mse"]])"), parse_json(R"([["mae"], ["mse"]])"));
  EXPECT_EQ(metrics(R"({"a": "logcosh"})"), parse_json(R"({"a": "log_cosh"})"));
}

TEST(UpgradeLoss, NamesThatKeras3RefusesAndObjects) {
  EXPECT_EQ(loss(R"("mse")"), "mse");
  EXPECT_EQ(loss(R"("kullback_leibler_divergence")"), "kl_divergence");
  EXPECT_EQ(loss(R"(["logcosh", null])"), parse_json(R"(["log_cosh", null])"));
  EXPECT_EQ(
      dump_json(
          loss(R"({"class_name": "Huber", "config": {"reduction": "auto", "name": "huber_loss", "delta": 1.5}})")),
      R"({"module": "keras.losses", "class_name": "Huber", "config": {"name": "huber_loss", "reduction": "sum_over_batch_size", "delta": 1.5}, "registered_name": null})");
}

TEST(UpgradeOptimizer, OldWords) {
  Notes notes;
  const UpgradedOptimizer adam = optimizer_to_3(
      parse_json(R"({"class_name": "Adam", "config": {"lr": 0.5, "beta_1": 0.8, "clipnorm": 1.0}})"), {2, 2, 4}, notes);
  EXPECT_EQ(
      dump_json(adam.object["config"]),
      R"({"name": "adam", "learning_rate": 0.5, "weight_decay": null, "clipnorm": null, "global_clipnorm": 1.0, "clipvalue": null, "use_ema": false, "ema_momentum": 0.99, "ema_overwrite_frequency": null, "loss_scale_factor": null, "gradient_accumulation_steps": null, "beta_1": 0.8, "beta_2": 0.999, "epsilon": 1e-07, "amsgrad": false})");
  EXPECT_EQ(adam.family, OptimizerFamily::kKeras1And2);
  EXPECT_EQ(optimizer_to_3("sgd", {2, 15, 0}, notes).object["class_name"], "SGD");
}

TEST(UpgradeKeras1, LayersThatDropAndMask) {
  const auto config = [](const std::string& text) { return keras1_to_2(parse_json(text), "f", "1.2.2")["config"]; };
  EXPECT_EQ(config(R"({"class_name": "SpatialDropout1D", "config": {"name": "s", "p": 0.25}})")["rate"], 0.25);
  EXPECT_EQ(config(R"({"class_name": "GaussianDropout", "config": {"name": "g", "p": 0.5}})")["rate"], 0.5);
  EXPECT_EQ(config(R"({"class_name": "Masking", "config": {"name": "m", "mask_value": 2.0}})")["mask_value"], 2.0);
}

TEST(UpgradeKeras1, Convolutions) {
  const Json conv = keras1_to_2(parse_json(R"({"class_name": "Convolution2D", "config": {"name": "c", "nb_filter": 4,
      "nb_row": 3, "nb_col": 5, "border_mode": "same", "subsample": [2, 1], "dim_ordering": "tf", "bias": false}})"),
                                "f", "1.2.2");
  EXPECT_EQ(conv, parse_json(R"({"class_name": "Conv2D", "config": {"name": "c", "filters": 4, "kernel_size": [3, 5],
      "padding": "same", "strides": [2, 1], "data_format": "channels_last", "use_bias": false}})"));
  const Json pool = keras1_to_2(parse_json(R"({"class_name": "MaxPooling1D", "config": {"name": "p", "pool_length": 2,
      "stride": 3, "border_mode": "valid"}})"),
                                "f", "1.2.2");
  EXPECT_EQ(pool["config"], parse_json(R"({"name": "p", "pool_size": 2, "strides": 3, "padding": "valid"})"));
}

TEST(UpgradeKeras1, AllThatCannotBeReadIsListedAtOnce) {
  const Json model = parse_json(R"({"class_name": "Sequential", "config": [
      {"class_name": "MaxoutDense", "config": {"name": "first"}}, {"class_name": "Dense", "config": {"name": "d"}},
      {"class_name": "Sequential", "config": [{"class_name": "Highway", "config": {"name": "second"}}]}]})");
  try {
    keras1_to_2(model, "f", "1.2.2");
    ADD_FAILURE();
  } catch (const FileError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("'first' of class MaxoutDense"), std::string::npos) << text;
    EXPECT_NE(text.find("'second' of class Highway"), std::string::npos) << text;
  }
}

TEST(UpgradeKeras1, ConvolutionsOfEveryRank) {
  const auto config = [](const char* layer) { return keras1_to_2(parse_json(layer), "f", "1.2.2"); };
  EXPECT_EQ(config(R"({"class_name": "AtrousConvolution1D", "config": {"name": "c", "nb_filter": 4, "filter_length": 3,
      "subsample_length": 1, "atrous_rate": 2, "border_mode": "valid"}})"),
            parse_json(R"({"class_name": "Conv1D", "config": {"name": "c", "filters": 4, "kernel_size": 3, "strides": 1,
      "dilation_rate": 2, "padding": "valid"}})"));
  EXPECT_EQ(config(R"({"class_name": "Convolution3D", "config": {"name": "c", "kernel_dim1": 1, "kernel_dim2": 2,
      "kernel_dim3": 3, "dim_ordering": "th"}})"),
            parse_json(R"({"class_name": "Conv3D", "config": {"name": "c", "kernel_size": [1, 2, 3],
      "data_format": "channels_first"}})"));
  EXPECT_EQ(config(R"({"class_name": "Embedding", "config": {"name": "e", "input_dim": 5, "output_dim": 3,
      "init": "uniform", "dropout": 0.0, "input_length": 7}})"),
            parse_json(R"({"class_name": "Embedding", "config": {"name": "e", "input_dim": 5, "output_dim": 3,
      "embeddings_initializer": {"class_name": "RandomUniform", "config": {}}}})"));
}

TEST(UpgradeKeras1, WhatNeedsMoreThanWordsIsRefusedByName) {
  for (const auto& [layer, what] :
       {std::pair{R"({"class_name": "SeparableConvolution2D", "config": {"name": "c", "dim_ordering": "th"}})",
                  "kernels in Theano's order"},
        {R"({"class_name": "MaxoutDense", "config": {"name": "c"}})", "layers of class MaxoutDense"}}) {
    try {
      keras1_to_2(parse_json(layer), "f", "1.2.2");
      ADD_FAILURE() << layer;
    } catch (const FileError& error) {
      for (const std::string& part : {std::string(what), std::string("1.2.2"), std::string("way out")})
        EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
  }
}

TEST(UpgradeLayer, WhatConvolutionsOfKeras2Inherit) {
  Notes notes;
  const Json config = layer_to_3(parse_json(R"({"class_name": "DepthwiseConv2D", "config": {"name": "d", "groups": 1,
      "kernel_size": [3, 3], "strides": [1, 1], "dilation_rate": [1, 1], "kernel_initializer": {"class_name": "Zeros",
      "config": {}}, "depth_multiplier": 2}})"),
                                 notes)["config"];
  EXPECT_FALSE(config.contains("groups"));
  EXPECT_FALSE(config.contains("kernel_initializer"));
  EXPECT_EQ(config["depth_multiplier"], 2);
  EXPECT_TRUE(notes.empty());
}

TEST(UpgradeKeras1, RegularizersAndConstraints) {
  const Json dense = keras1_to_2(parse_json(R"({"class_name": "Dense", "config": {"name": "d", "output_dim": 3,
      "W_regularizer": {"name": "WeightRegularizer", "l1": 0.0, "l2": 0.5},
      "b_constraint": {"name": "MaxNorm", "m": 2, "axis": 0}}})"),
                                 "f", "1.2.2");
  EXPECT_EQ(dense["config"]["kernel_regularizer"],
            parse_json(R"({"class_name": "L1L2", "config": {"l1": 0.0, "l2": 0.5}})"));
  EXPECT_EQ(dense["config"]["bias_constraint"],
            parse_json(R"({"class_name": "MaxNorm", "config": {"max_value": 2, "axis": 0}})"));
  EXPECT_EQ(dense["config"]["units"], 3);
}

}  // namespace
}  // namespace cornu::saving
