// What older generations compute otherwise is marked beside the configuration, and only there.
#include <gtest/gtest.h>

#include "cornu/core/beside.h"
#include "cornu/core/error.h"
#include "cornu/saving/config_words.h"
#include "cornu/saving/upgrade_steps.h"

namespace cornu::saving {
namespace {

Json model(const char* layers) {
  return parse_json(cat(R"({"class_name": "Sequential", "config": {"name": "s", "layers": [)", layers, "]}}"), "model");
}

Json meaning(const Writer& writer) {
  Json architecture = model(R"({"class_name": "BatchNormalization", "config": {"name": "b"}})");
  Notes notes;
  mark_normalization(architecture, writer, notes);
  EXPECT_EQ(notes.size(), get(architecture["config"]["layers"][0], "cornu").is_null() ? 0u : 1u);
  return get(architecture["config"]["layers"][0], "cornu");
}

TEST(Generations, MovingVariance) {
  EXPECT_EQ(meaning({{2, 15, 0}, true, "tensorflow"}), Json({{"fused_ranks", {4, 5}}}));
  EXPECT_EQ(meaning({{2, 3, 1}, false, "tensorflow"}),
            parse_json(R"({"fused_ranks": [4], "sample_variance": true})", ""));
  EXPECT_EQ(meaning({{2, 2, 4}, false, "theano"}), Json({{"sample_variance", true}}));
  EXPECT_TRUE(meaning({{2, 0, 4}, false, "tensorflow"}).is_null());
  EXPECT_TRUE(meaning({{2, 2, 4}, false, "cntk"}).is_null());
}

TEST(Generations, TfKerasIsToldFromKeras) {
  EXPECT_TRUE(is_tf_keras("2.2.4-tf"));
  EXPECT_TRUE(is_tf_keras("2.4.0"));
  EXPECT_FALSE(is_tf_keras("2.3.1"));
  EXPECT_FALSE(is_tf_keras("3.0.0"));
}

TEST(Generations, BinaryCrossentropyOfTfKeras) {
  Notes notes;
  Json loss = parse_json(R"({"a": "bce", "b": "mse"})", "loss");
  mark_losses(loss, {{2, 10, 0}, true, "tensorflow"}, notes);
  EXPECT_EQ(loss["a"]["class_name"], "BinaryCrossentropy");
  EXPECT_EQ(loss["a"]["cornu"]["epsilon_inside_log"], true);
  EXPECT_EQ(loss["b"], "mse");
  Json other = "binary_crossentropy";
  mark_losses(other, {{2, 2, 4}, false, "tensorflow"}, notes);
  EXPECT_EQ(other, "binary_crossentropy");
}

TEST(Generations, PaddingOfTheano) {
  Json architecture = model(R"(
      {"class_name": "Conv2D", "config": {"name": "a", "padding": "same", "strides": [1, 1], "kernel_size": [3, 3]}},
      {"class_name": "Conv2D", "config": {"name": "b", "padding": "same", "strides": [2, 2], "kernel_size": [3, 3]}})");
  mark_theano(architecture, "f.h5");
  EXPECT_FALSE(architecture["config"]["layers"][0].contains("cornu"));
  EXPECT_EQ(architecture["config"]["layers"][1]["cornu"]["half_padding"], true);
  Json pool = model(R"({"class_name": "MaxPooling2D", "config": {"name": "p", "padding": "same"}},
                       {"class_name": "Conv2DTranspose", "config": {"name": "t", "padding": "same"}})");
  try {
    mark_theano(pool, "f.h5");
    ADD_FAILURE();
  } catch (const FileError& error) {
    const std::string text = error.what();
    for (const char* part : {"f.h5", "\"p\"", "\"t\"", "way out"})
      EXPECT_NE(text.find(part), std::string::npos) << text;
  }
}

TEST(Beside, UnknownMeaningsAreNamed) {
  EXPECT_THROW(check_beside(Json{{"later", 1}}, {"now"}, "loss"), ValueError);
  EXPECT_THROW(beside(Json{{"flag", "yes"}}, "flag", false), ValueError);
  const Json object = parse_json(R"({"class_name": "A", "config": {}, "cornu": {"x": 1}})", "object");
  EXPECT_EQ(with_beside_outside(with_beside_inside(object)), object);
}

}  // namespace
}  // namespace cornu::saving
