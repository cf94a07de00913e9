// Models as ONNX: the files of tests/export/onnx, which prove_onnx.py had onnx's checker and ONNX Runtime look at, come
// out byte for byte; every layer and every op case has a well-formed model.
#include "cornu/export/onnx/onnx.h"

#include <gtest/gtest.h>

#include <fstream>
#include <numeric>
#include <set>
#include <sstream>

#include "cornu/core/error.h"
#include "cornu/ir/ops.h"
#include "cornu/trainers/model.h"
#include "cornu/trainers/trainer.h"
#include "tests/export/layer_graph.h"
#include "tests/export/onnx_reader.h"
#include "tests/ops/op_case.h"

namespace cornu::export_test {
namespace {

using Texts = std::vector<std::string>;

std::string bytes_of(const onnx::ModelProto& model) {
  std::ostringstream out;
  model.write(out);
  EXPECT_EQ(out.str().size(), model.size());
  return out.str();
}

std::string exported(const std::string& name) {
  const Model model = load_model(std::string(CORNU_GOLDEN_FOLDER "/keras-3/") + name + ".keras");
  NetworkImpl& network = model.trainer().network();
  onnx::Options options{name, {}, {}};
  for (const TensorSpec& s : network.inputs()) options.inputs.push_back(s.name);
  for (const TensorSpec& s : network.outputs()) options.outputs.push_back(s.name);
  return bytes_of(onnx::generate(
      {exporting::inference_graph(network, onnx::kSmallBatch), exporting::inference_graph(network, onnx::kLargeBatch)},
      options));
}

// What holds for every model: names are given once, before they are read; constants are as long as they say.
void expect_well_formed(const std::string& bytes) {
  const OnnxModel model = read_onnx(bytes);
  EXPECT_GE(model.opset, 18);
  EXPECT_GE(model.ir_version, 8);
  std::set<std::string> known = {""};
  for (const auto& [name, shape] : model.inputs) EXPECT_TRUE(known.insert(name).second) << name;
  const std::map<std::int64_t, std::size_t> sizes = {{1, 4}, {2, 1}, {3, 1},  {4, 2},  {5, 2},  {6, 4},
                                                     {7, 8}, {9, 1}, {10, 2}, {11, 8}, {12, 4}, {13, 8}};
  for (const auto& [name, tensor] : model.constants) {
    EXPECT_TRUE(known.insert(name).second) << name;
    const std::int64_t elements =
        std::accumulate(tensor.dims.begin(), tensor.dims.end(), std::int64_t{1}, std::multiplies<>());
    EXPECT_EQ(tensor.bytes, static_cast<std::size_t>(elements) * sizes.at(tensor.dtype)) << name;
  }
  for (const OnnxNode& node : model.nodes) {
    for (const std::string& input : node.inputs) EXPECT_TRUE(known.count(input)) << node.op << " reads " << input;
    for (const std::string& output : node.outputs) EXPECT_TRUE(known.insert(output).second) << output;
  }
  for (const auto& [name, shape] : model.outputs) EXPECT_TRUE(known.count(name)) << name;
}

class Goldens : public testing::TestWithParam<const char*> {};

TEST_P(Goldens, ComeOutByteForByte) {
  const std::string path = std::string(CORNU_ROOT "/tests/export/onnx/") + GetParam() + ".onnx";
  std::ostringstream golden;
  golden << std::ifstream(path, std::ios::binary).rdbuf();
  const std::string now = exported(GetParam());
  expect_well_formed(now);
  ASSERT_GT(golden.str().size(), 0u) << path << " is not there";
  EXPECT_TRUE(golden.str() == now) << "prove_onnx.py --write makes the files anew, when its proof succeeds";
}

INSTANTIATE_TEST_SUITE_P(Onnx, Goldens,
                         testing::Values("mlp_adam.start", "cnn_adam.start", "functional_merging",
                                         "functional_two_inputs"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

// Operations by their names, images transposed once, biases and normalization inside of convolutions.
TEST(Onnx, AConvolutionalNetIsTidy) {
  const OnnxModel model = read_onnx(exported("cnn_adam.start"));
  EXPECT_EQ(model.ops(), (Texts{"Transpose", "Conv", "Relu", "MaxPool", "Conv", "Relu", "AveragePool", "Transpose",
                                "Reshape", "Gemm", "Softmax"}));
  EXPECT_EQ(model.inputs.begin()->second, "(N, 9, 8, 2)");
  EXPECT_EQ(model.outputs.begin()->second, "(N, 10)");
  EXPECT_TRUE(model.constants.count("conv2d/kernel"));
}

TEST(Onnx, InputsAndOutputsHaveKerasNames) {
  const OnnxModel model = read_onnx(exported("functional_two_inputs"));
  EXPECT_TRUE(model.inputs.count("left") && model.inputs.count("right"));
  EXPECT_TRUE(model.outputs.count("class") && model.outputs.count("value"));
  EXPECT_TRUE(model.constants.count("alpha/kernel"));
}

// Weights that are one memory in two shapes are two constants.
TEST(Onnx, OneMemoryInTwoShapes) {
  const Tensor w = Tensor::from<float>({1, 2, 3, 4, 5, 6}, {2, 3});
  Builder b;
  const ir::DotAttributes rows{{}, {}, {1}, {1}};
  b.output(ops::dot_general(b.parameter("x", {1, 3}), ops::constant(b, w), rows));
  b.output(ops::dot_general(b.parameter("y", {1, 2}), ops::constant(b, w.reshape({3, 2})), rows));
  const exporting::InferenceGraph graph{b.graph(), {{w.raw(), "w"}}};
  const OnnxModel model = read_onnx(bytes_of(onnx::generate({graph, graph}, {})));
  ASSERT_EQ(model.constants.size(), 2u);
  EXPECT_EQ(model.constants.at("w").dims, (std::vector<std::int64_t>{3, 2}));
  EXPECT_EQ(model.constants.at("w_2").dims, (std::vector<std::int64_t>{2, 3}));
}

TEST(Onnx, EveryLayerForAnyBatch) {
  int count = 0;
  for_each_layer([&](const golden::Family& f, const Json& c) {
    const std::string bytes =
        bytes_of(onnx::generate({layer_graph(f, c, onnx::kSmallBatch), layer_graph(f, c, onnx::kLargeBatch)}, {}));
    expect_well_formed(bytes);
    EXPECT_EQ(read_onnx(bytes).inputs.at("x0").substr(0, 2), "(N");
    ++count;
  });
  EXPECT_GT(count, 100);
}

TEST(Onnx, EveryOpThatAJudgeNeeds) {
  std::map<std::string, int> refused;
  int count = 0;
  for (const op_cases::OpCase& c : op_cases::all_cases()) {
    SCOPED_TRACE(c.label);
    const exporting::InferenceGraph graph{op_cases::build(c, c.dtypes.front()).graph, {}};
    try {
      expect_well_formed(bytes_of(onnx::generate({graph, graph}, {})));
      ++count;
    } catch (const NotSupportedError& error) {
      const std::string why = error.what();
      const std::size_t from = why.find("received: ") + 10;
      ++refused[why.substr(from, why.find(':', from) - from)];
    }
  }
  EXPECT_GT(count, 300);
  for (const auto& [what, times] : refused)
    EXPECT_TRUE(what == "random_uniform" || what == "select_and_scatter" || what == "all_reduce" ||
                what == "replica_id" || what == "fusion" || what == "convolution" || what == "reduce")
        << what << ": " << times;
}

}  // namespace
}  // namespace cornu::export_test
