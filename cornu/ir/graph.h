// Graph: a program in SSA form over tensors of known shape. Nodes stand in an order in which every value is made
// before it is used. Semantics are StableHLO's; what an op needs beside its operands is one small Attributes struct.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "cornu/core/tensor.h"
#include "cornu/ir/op.h"
#include "cornu/ir/window.h"

namespace cornu::ir {

using ValueId = std::int32_t;
using Dims = std::vector<std::int64_t>;
using Axes = std::vector<int>;

struct Type {
  DType dtype = float32;
  Shape shape;
  bool operator==(const Type&) const = default;
  std::size_t bytes() const { return static_cast<std::size_t>(shape.size()) * size_of(dtype); }
};

class Graph;

enum class Comparison : std::uint8_t { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual };
enum class Reduction : std::uint8_t { kSum, kProduct, kMaximum, kMinimum, kAnd, kOr };
// What a fusion promises to its engine; its body says exactly what it computes, so any engine can run it.
//   kRows   elementwise ops, broadcasts and reductions over the last axis of one matrix of rows and columns: every
//           row can be computed alone, in cache
//   kDot    one product of matrices, then elementwise work on its result (bias, activation, accumulation)
enum class FusionKind : std::uint8_t { kRows, kDot };

struct NoAttributes {};
struct ParameterAttributes {
  std::string name;
  // Holds the same numbers over many runs, as weights do when a model judges: engines may prepare once what depends on
  // nothing else.
  bool fixed = false;
};
struct ConstantAttributes {
  Tensor value;
};
struct IotaAttributes {
  int axis;
};
struct CompareAttributes {
  Comparison direction;
};
struct BroadcastAttributes {
  Axes dims;
};  // dims[i]: the result axis that operand axis i becomes
struct TransposeAttributes {
  Axes permutation;
};  // result axis i is operand axis permutation[i]
struct AxisAttributes {
  int axis;
};  // concatenate, argmax, cumulative_sum, gather, scatter
struct AxesAttributes {
  Axes axes;
};  // reverse
struct SliceAttributes {
  Dims start, limit, stride;
};
struct PadAttributes {
  Dims low, high, interior;
};  // operands: x, the scalar to pad with; negative low/high crop
struct ReduceAttributes {
  Reduction kind;
  Axes axes;
};
struct DotAttributes {
  Axes lhs_batch, rhs_batch, lhs_contract, rhs_contract;
};
// The image's or the result's axes, one spatial axis for each of the window.
struct ImageAxes {
  int batch, feature;
  Axes spatial;
  bool operator==(const ImageAxes&) const = default;
};
struct KernelAxes {
  int input, output;
  Axes spatial;
  bool operator==(const KernelAxes&) const = default;
};
// Operands: image, kernel. The kernel's `input` axis has image features / feature_groups elements; group g of the
// result's features sees group g of the image's features, or (batch_groups) group g of its batch alone.
struct ConvolutionAttributes {
  Window window;  // one entry a spatial axis; its sizes are the kernel's
  ImageAxes image;
  KernelAxes kernel;
  ImageAxes result;
  std::int64_t feature_groups = 1, batch_groups = 1;
};
struct ReduceWindowAttributes {
  Reduction kind;  // sum, maximum, minimum
  Window window;   // one entry an axis of the operand
};
struct SelectAndScatterAttributes {
  Reduction kind;  // maximum, minimum
  Window window;
};  // operands: x, source (of the shape of a reduce_window of x): each source element is added where its window's
    // extremum is, the first of equals
struct AllReduceAttributes {
  // Which of the graph's all_reduce ops it is, from 0 on. Replicas begin them in an order that depends on these numbers
  // and on nothing that differs between replicas; so two ops that add the same value stay two.
  int place;
};
struct FusionAttributes {
  FusionKind kind;
  std::shared_ptr<const Graph> body;
};

using Attributes =
    std::variant<NoAttributes, ParameterAttributes, ConstantAttributes, IotaAttributes, CompareAttributes,
                 BroadcastAttributes, TransposeAttributes, AxisAttributes, AxesAttributes, SliceAttributes,
                 PadAttributes, ReduceAttributes, DotAttributes, ConvolutionAttributes, ReduceWindowAttributes,
                 SelectAndScatterAttributes, AllReduceAttributes, FusionAttributes>;

std::string_view name_of(Comparison direction);
std::string_view name_of(Reduction kind);
std::string_view name_of(FusionKind kind);

struct Node {
  Op op;
  std::vector<ValueId> operands;
  std::vector<ValueId> results;  // one, but for fusions
  Attributes attributes;

  ValueId result() const { return results[0]; }
  template <class A>
  const A& as() const {
    return std::get<A>(attributes);
  }
};

class Graph {
 public:
  // Appends a node; result types come from infer_types(). Throws ValueError when the op cannot take these operands.
  const Node& add(Op op, std::vector<ValueId> operands, Attributes attributes = {});
  // Random numbers and counters are not determined by operands: their type is given.
  const Node& add_typed(Op op, std::vector<ValueId> operands, Attributes attributes, Type type);
  ValueId add_parameter(std::string name, Type type, bool fixed = false);
  void fix(ValueId parameter);
  void add_output(ValueId value) { outputs_.push_back(value); }
  void set_outputs(std::vector<ValueId> outputs) { outputs_ = std::move(outputs); }
  // The output takes the place of the parameter: both are one buffer, updated in place. Same type.
  void alias(int output, int parameter) { aliases_.emplace_back(output, parameter); }

  const std::vector<Node>& nodes() const { return nodes_; }
  const Type& type(ValueId value) const { return values_[static_cast<std::size_t>(value)].type; }
  const Shape& shape(ValueId value) const { return type(value).shape; }
  const Node& producer(ValueId value) const { return nodes_[static_cast<std::size_t>(producer_index(value))]; }
  int producer_index(ValueId value) const { return values_[static_cast<std::size_t>(value)].producer; }
  int value_count() const { return static_cast<int>(values_.size()); }
  const std::vector<ValueId>& parameters() const { return parameters_; }
  const std::string& parameter_name(int i) const;
  const std::vector<ValueId>& outputs() const { return outputs_; }
  const std::vector<std::pair<int, int>>& aliases() const { return aliases_; }
  // How often each value is used by nodes and outputs.
  std::vector<int> use_counts() const;

 private:
  struct ValueInfo {
    Type type;
    int producer;
  };
  const Node& append(Op op, std::vector<ValueId> operands, Attributes attributes, std::vector<Type> types);

  std::vector<Node> nodes_;
  // A deque keeps its elements where they are: `full(b, x.shape(), 0)` appends while it holds x's shape.
  std::deque<ValueInfo> values_;
  std::vector<ValueId> parameters_;
  std::vector<ValueId> outputs_;
  std::vector<std::pair<int, int>> aliases_;
};

// The types that an op's results have, given its operands. Throws ValueError: what came, what the op expects.
std::vector<Type> infer_types(const Graph& graph, Op op, const std::vector<ValueId>& operands,
                              const Attributes& attributes);

// Checks that every promise of the IR holds. Throws InternalError naming `after` (the pass that ran last) and the node.
void verify(const Graph& graph, std::string_view after);

// "%3 = add(%1, %2) : float32[32,64]", a node a line.
std::string print(const Graph& graph);
std::string print(const Type& type);

// A copy of `source` in which nodes may be replaced on the way: the way to write a pass.
//   Graph out = rewrite(source, [&](Rewriter& r, const Node& node) -> bool { ...; return handled; });
// Nodes that nothing uses any more are left out.
class Rewriter {
 public:
  explicit Rewriter(const Graph& source) : source_(source), map_(static_cast<std::size_t>(source.value_count()), -1) {}

  const Graph& source() const { return source_; }
  Graph& target() { return target_; }
  // The new value that stands for an old one.
  ValueId operator[](ValueId old) const { return map_[static_cast<std::size_t>(old)]; }
  std::vector<ValueId> map(const std::vector<ValueId>& old) const;
  void replace(ValueId old, ValueId now) { map_[static_cast<std::size_t>(old)] = now; }
  // Copies the node as it is.
  void keep(const Node& node);
  // Copies outputs and aliases.
  Graph finish() &&;

 private:
  const Graph& source_;
  Graph target_;
  std::vector<ValueId> map_;
};

// Nodes that outputs depend on (parameters always).
std::vector<bool> live_nodes(const Graph& graph);

template <class F>
Graph rewrite(const Graph& source, F&& visit) {
  Rewriter rewriter(source);
  const std::vector<bool> live = live_nodes(source);
  for (std::size_t i = 0; i < source.nodes().size(); ++i)
    if (live[i] && !visit(rewriter, source.nodes()[i])) rewriter.keep(source.nodes()[i]);
  return std::move(rewriter).finish();
}

}  // namespace cornu::ir
