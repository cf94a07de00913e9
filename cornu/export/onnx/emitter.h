// From nodes of the graph to nodes of ONNX, one function a family of ops; recognize.cpp finds the operations that ONNX
// has a word for and the graph spells out.
#pragma once

#include <functional>

#include "cornu/export/onnx/values.h"

namespace cornu::onnx {

// How many elements come before, behind and between those of an axis; fewer, when negative.
struct PadAxis {
  std::int64_t low = 0, high = 0, interior = 0;
  Extent length;  // of the axis as it was
};

// A dtype that runtimes have every op for, and that holds the given one's numbers: small integers become larger ones.
DType wide(DType dtype);

class Emitter {
 public:
  Emitter(const BatchGraph& in, const std::map<const void*, std::string>& names, Program& program)
      : g_(in.graph), program_(program), values_(in, names, program), uses_(in.graph.use_counts()) {}

  // An input of the model, in the order of the graph's parameters.
  void input(ir::ValueId parameter, const std::string& name);
  void emit(const ir::Node& node);
  // The tensor that is an output of the model.
  std::string output(ir::ValueId v);

 private:
  using Axes = ir::Axes;
  std::string add(const std::string& op, const Names& inputs, const AttributeList& attributes = {}) {
    return program_.add(op, inputs, attributes);
  }
  std::string cast(const std::string& x, DType to) { return add("Cast", {x}, {{"to", std::int64_t{onnx_dtype(to)}}}); }
  DType dtype(ir::ValueId v) const { return g_.type(v).dtype; }
  // An op whose operands and result have one dtype, written with operands of the wide one.
  using Wide = std::function<std::string(const Names&)>;
  std::string widened(DType dtype, const Names& inputs, const Wide& op);

  // elementwise.cpp
  void constant(const ir::Node& node);
  void iota(const ir::Node& node);
  void elementwise(const ir::Node& node);
  std::string apply(const ir::Node& node, const Names& inputs);
  std::string arithmetic(const ir::Node& node, const Names& inputs, DType in);
  std::string compared(const ir::Node& node, const Names& inputs);
  std::string converted(const std::string& x, DType from, DType to);
  // shape.cpp
  void broadcast(const ir::Node& node);
  void reshape(const ir::Node& node);
  void transpose(const ir::Node& node);
  void slice(const ir::Node& node);
  void reverse(const ir::Node& node);
  void pad(const ir::Node& node);
  std::string padded(std::string x, const std::vector<PadAxis>& pads, const std::string& number);
  std::string with_holes(const std::string& x, const std::vector<PadAxis>& pads, std::size_t axis,
                         const std::string& number);
  void concatenate(const ir::Node& node);
  // folds.cpp
  void reduce(const ir::Node& node);
  void reduced(const ir::Node& fold, ir::ValueId result, const std::string& op, const Axes& axes);
  void argmax(const ir::Node& node);
  void cumulative_sum(const ir::Node& node);
  void gather(const ir::Node& node);
  void scatter(const ir::Node& node);
  std::string index(ir::ValueId indices);
  // products.cpp
  void dot(const ir::Node& node);
  void convolution(const ir::Node& node);
  void convolved(const ir::Node& node, ir::ValueId result, const std::string& bias);
  std::string conv(const ir::ConvolutionAttributes& a, std::string x, ir::ValueId image, ir::ValueId kernel,
                   const std::string& bias);
  std::string conv_transpose(const ir::ConvolutionAttributes& a, const std::string& x, ir::ValueId kernel,
                             const std::string& bias);
  std::string turned(const std::string& kernel, const ir::Window& window, bool backwards);
  // windows.cpp
  void reduce_window(const ir::Node& node);
  enum class Padding { kIsLeftOut, kCounts, kIsSummed };
  bool is_pool(const ir::Node& node) const;
  void pooled(const ir::Node& node, ir::ValueId result, const std::string& op, Padding padding);
  void slid(const ir::Node& node);
  // recognize.cpp: whether the node ends an operation of ONNX, which is then written.
  bool recognized(const ir::Node& node);
  bool relu(const ir::Node& node);
  bool clip(const ir::Node& node);
  bool relu6(const ir::Node& node);
  bool clipped(ir::ValueId result, ir::ValueId value, double high);
  bool biased(const ir::Node& node);
  bool softmax(const ir::Node& node);
  bool mean(const ir::Node& node);
  bool mean_of_windows(const ir::Node& node, const ir::Node& sum);
  bool is_gemm(const ir::Node& node) const;
  void hold_like(ir::ValueId v, ir::ValueId operand, const std::string& name);

  const ir::Graph& g_;
  Program& program_;
  Values values_;
  std::vector<int> uses_;
};

}  // namespace cornu::onnx
