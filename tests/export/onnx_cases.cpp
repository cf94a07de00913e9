// onnx_cases FOLDER: every op case (tests/ops) and every layer of tests/golden as an ONNX model, what to feed it and
// what has to come out: NUMBER.onnx and NUMBER.npz (x0, x1, ..., y0), and cases.json, which names them. prove_onnx.py
// runs them. What is refused is named in refused.json.
#include <fstream>
#include <iostream>

#include "cornu/core/error.h"
#include "cornu/data/npy.h"
#include "cornu/engine/engine.h"
#include "cornu/engine/reference/reference.h"
#include "cornu/export/onnx/onnx.h"
#include "tests/export/layer_graph.h"
#include "tests/ops/op_case.h"

namespace cornu::export_test {
namespace {

// numpy has no bfloat16; the other integers differ from these by their names.
constexpr DType kDtypes[] = {float32, float64, float16, int64, int32, int8, uint8, bool_};

class Folder {
 public:
  explicit Folder(std::string path) : path_(std::move(path)) {}
  ~Folder() {
    std::ofstream(path_ + "/cases.json") << dump_json(cases_);
    std::ofstream(path_ + "/refused.json") << dump_json(refused_);
    std::cout << cases_.size() << " cases, " << refused_.size() << " refused" << std::endl;
  }

  // `scale`: what an error is measured against, when it is larger than the expected number.
  void add(const std::string& label, const onnx::TwoBatches& network, const std::vector<Tensor>& inputs,
           const Tensor& expected, double scale) {
    try {
      const onnx::ModelProto model = onnx::generate(network);
      const std::string stem = cat(path_, "/", cases_.size());
      std::ofstream file(stem + ".onnx", std::ios::binary);
      model.write(file);
      std::vector<data::NamedArray> arrays = {{"y0", expected}};
      for (std::size_t i = 0; i < inputs.size(); ++i) arrays.push_back({cat("x", i), inputs[i]});
      data::save_npz(stem + ".npz", arrays);
      cases_.push_back(Json{{"label", label}, {"scale", scale}});
    } catch (const NotSupportedError& error) {
      refused_.push_back(Json{{"label", label}, {"why", error.what()}});
    }
  }

 private:
  std::string path_;
  Json cases_ = Json::array(), refused_ = Json::array();
};

void add_ops(Folder& folder) {
  for (const op_cases::OpCase& c : op_cases::all_cases())
    for (const DType dtype : kDtypes) {
      if (std::find(c.dtypes.begin(), c.dtypes.end(), dtype) == c.dtypes.end()) continue;
      const op_cases::Built built = op_cases::build(c, dtype);
      const Tensor expected = evaluate(engine("reference"), built.graph, built.inputs)[0];
      const exporting::InferenceGraph graph{built.graph, {}};
      folder.add(cat(c.label, " ", name_of(dtype)), {graph, graph}, built.inputs, expected,
                 std::max(1.0, c.tolerance.scale));
    }
}

void add_layers(Folder& folder) {
  for_each_layer([&](const golden::Family& f, const Json& c) {
    folder.add(c["name"].get<std::string>(),
               {layer_graph(f, c, onnx::kSmallBatch), layer_graph(f, c, onnx::kLargeBatch)}, {f.array(c, "x")},
               f.array(c, "y"), 1);
  });
}

}  // namespace
}  // namespace cornu::export_test

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: onnx_cases FOLDER\n";
    return 2;
  }
  cornu::export_test::Folder folder(argv[1]);
  cornu::export_test::add_ops(folder);
  cornu::export_test::add_layers(folder);
  return 0;
}
