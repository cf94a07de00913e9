// The two trained models as int8, on real images: the classes of LiteRT, whose arithmetic ours is.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "cornu/data/datasets/fashion_mnist.h"
#include "cornu/engine/engine.h"
#include "cornu/export/int8/int8.h"
#include "cornu/trainers/model.h"
#include "cornu/trainers/trainer.h"

namespace cornu::export_test {
namespace {

int8_export::Run compiled(const ir::Graph& graph) {
  return [graph](const std::vector<Tensor>& inputs) { return evaluate(engine(), graph, inputs); };
}

std::string line_of(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

class FashionMnist : public testing::TestWithParam<const char*> {};

TEST_P(FashionMnist, Int8HasTheClassesOfLiteRT) {
  datasets::TrainTest data;
  try {
    ::setenv("CORNU_OFFLINE", "1", 0);
    data = datasets::fashion_mnist::load_data();
  } catch (const FileError& error) {
    GTEST_SKIP() << "needs Debian's package dataset-fashion-mnist: " << error.what();
  }
  const std::string folder = CORNU_ROOT "/tests/data/fashion_mnist/";
  const Model model = load_model(cat(folder, GetParam(), ".keras"));
  const exporting::InferenceGraph graph = exporting::prepared(exporting::inference_graph(model.trainer().network()));
  const Shape sample = graph.graph.type(graph.graph.parameters()[0]).shape;
  const auto pixels = [&](const Tensor& images, std::int64_t n) {
    return images.rows(0, n).astype(float32).reshape(sample.slice(1, sample.rank()).with_batch(n)) / 255.0;
  };
  // Those that LiteRT's converter saw, too.
  const int8_export::Network network = int8_export::quantized_network(graph, pixels(data.train.x, 200), compiled);

  const std::string expected = line_of(cat(folder, GetParam(), ".int8.classes"));
  const auto count = static_cast<std::int64_t>(expected.size());
  const Tensor x = pixels(data.test.x, count);
  std::string classes;
  std::int64_t right = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto q = int8_export::quantized(x.rows(i, i + 1).data<float>(), network.input_shape.size(), network.input);
    const std::vector<std::int8_t> y = int8_export::interpret(network, q).back();
    classes += static_cast<char>('0' + (std::max_element(y.begin(), y.end()) - y.begin()));
    right += classes.back() - '0' == data.test.y.at(i);
  }
  EXPECT_EQ(classes, expected);
  const auto float_right = [&] {
    const Tensor best = model.predict(x).argmax(-1);
    std::int64_t out = 0;
    for (std::int64_t i = 0; i < count; ++i) out += best.at(i) == data.test.y.at(i);
    return out;
  }();
  // At most 0.2 percentage points are lost.
  EXPECT_GE(static_cast<double>(right), static_cast<double>(float_right) - 0.002 * static_cast<double>(count));
}

INSTANTIATE_TEST_SUITE_P(Models, FashionMnist, testing::Values("mlp", "cnn"));

}  // namespace
}  // namespace cornu::export_test
