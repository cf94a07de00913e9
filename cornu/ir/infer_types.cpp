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

void check_window(const Rule& r, const Window& window, std::size_t axes) {
  if (window.size() != axes) r.fail(cat("a window of ", axes, " axes, not of ", window.size()));
  for (const WindowAxis& w : window)
    if (w.size < 1 || w.stride < 1 || w.dilation < 1 || w.base_dilation < 1)
      r.fail(cat("a window whose sizes, strides and dilations are at least 1, not size ", w.size, ", stride ", w.stride,
                 ", dilation ", w.dilation, ", base dilation ", w.base_dilation));
}

// The axes of one operand or of the result: each of them once, and no other.
void check_layout(const Rule& r, int first, int second, const Axes& spatial, int rank, std::string_view what) {
  Axes all = spatial;
  all.push_back(first);
  all.push_back(second);
  if (static_cast<int>(all.size()) != rank) r.fail(cat(what, " of rank ", all.size(), ", as its axes are named"));
  r.distinct(all, rank);
}

Type convolution(const Rule& r) {
  const auto& a = r.as<ConvolutionAttributes>();
  const Shape &image = r.in(0).shape, &kernel = r.in(1).shape;
  if (r.in(0).dtype != r.in(1).dtype) r.fail("an image and a kernel of one dtype");
  check_layout(r, a.image.batch, a.image.feature, a.image.spatial, image.rank(), "an image");
  check_layout(r, a.kernel.input, a.kernel.output, a.kernel.spatial, kernel.rank(), "a kernel");
  check_layout(r, a.result.batch, a.result.feature, a.result.spatial, image.rank(), "a result");
  check_window(r, a.window, a.image.spatial.size());
  if (kernel.rank() != image.rank()) r.fail("an image and a kernel of one rank");
  const std::int64_t batch = image[a.image.batch], features = image[a.image.feature];
  const std::int64_t output = kernel[a.kernel.output];
  if (a.feature_groups < 1 || a.batch_groups < 1 || (a.feature_groups > 1 && a.batch_groups > 1))
    r.fail("groups of features or groups of the batch, at least 1");
  if (features % a.feature_groups != 0 || kernel[a.kernel.input] != features / a.feature_groups)
    r.fail(cat("a kernel for ", features, " / ", a.feature_groups, " features, not for ", kernel[a.kernel.input]));
  if (batch % a.batch_groups != 0 || output % (a.batch_groups * a.feature_groups) != 0)
    r.fail(cat("a batch (", batch, ") that ", a.batch_groups, " divides and kernel outputs (", output, ") that ",
               a.batch_groups * a.feature_groups, " divides"));
  Shape out = image;
  out[a.result.batch] = batch / a.batch_groups;
  out[a.result.feature] = output;
  for (std::size_t i = 0; i < a.window.size(); ++i) {
    if (a.window[i].size != kernel[a.kernel.spatial[i]])
      r.fail(cat("a window as long as the kernel (", kernel[a.kernel.spatial[i]], "), not ", a.window[i].size));
    out[a.result.spatial[i]] = a.window[i].positions(image[a.image.spatial[i]]);
  }
  return {r.in(0).dtype, out};
}

Type reduce_window(const Rule& r, Reduction kind, const Window& window) {
  const Shape& x = r.in(0).shape;
  check_window(r, window, static_cast<std::size_t>(x.rank()));
  const bool extremum = kind == Reduction::kMaximum || kind == Reduction::kMinimum;
  if (!extremum && (kind != Reduction::kSum || r.op == Op::kSelectAndScatter))
    r.fail(cat(r.op == Op::kSelectAndScatter ? "" : "a sum, ", "a maximum or a minimum, not ", name_of(kind)));
  Shape out = x;
  for (int i = 0; i < x.rank(); ++i) out[i] = window[static_cast<std::size_t>(i)].positions(x[i]);
  return {r.in(0).dtype, out};
}

Type window_op(const Rule& r) {
  if (r.op == Op::kConvolution) return convolution(r);
  if (r.op == Op::kReduceWindow) {
    const auto& a = r.as<ReduceWindowAttributes>();
    return reduce_window(r, a.kind, a.window);
  }
  const auto& a = r.as<SelectAndScatterAttributes>();
  const Type source = reduce_window(r, a.kind, a.window);
  if (r.in(1) != source) r.fail(cat("a source of ", print(source), ", one element a window"));
  return r.in(0);
}

// What gather gives, and what scatter takes: the operand with the indices' axes in the place of one of its own.
Type index_op(const Rule& r) {
  const Shape& x = r.in(0).shape;
  const Shape& indices = r.in(1).shape;
  const int axis = r.axis(r.as<AxisAttributes>().axis, x.rank());
  if (is_floating(r.in(1).dtype) || r.in(1).dtype == bool_) r.fail("integers as indices (cast first: ops::cast)");
  Shape slices = x.slice(0, axis);
  for (const std::int64_t n : indices) slices.push_back(n);
  for (int i = axis + 1; i < x.rank(); ++i) slices.push_back(x[i]);
  const Type out{r.in(0).dtype, slices};
  if (r.op == Op::kScatter) {
    if (r.in(2) != out) r.fail(cat("updates of ", print(out), ", a slice for each index"));
    return r.in(0);
  }
  if (x[axis] == 0 && indices.size() != 0) r.fail(cat("at least one element along axis ", axis, " to take from"));
  return out;
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
    case Family::kWindow: return {window_op(r)};
    case Family::kIndex: return {index_op(r)};
    case Family::kCollective:
      if (op == Op::kReplicaId) return {{uint32, {}}};
      if (r.as<AllReduceAttributes>().place < 0) r.fail("a place from 0 on");
      return {r.in(0)};
    case Family::kRegion: return fusion(r);
  }
  throw InternalError("an op of no family");
}

}  // namespace cornu::ir
