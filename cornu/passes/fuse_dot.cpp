// Products take along what follows them, when nothing else needs what lies between:
//   product + bias, + a residual, relu, relu6        the forward pass of a Dense layer or a convolution
//   x <= 0 ? 0 : product                             the gradient through a relu
//   start +- rate * product, start + product         an update of weights
// A product is a dot_general or a convolution.
// Only float32: other dtypes have no fused kernels.
#include <algorithm>
#include <limits>

#include "cornu/passes/match.h"
#include "cornu/passes/pass.h"

namespace cornu::passes {
namespace {

using ir::Node;
using ir::Op;
using ir::ValueId;

struct Plan {
  const Node* product = nullptr;
  ValueId bias = -1;  // one number for each place of the last axis
  ValueId add = -1;   // a residual
  bool relu = false;
  double most = std::numeric_limits<double>::infinity();  // after relu
  ValueId mask = -1;                                      // compared with 0
  ValueId start = -1;
  bool subtract = false;
  std::vector<ValueId> rates;       // numbers that the product is multiplied with
  std::vector<const Node*> inside;  // what the fusion takes the place of, beside its root
};

class Matcher {
 public:
  explicit Matcher(const ir::Graph& graph) : graph_(graph), uses_(graph.use_counts()) {}

  // The fusion that ends in this node.
  std::optional<Plan> match(const Node& root) const {
    if (root.results.size() != 1 || graph_.type(root.result()).dtype != float32) return std::nullopt;
    Plan plan;
    bool found = false;
    switch (root.op) {
      case Op::kMaximum: found = relu(root, plan); break;
      case Op::kMinimum:
      case Op::kSelect: found = capped(root, plan) || masked(root, plan); break;
      case Op::kAdd: found = with_bias(root, plan) || residual(root, plan) || update(root, plan); break;
      case Op::kSubtract: found = update(root, plan); break;
      default: return std::nullopt;
    }
    if (!found) return std::nullopt;
    return plan;
  }

 private:
  bool used_once(ValueId v) const { return uses_[static_cast<std::size_t>(v)] == 1; }

  bool product(ValueId v, Plan& plan) const {
    const Node& node = graph_.producer(v);
    if (!used_once(v)) return false;
    if (node.op != Op::kDotGeneral && node.op != Op::kConvolution) return false;
    plan.product = &node;
    plan.inside.push_back(&node);
    return true;
  }

  // product + bias, with this add as the root.
  bool with_bias(const Node& add, Plan& plan) const {
    for (const std::size_t side : {1u, 0u}) {
      const ValueId bias = bias_of(add.operands[side]);
      Plan trial = plan;
      if (bias < 0 || !product(add.operands[1 - side], trial) || !has_columns(*trial.product)) continue;
      trial.bias = bias;
      plan = std::move(trial);
      return true;
    }
    return false;
  }
  // One number for each column; with a single row its broadcast has become a reshape.
  ValueId bias_of(ValueId v) const {
    const Shape& shape = graph_.shape(v);
    const Node* reshape = producer_of(graph_, v, Op::kReshape);
    if (reshape && !shape.empty() && graph_.shape(reshape->operands[0]) == Shape{shape.back()})
      return reshape->operands[0];
    const ValueId vector = spread_vector(graph_, v);
    if (vector >= 0 && vector != v) return vector;
    const Node* broadcast = producer_of(graph_, v, Op::kBroadcastInDim);  // of a single column
    return broadcast && !shape.empty() && shape.back() == 1 && graph_.shape(broadcast->operands[0]) == Shape{1}
               ? broadcast->operands[0]
               : -1;
  }
  // The last axis of the result is the kernel's.
  bool has_columns(const Node& node) const {
    return node.op != Op::kConvolution ||
           node.as<ir::ConvolutionAttributes>().result.feature == graph_.shape(node.result()).rank() - 1;
  }

  // (product + bias) + residual, with this add as the root.
  bool residual(const Node& add, Plan& plan) const {
    for (const std::size_t side : {1u, 0u}) {
      const Node* inner = producer_of(graph_, add.operands[1 - side], Op::kAdd);
      Plan trial = plan;
      if (!inner || !used_once(inner->result()) || !with_bias(*inner, trial)) continue;
      trial.add = add.operands[side];
      trial.inside.push_back(inner);
      plan = std::move(trial);
      return true;
    }
    return false;
  }

  // What stands below a relu: a product, with a bias, with a residual.
  bool sum(ValueId v, Plan& plan) const {
    const Node* add = producer_of(graph_, v, Op::kAdd);
    if (!add) return product(v, plan);
    if (!used_once(v) || !(with_bias(*add, plan) || residual(*add, plan))) return false;
    plan.inside.push_back(add);
    return true;
  }

  bool relu(const Node& maximum, Plan& plan) const {
    plan.relu = true;
    return is_number(graph_, maximum.operands[1], 0.0) && sum(maximum.operands[0], plan);
  }

  // min(relu(x), most), or relu(x) < most ? relu(x) : most.
  bool capped(const Node& root, Plan& plan) const {
    const bool select = root.op == Op::kSelect;
    const ValueId inner = root.operands[select ? 1 : 0], cap = root.operands[select ? 2 : 1];
    const std::optional<double> most = constant_number(graph_, cap);
    const Node* maximum = producer_of(graph_, inner, Op::kMaximum);
    if (!most || !maximum || uses_[static_cast<std::size_t>(inner)] != (select ? 2 : 1)) return false;
    Plan trial = plan;
    if (select) {
      const Node* less = producer_of(graph_, root.operands[0], Op::kCompare);
      if (!less || !used_once(root.operands[0]) || less->operands[0] != inner ||
          less->as<ir::CompareAttributes>().direction != ir::Comparison::kLess ||
          constant_number(graph_, less->operands[1]) != most)
        return false;
      trial.inside.push_back(less);
    }
    if (!relu(*maximum, trial)) return false;
    trial.inside.push_back(maximum);
    trial.most = *most;
    plan = std::move(trial);
    return true;
  }

  // x <= 0 ? 0 : product, or x > 0 ? product : 0; the two differ for NaN alone, where the first is what kernels do.
  bool masked(const Node& select, Plan& plan) const {
    if (select.op != Op::kSelect) return false;
    const Node* compare = producer_of(graph_, select.operands[0], Op::kCompare);
    if (!compare || !is_number(graph_, compare->operands[1], 0.0) || !is_number(graph_, select.operands[1], 0.0))
      return false;
    if (compare->as<ir::CompareAttributes>().direction != ir::Comparison::kLessEqual) return false;
    if (graph_.type(compare->operands[0]) != graph_.type(select.result())) return false;
    plan.mask = compare->operands[0];
    return product(select.operands[2], plan);
  }

  // product, or product times numbers of one element.
  bool scaled(ValueId v, Plan& plan) const {
    if (product(v, plan)) return true;
    const Node* multiply = producer_of(graph_, v, Op::kMultiply);
    if (!multiply || !used_once(v)) return false;
    for (const std::size_t side : {1u, 0u}) {
      const ValueId rate = spread_scalar(graph_, multiply->operands[side]);
      if (rate < 0 || rate == multiply->operands[side]) continue;
      plan.rates.push_back(rate);
      plan.inside.push_back(multiply);
      return scaled(multiply->operands[1 - side], plan);
    }
    return false;
  }

  bool update(const Node& root, Plan& plan) const {
    plan.subtract = root.op == Op::kSubtract;
    for (const std::size_t side : {1u, 0u}) {
      if (plan.subtract && side == 0) break;
      Plan trial = plan;
      if (!scaled(root.operands[side], trial)) continue;
      trial.start = root.operands[1 - side];
      // A broadcast would have to be written out first.
      if (producer_of(graph_, trial.start, Op::kBroadcastInDim)) continue;
      plan = std::move(trial);
      return true;
    }
    return false;
  }

  const ir::Graph& graph_;
  std::vector<int> uses_;
};

// The body in the one form that engines look for, and the values of the outer graph that it works on.
class BodyBuilder {
 public:
  BodyBuilder(ir::Rewriter& r, const Plan& plan) : r_(r), plan_(plan), body_(std::make_shared<ir::Graph>()) {}

  ValueId build() {
    const ValueId a = input(r_[plan_.product->operands[0]]), b = input(r_[plan_.product->operands[1]]);
    const std::int64_t columns = r_.source().shape(plan_.product->result()).back();
    const ValueId bias = plan_.bias >= 0 ? input(add_reshape(r_.target(), r_[plan_.bias], Shape{columns})) : -1;
    const ValueId add = plan_.add >= 0 ? input(r_[plan_.add]) : -1;
    const ValueId mask = plan_.mask >= 0 ? input(r_[plan_.mask]) : -1;
    const ValueId start = plan_.start >= 0 ? input(r_[plan_.start]) : -1;
    const ValueId rate = plan_.rates.empty() ? -1 : input(combined_rate());
    ValueId v = body_->add(plan_.product->op, {a, b}, plan_.product->attributes).result();
    const Shape shape = body_->shape(v);
    if (bias >= 0) v = body_->add(Op::kAdd, {v, add_broadcast(*body_, bias, shape, {shape.rank() - 1})}).result();
    if (add >= 0) v = body_->add(Op::kAdd, {v, add}).result();
    if (plan_.relu) v = body_->add(Op::kMaximum, {v, zero(shape)}).result();
    if (plan_.most < std::numeric_limits<double>::infinity())
      v = body_->add(Op::kMinimum, {v, add_constant(*body_, shape, plan_.most, float32)}).result();
    if (mask >= 0) {
      const ValueId off =
          body_->add(Op::kCompare, {mask, zero(shape)}, ir::CompareAttributes{ir::Comparison::kLessEqual}).result();
      v = body_->add(Op::kSelect, {off, zero(shape), v}).result();
    }
    if (rate >= 0) v = body_->add(Op::kMultiply, {v, spread(*body_, rate, shape)}).result();
    if (start >= 0) v = body_->add(plan_.subtract ? Op::kSubtract : Op::kAdd, {start, v}).result();
    body_->add_output(v);
    return r_.target().add(Op::kFusion, operands_, ir::FusionAttributes{ir::FusionKind::kDot, body_}).result();
  }

 private:
  ValueId input(ValueId outer) {
    operands_.push_back(outer);
    return body_->add_parameter("", r_.target().type(outer));
  }
  ValueId zero(const Shape& shape) { return add_constant(*body_, shape, 0.0, float32); }
  ValueId combined_rate() {
    ValueId rate = add_reshape(r_.target(), r_[plan_.rates[0]], Shape{});
    for (std::size_t i = 1; i < plan_.rates.size(); ++i)
      rate = r_.target().add(Op::kMultiply, {rate, add_reshape(r_.target(), r_[plan_.rates[i]], Shape{})}).result();
    return rate;
  }

  ir::Rewriter& r_;
  const Plan& plan_;
  std::shared_ptr<ir::Graph> body_;
  std::vector<ValueId> operands_;
};

}  // namespace

ir::Graph fuse_dot(const ir::Graph& graph) {
  const Matcher matcher(graph);
  const std::vector<bool> live = ir::live_nodes(graph);
  std::vector<std::optional<Plan>> plans(graph.nodes().size());
  std::vector<bool> inside(graph.nodes().size(), false);
  // From the end: the longest form of a fusion ends last, and takes the shorter ones with it.
  for (std::size_t i = graph.nodes().size(); i-- > 0;) {
    if (!live[i] || inside[i]) continue;
    plans[i] = matcher.match(graph.nodes()[i]);
    if (!plans[i]) continue;
    for (const Node* node : plans[i]->inside)
      inside[static_cast<std::size_t>(graph.producer_index(node->result()))] = true;
  }
  const ir::Graph fused = ir::rewrite(graph, [&](ir::Rewriter& r, const Node& node) {
    if (node.results.empty()) return false;
    const auto i = static_cast<std::size_t>(graph.producer_index(node.result()));
    if (inside[i]) return true;
    if (!plans[i]) return false;
    r.replace(node.result(), BodyBuilder(r, *plans[i]).build());
    return true;
  });
  // Broadcasts that only fused nodes used are copied into their bodies, and stay behind without a use.
  return ir::rewrite(fused, [](ir::Rewriter&, const Node&) { return false; });
}

}  // namespace cornu::passes
