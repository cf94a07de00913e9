// Identities of arithmetic that keep every value (0 and -0 count as equal, and so do all NaNs).
#include <cmath>

#include "cornu/passes/fold.h"
#include "cornu/passes/match.h"
#include "cornu/passes/simplify.h"

namespace cornu::passes {
namespace {

using ir::Node;
using ir::Op;
using ir::ValueId;

bool is(const Candidate& c, std::size_t i, double number) { return is_number(c.graph, c.in[i], number); }
ValueId make(const Candidate& c, Op op, std::vector<ValueId> operands) {
  return c.graph.add(op, std::move(operands)).result();
}
// What the operand is the negative of; -1: nothing.
ValueId negated(const Candidate& c, std::size_t i) {
  const Node* node = producer_of(c.graph, c.in[i], Op::kNegate);
  return node ? node->operands[0] : -1;
}

ir::Comparison flipped(ir::Comparison d) {
  switch (d) {
    case ir::Comparison::kEqual:
    case ir::Comparison::kNotEqual: return d;
    case ir::Comparison::kLess: return ir::Comparison::kGreater;
    case ir::Comparison::kLessEqual: return ir::Comparison::kGreaterEqual;
    case ir::Comparison::kGreater: return ir::Comparison::kLess;
    case ir::Comparison::kGreaterEqual: break;
  }
  return ir::Comparison::kLessEqual;
}

// Numbers stand on the right: rules and fusions then look in one place.
ValueId number_to_the_right(const Candidate& c) {
  if (!constant_number(c.graph, c.in[0]) || constant_number(c.graph, c.in[1])) return kNoRule;
  switch (c.op) {
    case Op::kAdd:
    case Op::kMultiply:
    case Op::kMaximum:
    case Op::kMinimum:
    case Op::kAnd:
    case Op::kOr:
    case Op::kXor: return make(c, c.op, {c.in[1], c.in[0]});
    case Op::kCompare:
      return c.graph
          .add(Op::kCompare, {c.in[1], c.in[0]},
               ir::CompareAttributes{flipped(c.as<ir::CompareAttributes>().direction)})
          .result();
    default: return kNoRule;
  }
}

ValueId add(const Candidate& c) {
  if (is(c, 1, 0.0)) return c.in[0];
  if (const ValueId b = negated(c, 1); b >= 0) return make(c, Op::kSubtract, {c.in[0], b});
  if (const ValueId a = negated(c, 0); a >= 0) return make(c, Op::kSubtract, {c.in[1], a});
  return kNoRule;
}

ValueId subtract(const Candidate& c) {
  if (is(c, 1, 0.0)) return c.in[0];
  if (const ValueId b = negated(c, 1); b >= 0) return make(c, Op::kAdd, {c.in[0], b});
  return kNoRule;
}

// Whether 1 / x is exact: then a quotient by x is a product.
bool has_exact_reciprocal(double x, DType dtype) {
  int exponent = 0;
  const double mantissa = std::frexp(std::fabs(x), &exponent);
  const int limit = dtype == float16 ? 12 : 100;
  return std::isfinite(x) && mantissa == 0.5 && std::abs(exponent) < limit;
}

ValueId multiply(const Candidate& c) {
  if (is(c, 1, 1.0)) return c.in[0];
  const ValueId a = negated(c, 0), b = negated(c, 1);
  if (a >= 0 && b >= 0) return make(c, Op::kMultiply, {a, b});
  if (is(c, 1, -1.0) && !is_unsigned_integer(c.type.dtype)) return make(c, Op::kNegate, {c.in[0]});
  return kNoRule;
}

ValueId divide(const Candidate& c) {
  const auto divisor = constant_number(c.graph, c.in[1]);
  if (!divisor) return kNoRule;
  if (*divisor == 1.0) return c.in[0];
  if (is_floating(c.type.dtype) && has_exact_reciprocal(*divisor, c.type.dtype))
    return make(c, Op::kMultiply, {c.in[0], add_constant(c.graph, c.type.shape, 1.0 / *divisor, c.type.dtype)});
  return kNoRule;
}

ValueId select(const Candidate& c) {
  if (c.in[1] == c.in[2]) return c.in[1];
  if (const auto condition = constant_number(c.graph, c.in[0])) return *condition != 0.0 ? c.in[1] : c.in[2];
  if (const Node* negation = producer_of(c.graph, c.in[0], Op::kNot)) {
    const ValueId condition = negation->operands[0];
    return make(c, Op::kSelect, {condition, c.in[2], c.in[1]});
  }
  return kNoRule;
}

ValueId power(const Candidate& c) {
  if (is(c, 1, 1.0)) return c.in[0];
  if (is(c, 1, 2.0)) return make(c, Op::kMultiply, {c.in[0], c.in[0]});
  return kNoRule;
}

// Conversions that lose nothing may be left out when the last one leads back.
bool keeps_all(DType from, DType to) {
  if (from == bool_) return true;
  if (is_integer(from) && is_integer(to))
    return size_of(to) > size_of(from) && (is_signed_integer(to) || is_unsigned_integer(from));
  if (is_floating(from) && is_floating(to)) return size_of(to) > size_of(from);
  return false;
}

ValueId convert(const Candidate& c) {
  if (c.graph.type(c.in[0]).dtype == c.type.dtype) return c.in[0];
  const Node* inner = producer_of(c.graph, c.in[0], Op::kConvert);
  if (!inner) return kNoRule;
  const ValueId x = inner->operands[0];
  const DType from = c.graph.type(x).dtype, middle = c.graph.type(c.in[0]).dtype;
  return from == c.type.dtype && keeps_all(from, middle) ? x : kNoRule;
}

}  // namespace

ValueId simplify_arithmetic(const Candidate& c) {
  if (c.in.size() == 2)
    if (const ValueId v = number_to_the_right(c); v != kNoRule) return v;
  switch (c.op) {
    case Op::kStopGradient: return c.in[0];  // gradients have been taken
    case Op::kNegate: return negated(c, 0) >= 0 ? negated(c, 0) : kNoRule;
    case Op::kAdd: return add(c);
    case Op::kSubtract: return subtract(c);
    case Op::kMultiply: return multiply(c);
    case Op::kDivide: return divide(c);
    case Op::kSelect: return select(c);
    case Op::kPower: return power(c);
    case Op::kConvert: return convert(c);
    case Op::kAnd:
    case Op::kOr: return c.in[0] == c.in[1] ? c.in[0] : kNoRule;
    default: return kNoRule;
  }
}

namespace {

constexpr std::int64_t kLargestFolded = 64;

ValueId fold_constants(const Candidate& c) {
  if (c.type.shape.size() > kLargestFolded) return kNoRule;
  std::vector<Tensor> values;
  for (const ValueId v : c.in) {
    const Node* constant = producer_of(c.graph, v, Op::kConstant);
    if (!constant) return kNoRule;
    values.push_back(constant->as<ir::ConstantAttributes>().value);
  }
  const Node node{c.op, c.in, {}, c.attributes};
  std::optional<Tensor> out = fold(node, c.type, values);
  if (!out) return kNoRule;
  return c.graph.add(Op::kConstant, {}, ir::ConstantAttributes{*std::move(out)}).result();
}

// All operands are one broadcast's results, or numbers spread: the op is done on what was broadcast.
ValueId before_broadcast(const Candidate& c) {
  const Node* shape_of = nullptr;
  for (const ValueId v : c.in) {
    const Node* b = producer_of(c.graph, v, Op::kBroadcastInDim);
    if (!b) return kNoRule;
    if (c.graph.shape(b->operands[0]).size() == 1) {
      if (!shape_of) shape_of = b;
      continue;
    }
    if (shape_of && c.graph.shape(shape_of->operands[0]).size() != 1 &&
        (c.graph.shape(shape_of->operands[0]) != c.graph.shape(b->operands[0]) ||
         shape_of->as<ir::BroadcastAttributes>().dims != b->as<ir::BroadcastAttributes>().dims))
      return kNoRule;
    shape_of = b;
  }
  const Shape small = c.graph.shape(shape_of->operands[0]);
  const ir::Axes dims = shape_of->as<ir::BroadcastAttributes>().dims;
  std::vector<ValueId> operands;
  for (const ValueId v : c.in) {
    const ValueId source = c.graph.producer(v).operands[0];
    if (c.graph.shape(source) == small)
      operands.push_back(source);
    else
      operands.push_back(spread(c.graph, source, small));
  }
  const ValueId made = c.op == Op::kConvert
                           ? c.graph.add_typed(c.op, operands, c.attributes, {c.type.dtype, small}).result()
                           : c.graph.add(c.op, operands, c.attributes).result();
  return add_broadcast(c.graph, made, c.type.shape, dims);
}

}  // namespace

ValueId simplify_spread(const Candidate& c) {
  const ValueId folded = fold_constants(c);
  return folded != kNoRule ? folded : before_broadcast(c);
}

}  // namespace cornu::passes
