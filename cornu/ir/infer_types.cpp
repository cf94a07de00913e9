// Shape rules: what each op's results are, given its operands. One rule a family, StableHLO's constraints.
#include <algorithm>
#include <set>

#include "cornu/core/error.h"
#include "cornu/ir/graph.h"

namespace cornu::ir {
namespace {

struct Rule {
  const Graph& graph;
  Op op;
  const std::vector<ValueId>& operands;
  const Attributes& attributes;

  const Type& in(std::size_t i) const { return graph.type(operands[i]); }
  template <class A>
  const A& as() const {
    if (const A* a = std::get_if<A>(&attributes)) return *a;
    throw InternalError(cat(name_of(op), " was given the attributes of another op"));
  }
  [[noreturn]] void fail(const std::string& expected) const {
    std::vector<std::string> types;
    for (const ValueId v : operands) types.push_back(print(graph.type(v)));
    throw ValueError(cat("[", name_of(op), "] received: ", join(types, ", "), "\n  expected: ", expected));
  }
  int axis(int a, int rank) const {
    if (a < 0 || a >= rank) fail(cat("an axis from 0 to ", rank - 1, ", not ", a));
    return a;
  }
  bool one_each(const Dims& list, const Shape& shape) const {
    return list.size() == static_cast<std::size_t>(shape.rank());
  }
  void distinct(const Axes& axes, int rank) const {
    for (const int a : axes) axis(a, rank);
    if (std::set<int>(axes.begin(), axes.end()).size() != axes.size()) fail("each axis at most once");
  }
};

void check_elements(const Rule& r) {
  const Elements elements = elements_of(r.op);
  if (const auto* reduce = std::get_if<ReduceAttributes>(&r.attributes);
      r.op == Op::kReduce && reduce && (reduce->kind == Reduction::kAnd || reduce->kind == Reduction::kOr)) {
    if (r.in(0).dtype != bool_) r.fail("bools for a reduction by and / or");
    return;
  }
  for (std::size_t i = 0; i < r.operands.size(); ++i)
    if (!contains(elements, r.in(i).dtype)) r.fail(cat(name_of(elements), " (cast first: ops::cast)"));
}

Type elementwise(const Rule& r) {
  if (r.op == Op::kSelect) {
    if (r.in(0).dtype != bool_ || r.in(1) != r.in(2) || r.in(0).shape != r.in(1).shape)
      r.fail("a bool tensor and two tensors of one type, all of one shape");
    return r.in(1);
  }
  if (r.operands.size() == 2 && r.in(0) != r.in(1)) r.fail("two operands of one type");
  if (r.op == Op::kCompare) {
    r.as<CompareAttributes>();
    return {bool_, r.in(0).shape};
  }
  if (r.op == Op::kIsFinite) return {bool_, r.in(0).shape};
  return r.in(0);
}

Type shape_op(const Rule& r) {
  const Shape& x = r.in(0).shape;
  const DType dtype = r.in(0).dtype;
  Shape out = x;
  if (r.op == Op::kTranspose) {
    const Axes& perm = r.as<TransposeAttributes>().permutation;
    r.distinct(perm, x.rank());
    if (static_cast<int>(perm.size()) != x.rank())
      r.fail(cat("a permutation of all ", x.rank(), " axes, not of ", perm.size()));
    for (int i = 0; i < x.rank(); ++i) out[i] = x[perm[static_cast<std::size_t>(i)]];
  } else if (r.op == Op::kReverse) {
    r.distinct(r.as<AxesAttributes>().axes, x.rank());
  } else if (r.op == Op::kSlice) {
    const auto& a = r.as<SliceAttributes>();
    if (!r.one_each(a.start, x) || !r.one_each(a.limit, x) || !r.one_each(a.stride, x))
      r.fail("one start, limit and stride for each axis");
    for (int i = 0; i < x.rank(); ++i) {
      const auto k = static_cast<std::size_t>(i);
      if (a.start[k] < 0 || a.limit[k] < a.start[k] || a.limit[k] > x[i] || a.stride[k] < 1)
        r.fail(cat("0 <= start <= limit <= ", x[i], " and stride >= 1 on axis ", i, ", not ", a.start[k], ", ",
                   a.limit[k], " and ", a.stride[k]));
      out[i] = (a.limit[k] - a.start[k] + a.stride[k] - 1) / a.stride[k];
    }
  } else if (r.op == Op::kPad) {
    const auto& a = r.as<PadAttributes>();
    if (!r.one_each(a.low, x) || !r.one_each(a.high, x) || !r.one_each(a.interior, x) ||
        r.in(1) != Type{dtype, Shape{}})
      r.fail("a tensor, a scalar of its dtype, and one padding an axis");
    for (int i = 0; i < x.rank(); ++i) {
      const auto k = static_cast<std::size_t>(i);
      out[i] = a.low[k] + a.high[k] + x[i] + std::max<std::int64_t>(x[i] - 1, 0) * a.interior[k];
      if (a.interior[k] < 0 || out[i] < 0)
        r.fail(cat("a result without negative dimensions, not ", out[i], " on axis ", i));
    }
  } else if (r.op == Op::kConcatenate) {
    const int axis = r.axis(r.as<AxisAttributes>().axis, x.rank());
    out[axis] = 0;
    for (std::size_t i = 0; i < r.operands.size(); ++i) {
      Shape other = r.in(i).shape;
      if (other.rank() != x.rank() || r.in(i).dtype != dtype) r.fail("tensors of one rank and dtype");
      const std::int64_t length = other[axis];
      other[axis] = x[axis];
      if (other != x) r.fail(cat("tensors that differ in axis ", axis, " alone"));
      out[axis] += length;
    }
  } else {
    throw InternalError(cat(name_of(r.op), " needs its type to be given"));
  }
  return {dtype, out};
}

Type reduce_op(const Rule& r) {
  const Type& x = r.in(0);
  Axes axes;
  if (r.op == Op::kCumulativeSum) {
    r.axis(r.as<AxisAttributes>().axis, x.shape.rank());
    return x;
  }
  if (r.op == Op::kArgmax) {
    axes = {r.axis(r.as<AxisAttributes>().axis, x.shape.rank())};
    if (x.shape[axes[0]] == 0) r.fail("an axis of at least one element");
  } else
    axes = r.as<ReduceAttributes>().axes;
  r.distinct(axes, x.shape.rank());
  Shape out;
  for (int i = 0; i < x.shape.rank(); ++i)
    if (std::find(axes.begin(), axes.end(), i) == axes.end()) out.push_back(x.shape[i]);
  return {r.op == Op::kArgmax ? int32 : x.dtype, out};
}

Type dot(const Rule& r) {
  const auto& a = r.as<DotAttributes>();
  const Type &x = r.in(0), &y = r.in(1);
  if (x.dtype != y.dtype || a.lhs_batch.size() != a.rhs_batch.size() || a.lhs_contract.size() != a.rhs_contract.size())
    r.fail("two tensors of one dtype, with as many batch and contracted axes left as right");
  Axes left = a.lhs_batch, right = a.rhs_batch;
  left.insert(left.end(), a.lhs_contract.begin(), a.lhs_contract.end());
  right.insert(right.end(), a.rhs_contract.begin(), a.rhs_contract.end());
  r.distinct(left, x.shape.rank());
  r.distinct(right, y.shape.rank());
  for (std::size_t i = 0; i < left.size(); ++i)
    if (x.shape[left[i]] != y.shape[right[i]])
      r.fail(cat("equal lengths of axis ", left[i], " of the first and axis ", right[i], " of the second operand"));
  Shape out;
  for (const int b : a.lhs_batch) out.push_back(x.shape[b]);
  const auto append_free = [&out](const Shape& shape, const Axes& used) {
    for (int i = 0; i < shape.rank(); ++i)
      if (std::find(used.begin(), used.end(), i) == used.end()) out.push_back(shape[i]);
  };
  append_free(x.shape, left);
  append_free(y.shape, right);
  return {x.dtype, out};
}

std::vector<Type> fusion(const Rule& r) {
  const Graph& body = *r.as<FusionAttributes>().body;
  if (body.parameters().size() != r.operands.size()) r.fail("one operand for each parameter of the body");
  for (std::size_t i = 0; i < r.operands.size(); ++i)
    if (body.type(body.parameters()[i]) != r.in(i)) r.fail("operands of the types of the body's parameters");
  std::vector<Type> out;
  for (const ValueId v : body.outputs()) out.push_back(body.type(v));
  return out;
}

}  // namespace

std::vector<Type> infer_types(const Graph& graph, Op op, const std::vector<ValueId>& operands,
                              const Attributes& attributes) {
  const Rule r{graph, op, operands, attributes};
  if (operand_count(op) >= 0 && operand_count(op) != static_cast<int>(operands.size()))
    r.fail(cat(operand_count(op), " operands"));
  if (op == Op::kConcatenate && operands.empty()) r.fail("at least one tensor");
  check_elements(r);
  if (op == Op::kConstant) {
    const Tensor& value = r.as<ConstantAttributes>().value;
    return {{value.dtype(), value.shape()}};
  }
  switch (family_of(op)) {
    case Family::kSource: throw InternalError(cat(name_of(op), " needs its type to be given"));
    case Family::kElementwise:
      if (op == Op::kConvert) throw InternalError("convert needs its type to be given");
      return {elementwise(r)};
    case Family::kShape: return {shape_op(r)};
    case Family::kReduce: return {reduce_op(r)};
    case Family::kContract: return {dot(r)};
    case Family::kRegion: return fusion(r);
  }
  throw InternalError("an op of no family");
}

}  // namespace cornu::ir
