// A network as one ONNX model: opset 18, weights inside, any size of the batch.
#pragma once

#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "cornu/export/inference_graph.h"

namespace cornu::onnx {

struct Options {
  std::string name = "model";
  // One for each input and output; equal ones are numbered.
  std::vector<std::string> inputs, outputs;
};

// The same network for batches of 2 and of 3 (inference_graph(network, 2) and so on): what differs between them grows
// with the batch. The same graph twice makes a model of fixed shapes.
struct TwoBatches {
  exporting::InferenceGraph small, large;
};
inline constexpr std::int64_t kSmallBatch = 2, kLargeBatch = 3;

// The bytes of a .onnx file, ready to be written. Weights stay where the graph has them.
class ModelProto {
 public:
  struct Content;
  explicit ModelProto(std::shared_ptr<const Content> content) : content_(std::move(content)) {}
  std::size_t size() const;
  void write(std::ostream& out) const;

 private:
  std::shared_ptr<const Content> content_;
};

// Throws NotSupportedError that lists all that has no ONNX, or says that the model is too large for one file.
ModelProto generate(TwoBatches network, const Options& options = {});

}  // namespace cornu::onnx
