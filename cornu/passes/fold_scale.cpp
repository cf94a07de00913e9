// A product or convolution with fixed weights takes the scale and the shift after it into its weights and its bias:
// batch normalization in a model that judges costs nothing.
//   (x W + b) * s + t  ->  x (W s) + (b s + t)
// Values move by roundings only. Weights that a step trains are not fixed, so steps stay as they are.
#include "cornu/passes/match.h"
#include "cornu/passes/pass.h"

namespace cornu::passes {
namespace {

using ir::Node;
using ir::Op;
using ir::ValueId;

struct Scaled {
  const Node* product = nullptr;
  int kernel_axis = -1;  // of the product's second operand: the one that the last axis of the result is made of
  ValueId bias = -1, scale = -1, shift = -1;
};

class Matcher {
 public:
  explicit Matcher(const ir::Graph& graph) : graph_(graph), uses_(graph.use_counts()), fixed_(fixed_values(graph)) {}

  // The scaled product that ends in this node.
  std::optional<Scaled> match(const Node& root) const {
    Scaled out;
    if (root.op == Op::kMultiply) {
      if (scaled(root, out)) return out;
    } else if (root.op == Op::kAdd) {
      for (const std::size_t side : {1u, 0u}) {
        const Node* multiply = producer_of(graph_, root.operands[1 - side], Op::kMultiply);
        out = {};
        out.shift = fixed_vector(root.operands[side]);
        if (out.shift >= 0 && multiply && used_once(multiply->result()) && scaled(*multiply, out)) return out;
      }
    }
    return std::nullopt;
  }

 private:
  bool used_once(ValueId v) const { return uses_[static_cast<std::size_t>(v)] == 1; }
  ValueId fixed_vector(ValueId v) const {
    const ValueId vector = spread_vector(graph_, v);
    return vector >= 0 && fixed_[static_cast<std::size_t>(vector)] ? vector : -1;
  }

  bool scaled(const Node& multiply, Scaled& out) const {
    for (const std::size_t side : {1u, 0u}) {
      out.scale = fixed_vector(multiply.operands[side]);
      if (out.scale >= 0 && biased(multiply.operands[1 - side], out)) return true;
    }
    return false;
  }
  bool biased(ValueId v, Scaled& out) const {
    if (!used_once(v)) return false;
    const Node* add = producer_of(graph_, v, Op::kAdd);
    if (!add) return product(graph_.producer(v), out);
    for (const std::size_t side : {1u, 0u}) {
      out.bias = fixed_vector(add->operands[side]);
      const ValueId other = add->operands[1 - side];
      if (out.bias >= 0 && used_once(other) && product(graph_.producer(other), out)) return true;
    }
    return false;
  }
  bool product(const Node& node, Scaled& out) const {
    if (node.op != Op::kConvolution && node.op != Op::kDotGeneral) return false;
    const ValueId kernel = node.operands[1];
    if (graph_.type(node.result()).dtype != float32 || !fixed_[static_cast<std::size_t>(kernel)]) return false;
    out.product = &node;
    if (node.op == Op::kConvolution) {
      const auto& a = node.as<ir::ConvolutionAttributes>();
      out.kernel_axis = a.kernel.output;
      return a.result.feature == graph_.shape(node.result()).rank() - 1;
    }
    const auto& a = node.as<ir::DotAttributes>();
    const int rank = graph_.shape(kernel).rank();
    if (!a.rhs_batch.empty() || static_cast<int>(a.rhs_contract.size()) != rank - 1) return false;
    out.kernel_axis = rank * (rank - 1) / 2;
    for (const int axis : a.rhs_contract) out.kernel_axis -= axis;  // the one that is left
    return true;
  }

  const ir::Graph& graph_;
  std::vector<int> uses_;
  std::vector<bool> fixed_;
};

ValueId rewrite_scaled(ir::Rewriter& r, const Scaled& s, const Shape& shape) {
  ir::Graph& g = r.target();
  const Shape vector{shape.back()};
  const auto as_vector = [&](ValueId old) { return add_reshape(g, r[old], vector); };
  const ValueId kernel = r[s.product->operands[1]], scale = as_vector(s.scale);
  const ValueId factor = add_broadcast(g, scale, g.shape(kernel), {s.kernel_axis});
  const ValueId scaled = g.add(Op::kMultiply, {kernel, factor}).result();
  ValueId out = copy_node(g, r.source(), *s.product, {r[s.product->operands[0]], scaled}).result();
  ValueId bias = s.bias >= 0 ? g.add(Op::kMultiply, {as_vector(s.bias), scale}).result() : -1;
  if (s.shift >= 0) bias = bias >= 0 ? g.add(Op::kAdd, {bias, as_vector(s.shift)}).result() : as_vector(s.shift);
  if (bias >= 0) out = g.add(Op::kAdd, {out, add_broadcast(g, bias, shape, {shape.rank() - 1})}).result();
  return out;
}

}  // namespace

ir::Graph fold_scale(const ir::Graph& graph) {
  const Matcher matcher(graph);
  const ir::Graph folded = ir::rewrite(graph, [&](ir::Rewriter& r, const Node& node) {
    const std::optional<Scaled> scaled = node.results.size() == 1 ? matcher.match(node) : std::nullopt;
    if (!scaled) return false;
    r.replace(node.result(), rewrite_scaled(r, *scaled, graph.shape(node.result())));
    return true;
  });
  // The products as they were stay behind without a use.
  return ir::rewrite(folded, [](ir::Rewriter&, const Node&) { return false; });
}

}  // namespace cornu::passes
