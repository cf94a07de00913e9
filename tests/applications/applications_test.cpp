// Architectures against real Keras: counts, layers, weights and whole configurations; and files of weights alone.
#include <filesystem>
#include <fstream>

#include "cornu/applications/applications.h"
#include "cornu/data/sha256.h"
#include "tests/applications/builders.h"
#include "tests/golden/golden.h"

namespace cornu::golden {
namespace {

using namespace applications;
using tests::builders;

// For a look at a hash that differs: the text itself, where $CORNU_APPLICATIONS_TEXTS says, as applications.py does.
std::string hash(const std::string& text, const std::string& file) {
  if (const char* folder = std::getenv("CORNU_APPLICATIONS_TEXTS"))
    std::ofstream(std::filesystem::path(folder) / file) << text;
  data::Sha256 sha;
  sha.update({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  return sha.finish().substr(0, 16);
}

void compare(const Model& model, const Json& c) {
  const std::string name = c.at("name").get<std::string>();
  std::string layer_text, weight_text;
  for (const Layer& layer : model.layers()) {
    layer_text += cat(layer.name(), " ", layer.class_name(), " ", layer.output().shape(), "\n");
    for (const Variable& v : layer.weights()) weight_text += cat(v.path(), " ", v.shape(), "\n");
  }
  std::int64_t trainable = 0;
  for (const Variable& v : model.trainable_weights()) trainable += v.size();
  EXPECT_EQ(Json(model.count_params()), c.at("parameters"));
  EXPECT_EQ(Json(trainable), c.at("trainable"));
  EXPECT_EQ(Json(model.layers().size()), c.at("layers"));
  EXPECT_EQ(shape_json(model.output().shape()), c.at("output_shape"));
  EXPECT_EQ(hash(layer_text, name + ".layers"), c.at("layer_hash").get<std::string>());
  EXPECT_EQ(hash(weight_text, name + ".weights"), c.at("weight_hash").get<std::string>());
  EXPECT_EQ(hash(model.to_json(), name + ".json"), c.at("config_hash").get<std::string>());
}

class Architectures : public testing::TestWithParam<std::string> {};

// No weight is drawn for it: variables make their first value when somebody asks.
TEST_P(Architectures, AreKeras) {
  const tests::Build& build = builders().at(GetParam());
  int cases = 0;
  for (const Json& c : family("applications").cases()) {
    if (c.value("builder", "") != GetParam()) continue;
    SCOPED_TRACE(cat(c.at("name").get<std::string>(), " ", dump_json(c.at("arguments"))));
    ++cases;
    utils::clear_session();
    try {
      const Model model = build(c.at("arguments"));
      EXPECT_FALSE(c.contains("refused")) << "Keras refuses these arguments";
      if (!c.contains("refused")) compare(model, c);
    } catch (const Error& error) {
      EXPECT_TRUE(c.contains("refused")) << error.what();
    }
  }
  EXPECT_GE(cases, 2);
}

std::vector<std::string> names() {
  std::vector<std::string> out;
  for (const auto& [name, build] : builders()) out.push_back(name);
  return out;
}
INSTANTIATE_TEST_SUITE_P(All, Architectures, testing::ValuesIn(names()),
                         [](const auto& architecture) { return architecture.param; });

TEST(ArchitectureCases, HaveBuilders) {
  for (const Json& c : family("applications").cases())
    if (c.contains("builder")) {
      EXPECT_TRUE(builders().contains(c.at("builder").get<std::string>())) << c.at("builder");
    }
}

TEST(ImagenetUtils, PreprocessAsKeras) {
  for_each_case("applications", "mode", [](const Family& f, const Json& c) {
    const Tensor x = f.array(c, "x"), y = f.array(c, "y");
    const std::string format = c.at("data_format").get<std::string>(), mode = c.at("mode").get<std::string>();
    EXPECT_TRUE(near(imagenet_utils::preprocess_input(x, format, mode), y, {1e-6, 1e-5}));
    EXPECT_TRUE(near(imagenet_utils::preprocess_input(x.astype(uint8), format, mode), y, {1e-6, 1e-5}));
  });
}

std::string keras3(const std::string& file) { return cat(CORNU_GOLDEN_FOLDER, "/keras-3/", file); }

void expect_equal_weights(const Model& a, const Model& b) {
  const std::vector<Tensor> left = a.get_weights(), right = b.get_weights();
  ASSERT_EQ(left.size(), right.size());
  for (std::size_t i = 0; i < left.size(); ++i) EXPECT_TRUE(left[i] == right[i]) << a.weights()[i].path();
}

TEST(WeightsFiles, LoadWhatKerasSaved) {
  const Model saved = load_model(keras3("weights_only.keras"));
  for (const char* file : {"weights_only.weights.h5", "weights_only.h5", "weights_only.keras"}) {
    SCOPED_TRACE(file);
    const Model model = clone_model(saved);
    model.load_weights(keras3(file));
    expect_equal_weights(model, saved);
  }
}

// The legacy form byte for byte. In the new one Keras writes the names of groups in another order into the same number
// of bytes; what the file holds is the same, which reading it back shows.
TEST(WeightsFiles, AreThoseOfKeras) {
  const Model saved = load_model(keras3("weights_only.keras"));
  const auto bytes = [](const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const std::string folder = testing::TempDir();
  for (const char* file : {"weights_only.weights.h5", "weights_only.h5"}) {
    SCOPED_TRACE(file);
    saved.save_weights(folder + file);
    if (file == std::string("weights_only.h5"))
      EXPECT_TRUE(bytes(folder + file) == bytes(keras3(file)));
    else
      EXPECT_EQ(bytes(folder + file).size(), bytes(keras3(file)).size());
    const Model model = clone_model(saved);
    model.load_weights(folder + file);
    expect_equal_weights(model, saved);
  }
}

}  // namespace
}  // namespace cornu::golden
