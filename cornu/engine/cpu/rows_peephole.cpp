#include "cornu/engine/cpu/rows_peephole.h"

#include <algorithm>

namespace cornu::cpu {

using ir::Node;
using ir::Op;
using ir::ValueId;

Peephole::Peephole(const ir::Graph& body, const passes::RowSpace& space)
    : body_(body),
      space_(space),
      uses_(body.use_counts()),
      compounds_(static_cast<std::size_t>(body.value_count())),
      inside_(static_cast<std::size_t>(body.value_count()), false) {
  // From the end, so that the largest form is found first.
  for (auto node = body.nodes().rbegin(); node != body.nodes().rend(); ++node) {
    if (inside_[static_cast<std::size_t>(node->result())] || body.type(node->result()).dtype != float32) continue;
    if (auto adam = match_adam(body, uses_, *node); adam && is_full({adam->w, adam->g, adam->m, adam->v})) {
      for (const ValueId v : adam->inside) inside_[static_cast<std::size_t>(v)] = true;
      adams_.push_back(*std::move(adam));
      continue;
    }
    const auto found = match(*node);
    if (!found) continue;
    compounds_[static_cast<std::size_t>(node->result())] = found->compound;
    for (const ValueId v : found->inside) inside_[static_cast<std::size_t>(v)] = true;
  }
}

const AdamMatch* Peephole::adam(ValueId new_w) const {
  const auto it = std::find_if(adams_.begin(), adams_.end(), [new_w](const AdamMatch& a) { return a.new_w == new_w; });
  return it == adams_.end() ? nullptr : &*it;
}

bool Peephole::is_full(std::initializer_list<ValueId> values) const {
  return std::all_of(values.begin(), values.end(),
                     [this](ValueId v) { return space_.kinds[static_cast<std::size_t>(v)] == passes::RowKind::kFull; });
}

const Node* Peephole::inner(const Node& node, std::size_t operand, Op op) const {
  const ValueId v = node.operands[operand];
  const Node& made_by = body_.producer(v);
  const bool same_kind =
      space_.kinds[static_cast<std::size_t>(v)] == space_.kinds[static_cast<std::size_t>(node.result())];
  return made_by.op == op && uses_[static_cast<std::size_t>(v)] == 1 && same_kind ? &made_by : nullptr;
}

std::optional<Peephole::Match> Peephole::match(const Node& node) const {
  const auto two = [&](TernaryOp op, const Node& in, ValueId c) {
    return Match{{op, {in.operands[0], in.operands[1], c}}, {in.result()}};
  };
  switch (node.op) {
    case Op::kAdd:
      for (const std::size_t side : {1u, 0u}) {
        const Node* product = inner(node, side, Op::kMultiply);
        if (!product) continue;
        const ValueId other = node.operands[1 - side];
        for (const std::size_t factor : {0u, 1u}) {  // a + (b - a) * c
          const Node* difference = inner(*product, factor, Op::kSubtract);
          if (difference && difference->operands[1] == other)
            return Match{{TernaryOp::kLerp, {other, difference->operands[0], product->operands[1 - factor]}},
                         {product->result(), difference->result()}};
        }
        return two(TernaryOp::kMulAdd, *product, other);
      }
      return std::nullopt;
    case Op::kSubtract:
      if (const Node* product = inner(node, 1, Op::kMultiply))
        return two(TernaryOp::kNegMulAdd, *product, node.operands[0]);
      if (const Node* product = inner(node, 0, Op::kMultiply))
        return two(TernaryOp::kMulSub, *product, node.operands[1]);
      return std::nullopt;
    case Op::kMultiply:
      for (const std::size_t side : {0u, 1u}) {
        if (node.operands[0] == node.operands[1]) break;
        if (const Node* sum = inner(node, side, Op::kAdd))
          return two(TernaryOp::kAddMul, *sum, node.operands[1 - side]);
        if (const Node* difference = inner(node, side, Op::kSubtract))
          return two(TernaryOp::kSubMul, *difference, node.operands[1 - side]);
      }
      return std::nullopt;
    case Op::kMinimum:
      if (const Node* maximum = inner(node, 0, Op::kMaximum)) return two(TernaryOp::kClamp, *maximum, node.operands[1]);
      return std::nullopt;
    default: return std::nullopt;
  }
}

}  // namespace cornu::cpu
