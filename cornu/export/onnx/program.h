// An ONNX graph that is being written: nodes in order, and the constants that they read (ONNX's initializers).
// It knows no ops: names, types and bytes only.
#pragma once

#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "cornu/core/tensor.h"
#include "cornu/export/onnx/extents.h"
#include "cornu/export/onnx/protobuf.h"

namespace cornu::onnx {

using Attribute = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>>;
using AttributeList = std::vector<std::pair<std::string, Attribute>>;
using Names = std::vector<std::string>;

// TensorProto.DataType's number.
int onnx_dtype(DType dtype);

// An input or an output of the model.
struct Port {
  std::string name;
  DType dtype;
  Extents extents;
};

class Program {
 public:
  // `taken`: names that inputs and outputs have.
  explicit Program(const Names& taken) : taken_(taken.begin(), taken.end()) {}

  // Appends a node of one output and gives the output's name, for now: finish() gives the final one. Inputs may be ""
  // where ONNX lets one out.
  std::string add(const std::string& op, const Names& inputs, const AttributeList& attributes = {});
  // A constant. With a name it is called so (where nothing else is), and is one with the same memory of the same shape;
  // without, it is one with all that have the same numbers.
  std::string constant(const Tensor& value, const std::string& name = "");
  std::string integers(const std::vector<std::int64_t>& values) { return constant(Tensor::from(values)); }
  std::string number(double value, DType dtype) { return constant(Tensor::full(Shape{}, value, dtype)); }
  // The output `name` of the model is this tensor.
  void output(const std::string& name, const std::string& tensor);
  // Leaves out what no output needs, and names tensors by their ops and numbers. Then nothing can be added any more.
  void finish();

  // Points to the constants of the program.
  Message model(const std::string& name, const std::vector<Port>& inputs, const std::vector<Port>& outputs) const;

 private:
  struct Node {
    std::string op;
    Names inputs;
    std::string output;
    AttributeList attributes;
  };
  std::string fresh(const std::string& stem);
  void drop_unused();
  Message graph(const std::string& name, const std::vector<Port>& inputs, const std::vector<Port>& outputs) const;

  std::vector<Node> nodes_;
  std::vector<std::pair<std::string, Tensor>> constants_;
  std::vector<std::pair<std::string, std::string>> outputs_;  // name, tensor
  std::map<std::string, std::string> nameless_;  // bytes, type and shape of small ones: what they are called
  std::set<std::string> taken_;
};

}  // namespace cornu::onnx
