// Operations that ONNX has a word for and the graph spells out: Relu, Clip, Softmax, means, biases. What was written
// for their parts is left out in the end when nothing else reads it.
#include <algorithm>
#include <cmath>

#include "cornu/export/onnx/emitter.h"
#include "cornu/passes/match.h"

namespace cornu::onnx {

using ir::Node;
using ir::Op;
using ir::ValueId;
using passes::constant_number;
using passes::producer_of;

namespace {

// The reduction that a value repeats along the axes that it folded, and nothing else; null: it is something else.
const Node* repeated_fold(const ir::Graph& g, const Values& values, ValueId v, ir::Reduction kind) {
  ValueId from = v;
  while (g.producer(from).op == Op::kBroadcastInDim || g.producer(from).op == Op::kReshape)
    from = g.producer(from).operands[0];
  const Node* fold = producer_of(g, from, Op::kReduce);
  if (!fold || fold->as<ir::ReduceAttributes>().kind != kind || g.shape(fold->operands[0]) != g.shape(v))
    return nullptr;
  // Both are held as one tensor, whose axes are the same ones of the folded value and of this one.
  const Held &folded = values[from], &repeated = values[v];
  if (folded.constant || folded.name != repeated.name) return nullptr;
  ir::Axes stay;
  for (int axis = 0; axis < g.shape(v).rank(); ++axis)
    if (position(fold->as<ir::ReduceAttributes>().axes, axis) < 0) stay.push_back(axis);
  for (std::size_t j = 0; j < folded.order.size(); ++j)
    if (repeated.order[j] != stay[static_cast<std::size_t>(folded.order[j])]) return nullptr;
  return fold;
}

bool near(double a, double b) { return std::fabs(a - b) <= 1e-6 * std::fabs(b); }

// Whether the constant says how many elements of `x` each place of the window holds.
bool counts_elements(const ir::Window& window, const Shape& x, const Held& held) {
  if (!held.constant) return false;
  const Tensor& counts = *held.constant;
  for (int axis = 0; axis < x.rank(); ++axis) {
    const ir::WindowAxis& w = window[static_cast<std::size_t>(axis)];
    const int at = position(held.order, axis);
    if (!w.trivial() && (at < 0 || counts.dim(at) != w.positions(x[axis]))) return false;
  }
  const std::vector<std::int64_t> strides = row_major_strides(counts.shape());
  for (std::int64_t flat = 0; flat < counts.size(); ++flat) {
    std::int64_t inside = 1;
    for (std::size_t j = 0; j < strides.size(); ++j) {
      const ir::WindowAxis& w = window[static_cast<std::size_t>(held.order[j])];
      const std::int64_t place = flat / strides[j] % counts.dim(static_cast<int>(j));
      std::int64_t along = 0;
      for (std::int64_t tap = 0; tap < w.size; ++tap) along += w.element(place, tap, x[held.order[j]]) >= 0;
      inside *= along;
    }
    if (counts.at(flat) != static_cast<double>(inside)) return false;
  }
  return counts.size() > 0;
}

}  // namespace

bool Emitter::recognized(const Node& node) {
  if (Values::carrier(dtype(node.result())) != float32) return false;
  switch (node.op) {
    case Op::kMaximum: return relu(node);
    case Op::kMinimum: return clip(node);
    case Op::kSelect: return relu6(node);
    case Op::kAdd: return biased(node);
    case Op::kDivide: return softmax(node) || mean(node);
    case Op::kMultiply: return mean(node);
    default: return false;
  }
}

// Holds the result as its operand is held, in all but the name.
void Emitter::hold_like(ValueId v, ValueId operand, const std::string& name) {
  values_.hold(v, Held{name, values_[operand].order, values_[operand].extents, std::nullopt});
}

bool Emitter::relu(const Node& node) {
  if (constant_number(g_, node.operands[1]) != 0.0 || values_[node.operands[0]].constant) return false;
  hold_like(node.result(), node.operands[0], add("Relu", {values_.tensor(values_[node.operands[0]])}));
  return true;
}

// min(max(x, low), high)
bool Emitter::clip(const Node& node) {
  const auto high = constant_number(g_, node.operands[1]);
  return high && clipped(node.result(), node.operands[0], *high);
}

// relu6 is written as a choice, for its gradient: where(max(x, 0) < 6, max(x, 0), 6).
bool Emitter::relu6(const Node& node) {
  const Node* below = producer_of(g_, node.operands[0], Op::kCompare);
  const auto high = constant_number(g_, node.operands[2]);
  return below && high && below->as<ir::CompareAttributes>().direction == ir::Comparison::kLess &&
         below->operands[0] == node.operands[1] && constant_number(g_, below->operands[1]) == high &&
         clipped(node.result(), node.operands[1], *high);
}

bool Emitter::clipped(ValueId result, ValueId value, double high) {
  const Node* inner = producer_of(g_, value, Op::kMaximum);
  const auto low = inner ? constant_number(g_, inner->operands[1]) : std::nullopt;
  if (!low || *low > high || values_[inner->operands[0]].constant) return false;
  const std::string x = values_.tensor(values_[inner->operands[0]]);
  hold_like(result, inner->operands[0],
            add("Clip", {x, program_.number(*low, float32), program_.number(high, float32)}));
  return true;
}

// A product of matrices or a convolution, and a constant for each of its features.
bool Emitter::biased(const Node& node) {
  for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
    const ValueId product = node.operands[side], bias = node.operands[1 - side];
    const Node& made = g_.producer(product);
    const Held& held = values_[bias];
    if (!held.constant || uses_[static_cast<std::size_t>(product)] != 1) continue;
    int feature = g_.shape(product).rank() - 1;
    if (made.op == Op::kConvolution)
      feature = made.as<ir::ConvolutionAttributes>().result.feature;
    else if (made.op != Op::kDotGeneral || !is_gemm(made))
      continue;
    const std::int64_t length = g_.shape(product)[feature];
    const int at = position(held.order, feature);
    if (held.constant->size() != length || (length > 1 && (at < 0 || held.constant->dim(at) != length))) continue;
    const std::string vector = values_.vector(bias);
    if (made.op == Op::kConvolution) {
      convolved(made, node.result(), vector);
    } else {
      const std::string x = values_.full(made.operands[0]), w = values_.full(made.operands[1]);
      values_.hold(node.result(), add("Gemm", {x, w, vector}));
    }
    return true;
  }
  return false;
}

bool Emitter::is_gemm(const Node& node) const {
  const auto& a = node.as<ir::DotAttributes>();
  return g_.shape(node.operands[0]).rank() == 2 && g_.shape(node.operands[1]).rank() == 2 && a.lhs_batch.empty() &&
         a.lhs_contract == ir::Axes{1} && a.rhs_contract == ir::Axes{0};
}

// exp(x - max x) / sum of the same
bool Emitter::softmax(const Node& node) {
  const ValueId e = node.operands[0];
  const Node* sum = repeated_fold(g_, values_, node.operands[1], ir::Reduction::kSum);
  const Node* exponential = producer_of(g_, e, Op::kExponential);
  const Node* shifted = exponential ? producer_of(g_, exponential->operands[0], Op::kSubtract) : nullptr;
  const Node* largest = shifted ? repeated_fold(g_, values_, shifted->operands[1], ir::Reduction::kMaximum) : nullptr;
  if (!sum || !largest || sum->operands[0] != e || largest->operands[0] != shifted->operands[0]) return false;
  const ir::Axes& axes = sum->as<ir::ReduceAttributes>().axes;
  if (axes.size() != 1 || largest->as<ir::ReduceAttributes>().axes != axes) return false;
  const ValueId x = shifted->operands[0];
  const Axes order = values_.layout(x);
  const std::int64_t axis = position(order, axes[0]);
  values_.hold(node.result(), add("Softmax", {values_.full(x, order)}, {{"axis", axis}}), order);
  return true;
}

// A sum over axes or windows, divided by how many elements it has.
bool Emitter::mean(const Node& node) {
  const ValueId total = node.operands[0], divisor = node.operands[1];
  if (const Node* sum = producer_of(g_, total, Op::kReduceWindow)) return mean_of_windows(node, *sum);
  const Node* sum = producer_of(g_, total, Op::kReduce);
  const auto number = constant_number(g_, divisor);
  if (!sum || !number) return false;
  const auto& a = sum->as<ir::ReduceAttributes>();
  double elements = 1;
  for (const int axis : a.axes) {
    if (values_.extents(sum->operands[0])[static_cast<std::size_t>(axis)].grows) return false;
    elements *= static_cast<double>(g_.shape(sum->operands[0])[axis]);
  }
  const double count = node.op == Op::kDivide ? *number : 1 / *number;
  if (a.kind != ir::Reduction::kSum || a.axes.empty() || !near(count, elements)) return false;
  reduced(*sum, node.result(), "ReduceMean", a.axes);
  return true;
}

bool Emitter::mean_of_windows(const Node& node, const Node& sum) {
  const auto& a = sum.as<ir::ReduceWindowAttributes>();
  if (a.kind != ir::Reduction::kSum || !is_pool(sum)) return false;
  double elements = 1;
  for (const ir::WindowAxis& w : a.window) elements *= static_cast<double>(w.size);
  const auto number = constant_number(g_, node.operands[1]);
  const bool padding_counts = number && near(node.op == Op::kDivide ? *number : 1 / *number, elements);
  const bool padding_left_out =
      node.op == Op::kDivide && counts_elements(a.window, g_.shape(sum.operands[0]), values_[node.operands[1]]);
  if (!padding_counts && !padding_left_out) return false;
  pooled(sum, node.result(), "AveragePool", padding_counts ? Padding::kCounts : Padding::kIsLeftOut);
  return true;
}

}  // namespace cornu::onnx
