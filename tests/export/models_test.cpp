// Models as nobody would write them: layers and arguments as they come. Each is exported and judges as the reference
// engine does, or is refused, by building or by exporting, with a reason.
#include <gtest/gtest.h>

#include <iostream>

#include "cornu/core/random.h"
#include "cornu/export/int8/int8.h"
#include "cornu/models/from_file.h"
#include "cornu/models/network.h"
#include "tests/export/c_program.h"

namespace cornu::export_test {
namespace {

class Models {
 public:
  explicit Models(std::uint64_t seed) : stream_(seed) {}

  // {"class_name": "Sequential", ...} of one to six layers on an input of rank 2 to 4.
  Json next() {
    Json layers = Json::array();
    Json shape = Json::array({nullptr});
    for (std::int64_t rank = number(1, 3); rank > 0; --rank) shape.push_back(number(1, 9));
    layers.push_back({{"class_name", "InputLayer"}, {"config", {{"name", "in"}, {"batch_shape", shape}}}});
    for (std::int64_t i = 0, n = number(1, 6); i < n; ++i) {
      Json layer = any_layer();
      layer["config"]["name"] = cat("layer_", i);
      layers.push_back(std::move(layer));
    }
    return {{"class_name", "Sequential"}, {"config", {{"name", "m"}, {"layers", std::move(layers)}}}};
  }
  RandomStream& stream() { return stream_; }

 private:
  std::int64_t number(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(stream_.below(static_cast<std::uint64_t>(high - low + 1)));
  }
  template <class... T>
  std::string one_of(const T&... words) {
    const std::string all[] = {words...};
    return all[stream_.below(sizeof...(words))];
  }
  Json pair(std::int64_t low, std::int64_t high) { return Json::array({number(low, high), number(low, high)}); }
  std::string padding() { return one_of("valid", "same"); }
  std::string format() { return number(0, 3) ? "channels_last" : "channels_first"; }
  std::string activation() {
    return one_of("linear", "relu", "relu6", "sigmoid", "tanh", "softmax", "elu", "selu", "gelu", "silu", "softplus",
                  "softsign", "hard_sigmoid", "exponential", "mish", "leaky_relu", "log_softmax", "nonesuch");
  }
  static Json made(const std::string& class_name, Json config) {
    return {{"class_name", class_name}, {"config", std::move(config)}};
  }

  Json any_layer() {
    switch (number(0, 3)) {
      case 0: return convolution();
      case 1: return shape_of_things();
      case 2: return number(0, 1) ? pooling() : normalization();
      default: return made("Dense", {{"units", number(0, 12)}, {"activation", activation()}});
    }
  }
  Json convolution() {
    Json config = {{"kernel_size", pair(1, 4)},
                   {"strides", pair(1, 2)},
                   {"padding", padding()},
                   {"data_format", format()},
                   {"activation", activation()}};
    const std::string kind = one_of("Conv2D", "Conv1D", "DepthwiseConv2D", "SeparableConv2D", "Conv2DTranspose");
    if (kind == "Conv1D") {
      config["kernel_size"] = number(1, 4);
      config["strides"] = number(1, 2);
    }
    if (kind != "DepthwiseConv2D") config["filters"] = number(1, 8);
    if (kind == "Conv2D" && number(0, 1)) config["dilation_rate"] = pair(1, 2);
    return made(kind, std::move(config));
  }
  Json pooling() {
    const std::string kind = one_of("MaxPooling2D", "AveragePooling2D", "MaxPooling1D", "GlobalAveragePooling2D",
                                    "GlobalMaxPooling1D", "AdaptiveAveragePooling2D");
    if (starts_with(kind, "Global")) return made(kind, {{"keepdims", number(0, 1) == 1}});
    if (starts_with(kind, "Adaptive")) return made(kind, {{"output_size", pair(1, 3)}});
    Json config = {{"pool_size", pair(1, 3)}, {"strides", nullptr}, {"padding", padding()}, {"data_format", format()}};
    if (kind == "MaxPooling1D") config["pool_size"] = number(1, 3);
    return made(kind, std::move(config));
  }
  Json normalization() {
    const std::string kind = one_of("BatchNormalization", "LayerNormalization", "GroupNormalization",
                                    "UnitNormalization", "RMSNormalization");
    if (kind == "GroupNormalization") return made(kind, {{"groups", number(1, 4)}});
    return made(kind, {{"axis", number(-2, 2)}});
  }
  Json shape_of_things() {
    const std::string kind = one_of("Flatten", "Reshape", "Permute", "ZeroPadding2D", "Cropping2D", "UpSampling2D",
                                    "Dropout", "Activation", "RepeatVector", "Rescaling", "LeakyReLU", "Softmax");
    if (kind == "Reshape") return made(kind, {{"target_shape", Json::array({number(1, 4), -1})}});
    if (kind == "Permute") return made(kind, {{"dims", number(0, 1) ? Json{2, 1} : Json{3, 1, 2}}});
    if (kind == "ZeroPadding2D") return made(kind, {{"padding", pair(0, 2)}});
    if (kind == "Cropping2D") return made(kind, {{"cropping", pair(0, 2)}});
    if (kind == "UpSampling2D")
      return made(kind, {{"size", pair(1, 2)}, {"interpolation", one_of("nearest", "bilinear")}});
    if (kind == "Dropout") return made(kind, {{"rate", 0.5}});
    if (kind == "Activation") return made(kind, {{"activation", activation()}});
    if (kind == "RepeatVector") return made(kind, {{"n", number(1, 4)}});
    if (kind == "Rescaling") return made(kind, {{"scale", 0.5}, {"offset", -1.0}});
    return made(kind, Json::object());
  }

  RandomStream stream_;
};

// A reason names what came, and says what was expected or which ops have no form.
void expect_reason(const std::string& text, const Json& model) {
  EXPECT_GT(text.size(), 20u) << dump_json(model);
  EXPECT_TRUE(text.find("received") != std::string::npos || text.find("cannot") != std::string::npos ||
              text.find("known are") != std::string::npos)
      << text << "\n"
      << dump_json(model);
}

TEST(ExportModels, AreExportedOrRefusedWithAReason) {
  Models models(23);
  std::vector<Judgment> judgments;
  int built = 0, refused = 0, int8 = 0;
  for (int i = 0; i < 1500 && judgments.size() < 60; ++i) {
    const Json model = models.next();
    std::optional<Layer> network;
    try {
      network = models::network_from_config(model);
    } catch (const Error& error) {
      ++refused;
      expect_reason(error.what(), model);
      continue;
    }
    ++built;
    const exporting::InferenceGraph graph = exporting::prepared(exporting::inference_graph(network_of(*network)));
    const ir::Type type = graph.graph.type(graph.graph.parameters()[0]);
    std::vector<float> values;
    for (std::int64_t j = 0; j < type.shape.size(); ++j)
      values.push_back(static_cast<float>(models.stream().uniform(-1, 1)));
    const Tensor x = Tensor::from(values, type.shape);
    std::string why;
    std::optional<Judgment> judged = judgment(dump_json(model), graph, {x}, &why);
    judged ? judgments.push_back(std::move(*judged)) : expect_reason(why, model);
    try {
      (void)int8_export::recognize(graph);
      ++int8;
    } catch (const NotSupportedError& error) {
      expect_reason(error.what(), model);
    }
  }
  std::cout << built << " built, " << refused << " refused, " << judgments.size() << " exported, " << int8
            << " with an int8 form\n";
  EXPECT_GT(judgments.size(), 40u);
  EXPECT_GT(int8, 5);
  expect_same(judgments, "gcc", "-O1 -fsanitize=address,undefined -fno-sanitize-recover=all");
}

}  // namespace
}  // namespace cornu::export_test
