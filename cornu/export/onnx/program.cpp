#include "cornu/export/onnx/program.h"

#include <algorithm>

#include "cornu/core/error.h"

namespace cornu::onnx {
namespace {

// onnx.proto's field numbers, of the messages that a model needs.
namespace model_proto {
constexpr int kIrVersion = 1, kProducerName = 2, kGraph = 7, kOpsetImport = 8;
}
namespace opset_proto {
constexpr int kVersion = 2;
}
namespace graph_proto {
constexpr int kNode = 1, kName = 2, kInitializer = 5, kInput = 11, kOutput = 12;
}
namespace node_proto {
constexpr int kInput = 1, kOutput = 2, kName = 3, kOpType = 4, kAttribute = 5;
}
namespace attribute_proto {
constexpr int kName = 1, kReal = 2, kNumber = 3, kText = 4, kNumbers = 8, kType = 20;
constexpr int kTypeReal = 1, kTypeNumber = 2, kTypeText = 3, kTypeNumbers = 7;
}  // namespace attribute_proto
namespace tensor_proto {
constexpr int kDims = 1, kDataType = 2, kName = 8, kRawData = 9;
}
namespace value_info_proto {
constexpr int kName = 1, kType = 2;
}
namespace type_proto {
constexpr int kTensor = 1, kElement = 1, kShape = 2, kDim = 1, kDimValue = 1, kDimParam = 2;
}

// The first opset in which reductions take their axes alike, and ONNX's format that came with it.
constexpr std::int64_t kOpset = 18, kIrVersion = 8;
constexpr std::size_t kSmallBytes = 256;

Message attribute(const std::string& name, const Attribute& value) {
  namespace field = attribute_proto;
  Message out;
  out.text(field::kName, name);
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    out.number(field::kNumber, *number);
    out.number(field::kType, field::kTypeNumber);
  } else if (const auto* real = std::get_if<float>(&value)) {
    out.real(field::kReal, *real);
    out.number(field::kType, field::kTypeReal);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    out.text(field::kText, *text);
    out.number(field::kType, field::kTypeText);
  } else {
    for (const std::int64_t i : std::get<std::vector<std::int64_t>>(value)) out.number(field::kNumbers, i);
    out.number(field::kType, field::kTypeNumbers);
  }
  return out;
}

Message tensor(const std::string& name, const Tensor& value) {
  Message out;
  for (const std::int64_t d : value.shape()) out.number(tensor_proto::kDims, d);
  out.number(tensor_proto::kDataType, onnx_dtype(value.dtype()));
  out.text(tensor_proto::kName, name);
  out.borrowed(tensor_proto::kRawData, value.raw(), value.bytes());
  return out;
}

// The batch is called N; a multiple of it has no name.
Message value_info(const Port& port) {
  Message shape;
  for (const Extent& e : port.extents) {
    Message dim;
    if (!e.grows)
      dim.number(type_proto::kDimValue, e.length);
    else if (e.length == 1)
      dim.text(type_proto::kDimParam, "N");
    shape.message(type_proto::kDim, std::move(dim));
  }
  Message tensor_type, type, out;
  tensor_type.number(type_proto::kElement, onnx_dtype(port.dtype));
  tensor_type.message(type_proto::kShape, std::move(shape));
  type.message(type_proto::kTensor, std::move(tensor_type));
  out.text(value_info_proto::kName, port.name);
  out.message(value_info_proto::kType, std::move(type));
  return out;
}

}  // namespace

int onnx_dtype(DType dtype) {
  switch (dtype) {
    case DType::kFloat32: return 1;
    case DType::kUInt8: return 2;
    case DType::kInt8: return 3;
    case DType::kUInt16: return 4;
    case DType::kInt16: return 5;
    case DType::kInt32: return 6;
    case DType::kInt64: return 7;
    case DType::kBool: return 9;
    case DType::kFloat16: return 10;
    case DType::kFloat64: return 11;
    case DType::kUInt32: return 12;
    case DType::kUInt64: return 13;
    case DType::kBFloat16: return 16;
  }
  throw InternalError("a dtype that ONNX has no number for");
}

std::string Program::fresh(const std::string& stem) {
  for (int i = 1;; ++i) {
    std::string name = i == 1 ? stem : cat(stem, "_", i);
    if (taken_.insert(name).second) return name;
  }
}

std::string Program::add(const std::string& op, const Names& inputs, const AttributeList& attributes) {
  // No name of a constant, an input or an output begins so.
  nodes_.push_back({op, inputs, cat("\n", nodes_.size()), attributes});
  return nodes_.back().output;
}

std::string Program::constant(const Tensor& value, const std::string& name) {
  std::string key;
  if (name.empty() && value.bytes() <= kSmallBytes) {
    key = cat(name_of(value.dtype()), value.shape(), std::string(static_cast<const char*>(value.raw()), value.bytes()));
    if (const auto it = nameless_.find(key); it != nameless_.end()) return it->second;
  } else {
    for (const auto& [known, tensor] : constants_)
      if (tensor.raw() == value.raw() && tensor.shape() == value.shape() && tensor.dtype() == value.dtype())
        return known;
  }
  constants_.emplace_back(fresh(name.empty() ? "constant" : name), value);
  if (!key.empty()) nameless_[key] = constants_.back().first;
  return constants_.back().first;
}

void Program::output(const std::string& name, const std::string& tensor) { outputs_.emplace_back(name, tensor); }

// From the end: what reads a tensor stands behind what makes it.
void Program::drop_unused() {
  std::set<std::string> used;
  for (const auto& [name, tensor] : outputs_) used.insert(tensor);
  for (auto node = nodes_.rbegin(); node != nodes_.rend(); ++node)
    if (used.count(node->output)) used.insert(node->inputs.begin(), node->inputs.end());
  std::erase_if(nodes_, [&](const Node& n) { return !used.count(n.output); });
  std::erase_if(constants_, [&](const auto& c) { return !used.count(c.first); });
}

void Program::finish() {
  drop_unused();
  std::map<std::string, std::string> names;
  // The node that makes an output has its name; an output that is an input, a constant or another output is a copy.
  for (const auto& [name, tensor] : outputs_) {
    const bool made = tensor[0] == '\n' && !names.count(tensor);
    if (made) names[tensor] = name;
    if (!made) nodes_.push_back({"Identity", {tensor}, name, {}});
  }
  for (Node& node : nodes_) {
    if (node.output[0] == '\n' && !names.count(node.output)) names[node.output] = fresh(to_snake_case(node.op));
    if (node.output[0] == '\n') node.output = names.at(node.output);
    for (std::string& input : node.inputs)
      if (!input.empty() && input[0] == '\n') input = names.at(input);
  }
}

Message Program::graph(const std::string& name, const std::vector<Port>& inputs,
                       const std::vector<Port>& outputs) const {
  Message out;
  for (const Node& n : nodes_) {
    Message node;
    for (const std::string& input : n.inputs) node.text(node_proto::kInput, input);
    node.text(node_proto::kOutput, n.output);
    node.text(node_proto::kName, n.output);
    node.text(node_proto::kOpType, n.op);
    for (const auto& [key, value] : n.attributes) node.message(node_proto::kAttribute, attribute(key, value));
    out.message(graph_proto::kNode, std::move(node));
  }
  out.text(graph_proto::kName, name);
  for (const auto& [key, value] : constants_) out.message(graph_proto::kInitializer, tensor(key, value));
  for (const Port& port : inputs) out.message(graph_proto::kInput, value_info(port));
  for (const Port& port : outputs) out.message(graph_proto::kOutput, value_info(port));
  return out;
}

Message Program::model(const std::string& name, const std::vector<Port>& inputs,
                       const std::vector<Port>& outputs) const {
  Message opset, out;
  opset.number(opset_proto::kVersion, kOpset);
  out.number(model_proto::kIrVersion, kIrVersion);
  out.text(model_proto::kProducerName, "cornu");
  out.message(model_proto::kGraph, graph(name, inputs, outputs));
  out.message(model_proto::kOpsetImport, std::move(opset));
  return out;
}

}  // namespace cornu::onnx
