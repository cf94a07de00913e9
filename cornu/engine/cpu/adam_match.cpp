#include "cornu/engine/cpu/adam_match.h"

#include <algorithm>

#include "cornu/passes/match.h"

namespace cornu::cpu {
namespace {

using ir::Node;
using ir::Op;
using ir::ValueId;

class Matcher {
 public:
  Matcher(const ir::Graph& body, const std::vector<int>& uses) : body_(body), uses_(uses) {}

  std::optional<AdamMatch> match(const Node& last) {
    if (last.op != Op::kSubtract || body_.type(last.result()).dtype != float32) return std::nullopt;
    out_.new_w = last.result();
    out_.w = last.operands[0];
    const Node* change = take(last.operands[1], Op::kDivide);
    if (!change) return std::nullopt;
    const Node* scaled = take(change->operands[0], Op::kMultiply);
    const Node* below = take(change->operands[1], Op::kAdd);
    if (!scaled || !below || !split(*scaled, out_.new_m, out_.rate)) return std::nullopt;
    ValueId root = -1;
    if (!split(*below, root, out_.epsilon)) return std::nullopt;
    const Node* square_root = take(root, Op::kSqrt);
    if (!square_root) return std::nullopt;
    out_.new_v = square_root->operands[0];
    if (!moment(out_.new_m, out_.m, out_.mean_share, out_.g) || !squares()) return std::nullopt;
    return out_;
  }

 private:
  const Node* take(ValueId v, Op op) {
    if (uses_[static_cast<std::size_t>(v)] != 1) return nullptr;
    return take_result(v, op);
  }
  const Node* take_result(ValueId v, Op op) {
    const Node* node = passes::producer_of(body_, v, op);
    if (node) out_.inside.push_back(v);
    return node;
  }
  // One operand is a spread number, the other one is not.
  bool split(const Node& node, ValueId& array, ValueId& number) const {
    for (const std::size_t side : {1u, 0u}) {
      if (passes::spread_scalar(body_, node.operands[side]) < 0) continue;
      array = node.operands[1 - side];
      number = node.operands[side];
      return true;
    }
    return false;
  }
  // value = old + (towards - old) * share; the value may be an output too.
  bool moment(ValueId value, ValueId& old, ValueId& share, ValueId& towards) {
    const auto outputs = std::count(body_.outputs().begin(), body_.outputs().end(), value);
    if (uses_[static_cast<std::size_t>(value)] != outputs + 1) return false;
    const Node* sum = take_result(value, Op::kAdd);
    if (!sum) return false;
    for (const std::size_t side : {1u, 0u}) {
      const Node* step = passes::producer_of(body_, sum->operands[side], Op::kMultiply);
      ValueId difference = -1;
      if (!step || !split(*step, difference, share) || !take(sum->operands[side], Op::kMultiply)) continue;
      const Node* subtract = take(difference, Op::kSubtract);
      if (!subtract || subtract->operands[1] != sum->operands[1 - side]) return false;
      old = sum->operands[1 - side];
      towards = subtract->operands[0];
      return true;
    }
    return false;
  }
  bool squares() {
    ValueId square = -1;
    if (!moment(out_.new_v, out_.v, out_.square_share, square)) return false;
    const Node* product = take(square, Op::kMultiply);
    return product && product->operands[0] == out_.g && product->operands[1] == out_.g;
  }

  const ir::Graph& body_;
  const std::vector<int>& uses_;
  AdamMatch out_{};
};

}  // namespace

std::optional<AdamMatch> match_adam(const ir::Graph& body, const std::vector<int>& uses, const Node& node) {
  return Matcher(body, uses).match(node);
}

}  // namespace cornu::cpu
