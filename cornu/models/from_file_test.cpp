// Classes that are not Keras's: refused by name, built when the program has registered them, never looked up elsewhere.
#include "cornu/models/from_file.h"

#include <gtest/gtest.h>

#include "cornu/layers/from_config.h"

namespace cornu::models {
namespace {

Json sequential(const std::string& layer) {
  return parse_json(R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
      {"class_name": "InputLayer", "config": {"name": "in", "batch_shape": [null, 2]}}, )" +
                    layer + "]}}");
}

std::string error_of(const Json& architecture) {
  try {
    (void)network_from_config(architecture);
  } catch (const NotSupportedError& error) {
    return error.what();
  }
  return "";
}

TEST(FromFile, AClassThatOnlyItsWriterKnows) {
  const Json architecture = sequential(R"({"module": "their_module", "class_name": "Their", "registered_name":
      "their>Their", "config": {"name": "t", "units": 3}})");
  const std::string error = error_of(architecture);
  EXPECT_NE(error.find("their>Their \"t\" (names Their of the module their_module"), std::string::npos) << error;
  EXPECT_NE(error.find("register it before loading"), std::string::npos) << error;
  layers::registry().add("Their", {}, [](const Json& config) {
    return layers::registry().make("Dense", Json{{"name", config["name"]}, {"units", config["units"]}});
  });
  const Layer network = network_from_config(architecture);
  EXPECT_EQ(network.weights().size(), 2u);
}

// Keras finds a registered class first, whatever it is called; so a foreign "Dense" is not taken for Keras's.
TEST(FromFile, AForeignClassWithTheNameOfKerassOwn) {
  for (const char* layer : {R"({"module": "their_module", "class_name": "Dense", "registered_name": "theirs>Dense",
            "config": {"name": "d", "units": 3}})",
                            R"({"class_name": "theirs>Dense", "config": {"name": "d", "units": 3}})",
                            R"({"module": "their_module", "class_name": "Dense", "registered_name": "Dense",
            "config": {"name": "d", "units": 3}})"})
    EXPECT_NE(error_of(sequential(layer)).find("Dense \"d\""), std::string::npos) << layer;

  layers::registry().add("theirs>Dense", {}, [](const Json& config) {
    return layers::registry().make("Dense", Json{{"name", config["name"]}, {"units", 2 * config["units"].get<int>()}});
  });
  const Layer network = network_from_config(sequential(R"({"module": "their_module", "class_name": "Dense",
      "registered_name": "theirs>Dense", "config": {"name": "d", "units": 3}})"));
  EXPECT_EQ(network.weights()[1].shape(), Shape({6}));
}

TEST(FromFile, AClassOfOnesOwnIsWrittenWithTheNameThatKerasLooksFor) {
  const Registry<Layer>& registry = layers::registry();
  EXPECT_EQ(dump_json(registry.serialize("Dense", Json::object())),
            R"({"module": "keras.layers", "class_name": "Dense", "config": {}, "registered_name": null})");
  EXPECT_EQ(dump_json(registry.serialize("theirs>Gate", Json::object())),
            R"({"module": null, "class_name": "Gate", "config": {}, "registered_name": "theirs>Gate"})");
}

TEST(FromFile, AllThatStandsInTheWayIsSaidAtOnce) {
  const Json architecture = sequential(R"({"class_name": "Dense", "config": {"name": "a", "units": 2, "later": 3}},
      {"class_name": "Dropout", "config": {"name": "b", "rate": "much"}},
      {"class_name": "Dense", "config": {"name": "c", "units": 2, "also": null}})");
  try {
    (void)network_from_config(architecture);
    FAIL() << "nothing was thrown";
  } catch (const ValueError& error) {
    const std::string text = error.what();
    for (const char* part : {"2 layers of the model cannot be built", "layer \"a\" (Dense)", "\"later\": 3",
                             "layer \"b\" (Dropout)", "\"much\""})
      EXPECT_NE(text.find(part), std::string::npos) << part << " is not in:\n" << text;
  }
}

TEST(FromFile, ALambdaIsNamedWithWhatItHolds) {
  const std::string error = error_of(sequential(R"({"class_name": "Lambda", "config": {"name": "l", "function":
      {"class_name": "__lambda__", "config": {"code": "4wEAAAAA"}}}})"));
  EXPECT_NE(error.find("Lambda \"l\" (a Lambda layer with 8 characters of compiled Python"), std::string::npos)
      << error;
  EXPECT_NE(error.find("no code of a file is ever run"), std::string::npos) << error;
}

TEST(FromFile, AFunctionThatALayerCanSayInstead) {
  const std::string error = error_of(sequential(R"({"class_name": "Lambda", "config": {"name": "l", "function":
      {"module": "keras.activations", "class_name": "function", "config": "softmax"}}})"));
  EXPECT_NE(error.find("the same without code: Activation(\"softmax\")"), std::string::npos) << error;
}

}  // namespace
}  // namespace cornu::models
