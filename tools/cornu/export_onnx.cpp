#include "tools/cornu/export_onnx.h"

#include <sstream>

#include "cornu/export/onnx/onnx.h"
#include "cornu/trainers/trainer.h"
#include "tools/cornu/command.h"
#include "tools/cornu/output.h"

namespace cornu::tool {
namespace {

std::vector<std::string> names(const std::vector<TensorSpec>& specs) {
  std::vector<std::string> out;
  for (const TensorSpec& spec : specs) out.push_back(spec.name);
  return out;
}

}  // namespace

void export_onnx(const Model& model, const std::string& name, const std::string& path) {
  check_ending(path, {".onnx"}, "--output");
  check_writable(path);
  NetworkImpl& network = model.trainer().network();
  onnx::TwoBatches batches{exporting::inference_graph(network, onnx::kSmallBatch),
                           exporting::inference_graph(network, onnx::kLargeBatch)};
  const onnx::ModelProto proto =
      onnx::generate(std::move(batches), {name, names(network.inputs()), names(network.outputs())});
  std::ostringstream bytes;
  proto.write(bytes);
  write_text(path, std::move(bytes).str());
}

}  // namespace cornu::tool
