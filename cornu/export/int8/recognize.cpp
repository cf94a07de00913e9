// From a prepared graph to layers that have an int8 form.
#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "cornu/core/error.h"
#include "cornu/export/int8/network.h"
#include "cornu/passes/match.h"

namespace cornu::int8_export {
namespace {

using ir::Node;
using ir::Op;
using ir::ValueId;
using passes::constant_number;
using passes::is_number;

Shape image_of(const Shape& shape) {
  Shape out = shape.rank() > 0 ? shape.slice(1, shape.rank()) : shape;
  while (out.rank() < 3) out.insert(0, 1);
  return out;
}

Layer layer(Kind kind, std::string name) {
  Layer out;
  out.kind = kind;
  out.name = std::move(name);
  return out;
}

class Recognizer {
 public:
  explicit Recognizer(const exporting::InferenceGraph& in) : in_(in), g_(in.graph), uses_(g_.use_counts()) {}

  Network run() {
    if (g_.parameters().size() != 1 || g_.outputs().size() != 1)
      refuse(cat("a model of ", g_.parameters().size(), " inputs and ", g_.outputs().size(),
                 " outputs: int8 is for one of each"));
    for (const ir::Node& node : g_.nodes())
      for (const ir::ValueId v : node.results)
        if (const DType dtype = g_.type(v).dtype; refusals_.empty() && is_floating(dtype) && dtype != float32)
          refuse(cat("layers that compute in ", name_of(dtype),
                     ": int8 is made from float32; make the model under the ",
                     "policy float32 and let it load_weights this file"));
    if (refusals_.empty()) {
      out_.input_value = g_.parameters()[0];
      out_.input_shape = g_.shape(out_.input_value);
      tensors_[out_.input_value] = 0;
      tensor(g_.outputs()[0]);
      out_.output_shape = g_.shape(g_.outputs()[0]);
      if (refusals_.empty() && out_.layers.empty()) refuse("a model without layers");
    }
    if (!refusals_.empty())
      throw NotSupportedError(
          cat("this model has no int8 form\n  received: ", join(refusals_, "\n  received: "),
              "\n  way out: --float32, or layers of Dense, convolutions, pooling, addition, relu and softmax"));
    return std::move(out_);
  }

 private:
  void refuse(const std::string& what) {
    if (std::find(refusals_.begin(), refusals_.end(), what) == refusals_.end()) refusals_.push_back(what);
  }
  const Node* once(ValueId v, Op op) const {
    const Node* n = passes::producer_of(g_, v, op);
    return n && uses_[static_cast<std::size_t>(v)] == 1 ? n : nullptr;
  }
  const Tensor* constant(ValueId v) const {
    const Node* n = v < 0 ? nullptr : passes::producer_of(g_, v, Op::kConstant);
    return n ? &n->as<ir::ConstantAttributes>().value : nullptr;
  }
  std::string name_of_table(const Tensor& t, const char* otherwise) const {
    const auto it = in_.names.find(t.raw());
    return it == in_.names.end() ? otherwise : it->second.substr(0, it->second.rfind('/'));
  }

  // The number of the tensor that holds the value; makes the layers that it needs first.
  int tensor(ValueId v) {
    const auto known = tensors_.find(v);
    if (known != tensors_.end()) return known->second;
    const Node& node = g_.producer(v);
    if (node.op == Op::kReshape || node.op == Op::kStopGradient) return tensors_[v] = tensor(node.operands[0]);
    std::optional<Layer> layer = match(v);
    if (!layer) {
      refuse(cat(name_of(node.op), " of ", name_of(g_.type(v).dtype), " ", g_.shape(v)));
      for (const ValueId operand : node.operands)
        if (!constant(operand) && !is_plain(operand)) tensor(operand);
      return tensors_[v] = -1;
    }
    layer->value = v;
    out_.layers.push_back(std::move(*layer));
    return tensors_[v] = static_cast<int>(out_.layers.size());
  }
  bool is_plain(ValueId v) const {
    const Node& n = g_.producer(v);
    return n.op == Op::kConstant || (n.op == Op::kBroadcastInDim && constant(n.operands[0]));
  }

  std::optional<Layer> match(ValueId v) {
    if (std::optional<Layer> l = softmax(v)) return l;
    if (std::optional<Layer> l = activated(v)) return l;
    if (std::optional<Layer> l = pool(v)) return l;
    if (std::optional<Layer> l = addition(v)) return l;
    return table(v);
  }

  // min(max(linear, 0), ceiling)
  std::optional<Layer> activated(ValueId v) {
    const Node& node = g_.producer(v);
    if (node.op == Op::kMinimum)
      for (const std::size_t side : {0u, 1u}) {
        const std::optional<double> ceiling = constant_number(g_, node.operands[side]);
        const ValueId other = node.operands[1 - side];
        if (!ceiling || *ceiling <= 0 || !once(other, Op::kMaximum)) continue;
        std::optional<Layer> l = activated(other);
        if (l && l->relu) return l->ceiling = *ceiling, l;
      }
    if (node.op == Op::kMaximum)
      for (const std::size_t side : {0u, 1u}) {
        const ValueId other = node.operands[1 - side];
        if (!is_number(g_, node.operands[side], 0) || uses_[static_cast<std::size_t>(other)] != 1) continue;
        std::optional<Layer> l = biased(other);
        if (!l) l = addition(other);
        if (l) return l->relu = true, l;
      }
    return biased(v);
  }

  std::optional<Layer> biased(ValueId v) {
    const Node& node = g_.producer(v);
    if (node.op == Op::kReshape && uses_[static_cast<std::size_t>(node.operands[0])] == 1 &&
        g_.shape(v).back() == g_.shape(node.operands[0]).back()) {
      const Op under = g_.producer(node.operands[0]).op;
      if (under == Op::kDotGeneral || under == Op::kConvolution) return product(node.operands[0]);
    }
    if (node.op == Op::kAdd)
      for (const std::size_t side : {0u, 1u}) {
        const Tensor* bias = constant(passes::spread_vector(g_, node.operands[side]));
        const ValueId other = node.operands[1 - side];
        if (!bias || uses_[static_cast<std::size_t>(other)] != 1) continue;
        std::optional<Layer> l = biased(other);
        if (l && l->bias.size() == 0) return l->bias = bias->reshape({-1}).astype(float32), l;
      }
    return product(v);
  }

  std::optional<Layer> product(ValueId v) {
    const Node& node = g_.producer(v);
    return node.op == Op::kDotGeneral ? dense(node) : node.op == Op::kConvolution ? convolution(node) : std::nullopt;
  }

  std::optional<Layer> dense(const Node& node) {
    const auto& a = node.as<ir::DotAttributes>();
    const Tensor* kernel = constant(node.operands[1]);
    const Shape& x = g_.shape(node.operands[0]);
    if (!kernel || kernel->rank() != 2 || !a.lhs_batch.empty() || x.rank() > 4 ||
        a.lhs_contract != ir::Axes{x.rank() - 1} || a.rhs_contract.size() != 1)
      return std::nullopt;
    Layer out = layer(Kind::kProduct, name_of_table(*kernel, "dense"));
    out.kernel = (a.rhs_contract[0] == 0 ? *kernel : kernel->transpose()).astype(float32).reshape({1, 1, x.back(), -1});
    return placed(std::move(out), node);
  }

  std::optional<Layer> convolution(const Node& node) {
    const auto& a = node.as<ir::ConvolutionAttributes>();
    const Tensor* kernel = constant(node.operands[1]);
    const Shape& x = g_.shape(node.operands[0]);
    const int rank = x.rank(), spatial = rank - 2;
    if (!kernel || spatial < 1 || spatial > 2 || a.batch_groups != 1) return std::nullopt;
    ir::Axes image, filter;
    for (int i = 0; i < spatial; ++i) image.push_back(1 + i), filter.push_back(i);
    const bool plain = a.image.batch == 0 && a.image.feature == rank - 1 && a.image.spatial == image &&
                       a.result == a.image && a.kernel.spatial == filter && a.kernel.input == spatial &&
                       a.kernel.output == spatial + 1;
    const std::int64_t features = x.back();
    if (!plain || (a.feature_groups != 1 && a.feature_groups != features)) return std::nullopt;
    for (const ir::WindowAxis& w : a.window)
      if (w.base_dilation != 1 || w.reversed) return std::nullopt;
    const bool depthwise = a.feature_groups > 1;
    Layer out = layer(depthwise ? Kind::kDepthwise : Kind::kProduct, name_of_table(*kernel, "convolution"));
    out.columns = a.window.back();
    if (spatial == 2) out.rows = a.window[0];
    out.kernel = kernel->astype(float32).reshape({out.rows.size, out.columns.size, kernel->dim(spatial), -1});
    return placed(std::move(out), node);
  }

  Layer placed(Layer l, const Node& node) {
    l.from = image_of(g_.shape(node.operands[0]));
    l.to = image_of(g_.shape(node.result()));
    l.inputs = {tensor(node.operands[0])};
    return l;
  }

  // Windows along one or two axes of an image; anything along the features is none.
  bool windows(const ir::Window& window, Layer& l) const {
    const std::size_t rank = window.size();
    if (rank < 3 || rank > 4 || !window.front().trivial() || !window.back().trivial()) return false;
    for (const ir::WindowAxis& w : window)
      if (w.base_dilation != 1) return false;
    l.columns = window[rank - 2];
    if (rank == 4) l.rows = window[1];
    return true;
  }

  std::optional<Layer> pool(ValueId v) {
    const Node& node = g_.producer(v);
    if (node.op == Op::kReduceWindow && node.as<ir::ReduceWindowAttributes>().kind == ir::Reduction::kMaximum) {
      Layer l = layer(Kind::kMaxPool, "max pooling");
      if (!windows(node.as<ir::ReduceWindowAttributes>().window, l)) return std::nullopt;
      return placed(std::move(l), node);
    }
    if (node.op != Op::kMultiply && node.op != Op::kDivide) return std::nullopt;
    const std::optional<double> number = constant_number(g_, node.operands[1]);
    if (!number) return std::nullopt;
    return average(node.operands[0], node.op == Op::kDivide ? *number : 1 / *number);
  }

  // sum / count, where the window has just so many elements everywhere.
  std::optional<Layer> average(ValueId v, double count) {
    const Node* node = &g_.producer(v);
    if (node->op == Op::kReshape && uses_[static_cast<std::size_t>(node->operands[0])] == 1)
      node = &g_.producer(node->operands[0]);
    Layer l = layer(Kind::kAveragePool, "average pooling");
    if (node->op == Op::kReduceWindow && node->as<ir::ReduceWindowAttributes>().kind == ir::Reduction::kSum) {
      const bool whole = windows(node->as<ir::ReduceWindowAttributes>().window, l) && l.rows.low == 0 &&
                         l.rows.high <= 0 && l.columns.low == 0 && l.columns.high <= 0;
      if (!whole) return std::nullopt;
    } else if (node->op == Op::kReduce && node->as<ir::ReduceAttributes>().kind == ir::Reduction::kSum) {
      const Shape& x = g_.shape(node->operands[0]);
      ir::Axes spatial;
      for (int i = 1; i + 1 < x.rank(); ++i) spatial.push_back(i);
      ir::Axes axes = node->as<ir::ReduceAttributes>().axes;
      std::sort(axes.begin(), axes.end());
      if (axes != spatial || x.rank() < 3 || x.rank() > 4) return std::nullopt;
      l.columns.size = x.at(-2);
      if (x.rank() == 4) l.rows.size = x[1];
    } else {
      return std::nullopt;
    }
    if (std::fabs(static_cast<double>(l.rows.size * l.columns.size) - count) > 1e-3) return std::nullopt;
    return placed(std::move(l), *node);
  }

  std::optional<Layer> addition(ValueId v) {
    const Node& node = g_.producer(v);
    if (node.op != Op::kAdd || is_plain(node.operands[0]) || is_plain(node.operands[1])) return std::nullopt;
    Layer l = layer(Kind::kAdd, "add");
    l = placed(std::move(l), node);
    l.inputs.push_back(tensor(node.operands[1]));
    return l;
  }

  // exp(x - max x) / sum, over the last axis.
  std::optional<Layer> softmax(ValueId v) {
    const Node& divide = g_.producer(v);
    if (divide.op != Op::kDivide) return std::nullopt;
    const Node* exp = passes::producer_of(g_, divide.operands[0], Op::kExponential);
    const Node* subtract = exp ? passes::producer_of(g_, exp->operands[0], Op::kSubtract) : nullptr;
    const Node* sum = under_moves(divide.operands[1], Op::kReduce);
    const Node* most = subtract ? under_moves(subtract->operands[1], Op::kReduce) : nullptr;
    if (!sum || !most || sum->operands[0] != exp->result() || most->operands[0] != subtract->operands[0])
      return std::nullopt;
    const auto &a = sum->as<ir::ReduceAttributes>(), &b = most->as<ir::ReduceAttributes>();
    const ir::Axes last = {g_.shape(v).rank() - 1};
    if (a.kind != ir::Reduction::kSum || b.kind != ir::Reduction::kMaximum || a.axes != last || b.axes != last)
      return std::nullopt;
    Layer l = layer(Kind::kSoftmax, "softmax");
    return placed(std::move(l), *subtract);
  }
  const Node* under_moves(ValueId v, Op op) const {
    const Node* n = &g_.producer(v);
    while (n->op == Op::kBroadcastInDim || n->op == Op::kReshape || n->op == Op::kStopGradient)
      n = &g_.producer(n->operands[0]);
    return n->op == op ? n : nullptr;
  }

  // An op of one number: sigmoid, tanh, a relu that follows no product.
  std::optional<Layer> table(ValueId v) {
    const Node& node = g_.producer(v);
    if (ir::family_of(node.op) != ir::Family::kElementwise || g_.type(v).dtype != float32) return std::nullopt;
    std::vector<ValueId> inputs;
    for (const ValueId operand : node.operands)
      if (!constant_number(g_, operand)) inputs.push_back(operand);
    if (inputs.empty() || inputs.size() > 1 || g_.type(inputs[0]).dtype != float32) return std::nullopt;
    Layer l = layer(Kind::kTable, std::string(name_of(node.op)));
    l.op = node;
    for (const ValueId operand : node.operands) l.operands.push_back(constant_number(g_, operand));
    l.from = l.to = image_of(g_.shape(v));
    l.inputs = {tensor(inputs[0])};
    return l;
  }

  const exporting::InferenceGraph& in_;
  const ir::Graph& g_;
  std::vector<int> uses_;
  Network out_;
  std::map<ValueId, int> tensors_;
  std::vector<std::string> refusals_;
};

}  // namespace

Network recognize(const exporting::InferenceGraph& graph) { return Recognizer(graph).run(); }

}  // namespace cornu::int8_export
