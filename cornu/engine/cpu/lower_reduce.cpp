// Reductions and scans over any axes, for every dtype, each element in row-major order of what is folded.
// Over the last axes they are rows programs; over the first ones a fold of whole rows; the rest takes a walk.
#include <algorithm>

#include "cornu/core/error.h"
#include "cornu/engine/cpu/column_fold.h"
#include "cornu/engine/cpu/computed_types.h"
#include "cornu/passes/scalar_ops.h"

namespace cornu::cpu {
namespace {

using ir::Node;
using ir::Op;
using ir::Reduction;

// Axes with lengths and strides, walked in row-major order.
struct Walk {
  std::vector<std::int64_t> lengths, strides;
  std::int64_t count = 1;

  void add(std::int64_t length, std::int64_t stride) {
    lengths.push_back(length);
    strides.push_back(stride);
    count *= length;
  }
  std::int64_t offset(std::int64_t index) const {
    std::int64_t out = 0;
    for (std::size_t i = lengths.size(); i-- > 0;) {
      out += index % lengths[i] * strides[i];
      index /= lengths[i];
    }
    return out;
  }
};

struct ReduceArguments {
  Slot in, out;
  Walk kept, folded;
};

template <class T>
using Wide = std::conditional_t<std::is_floating_point_v<scalar::Compute<T>>, double, scalar::Compute<T>>;

template <Reduction kKind, class T>
void reduce(const StepCall& call) {
  const auto& a = *static_cast<const ReduceArguments*>(call.args);
  const T* x = static_cast<const T*>(call.slots[a.in]);
  T* y = static_cast<T*>(call.slots[a.out]);
  const std::int64_t begin = a.kept.count * call.part / call.parts, end = a.kept.count * (call.part + 1) / call.parts;
  for (std::int64_t o = begin; o < end; ++o) {
    const std::int64_t base = a.kept.offset(o);
    auto result = scalar::reduction_identity<Wide<T>>(kKind);
    for (std::int64_t i = 0; i < a.folded.count; ++i)
      result = scalar::fold<kKind>(result, static_cast<Wide<T>>(scalar::load(x[base + a.folded.offset(i)])));
    y[o] = scalar::store<T>(result);
  }
}

template <class T>
void argmax(const StepCall& call) {
  const auto& a = *static_cast<const ReduceArguments*>(call.args);
  const T* x = static_cast<const T*>(call.slots[a.in]);
  auto* y = static_cast<std::int32_t*>(call.slots[a.out]);
  for (std::int64_t o = 0; o < a.kept.count; ++o) {
    const std::int64_t base = a.kept.offset(o);
    std::int64_t best = 0;
    auto record = scalar::load(x[base]);
    for (std::int64_t i = 1; i < a.folded.count; ++i) {
      const auto value = scalar::load(x[base + a.folded.offset(i)]);
      if (value > record || (value != value && record == record)) {
        best = i;
        record = value;
      }
    }
    y[o] = static_cast<std::int32_t>(best);
  }
}

template <class T>
void cumulative_sum(const StepCall& call) {
  const auto& a = *static_cast<const ReduceArguments*>(call.args);
  const T* x = static_cast<const T*>(call.slots[a.in]);
  T* y = static_cast<T*>(call.slots[a.out]);
  for (std::int64_t o = 0; o < a.kept.count; ++o) {
    const std::int64_t base = a.kept.offset(o);
    Wide<T> sum = 0;
    for (std::int64_t i = 0; i < a.folded.count; ++i) {
      const std::int64_t at = base + a.folded.offset(i);
      sum = scalar::fold<Reduction::kSum>(sum, static_cast<Wide<T>>(scalar::load(x[at])));
      y[at] = scalar::store<T>(sum);
    }
  }
}

StepFunction reduce_function(Reduction kind, DType dtype) {
  return dispatch_computed(dtype, [kind](auto zero) -> StepFunction {
    using T = decltype(zero);
    switch (kind) {
      case Reduction::kSum: return reduce<Reduction::kSum, T>;
      case Reduction::kProduct: return reduce<Reduction::kProduct, T>;
      case Reduction::kMaximum: return reduce<Reduction::kMaximum, T>;
      case Reduction::kMinimum: return reduce<Reduction::kMinimum, T>;
      case Reduction::kAnd: return reduce<Reduction::kAnd, T>;
      case Reduction::kOr: return reduce<Reduction::kOr, T>;
    }
    return nullptr;
  });
}

ReduceArguments arguments(Lowering& lowering, const Node& node, const ir::Axes& axes) {
  const Shape& shape = lowering.graph().shape(node.operands[0]);
  const std::vector<std::int64_t> strides = row_major_strides(shape);
  ReduceArguments out{lowering.slot(node.operands[0]), lowering.slot(node.result()), {}, {}};
  for (int i = 0; i < shape.rank(); ++i) {
    const bool is_folded = std::find(axes.begin(), axes.end(), i) != axes.end();
    (is_folded ? out.folded : out.kept).add(shape[i], strides[static_cast<std::size_t>(i)]);
  }
  return out;
}

void emit(Lowering& lowering, const Node& node, StepFunction run, ReduceArguments a, bool split) {
  if (a.kept.count == 0 || (node.op == Op::kCumulativeSum && a.folded.count == 0)) return;
  Step step;
  step.run = run;
  step.reads = {a.in};
  step.writes = {a.out};
  if (split)
    step.parts = parts_for(static_cast<double>(a.kept.count * a.folded.count) * 2.0, a.kept.count, lowering.threads());
  step.label = cat(name_of(node.op), ' ', lowering.graph().shape(node.operands[0]), " -> ",
                   lowering.graph().shape(node.result()));
  step.args = std::make_shared<const ReduceArguments>(std::move(a));
  lowering.emit(std::move(step));
}

bool as_rows(Lowering& lowering, const Node& node) {
  const ir::Graph& graph = lowering.graph();
  if (graph.shape(node.operands[0]).size() == 0) return false;
  ir::Graph body;
  const ir::ValueId x = body.add_parameter("", graph.type(node.operands[0]));
  body.add_output(body.add(node.op, {x}, node.attributes).result());
  return lower_rows(lowering, body, lowering.slots(node.operands), lowering.slots(node.results));
}

}  // namespace

void lower_reduce(Lowering& lowering, const Node& node) {
  const DType dtype = lowering.graph().type(node.operands[0]).dtype;
  switch (node.op) {
    case Op::kReduce: {
      if (as_rows(lowering, node) || lower_column_fold(lowering, node)) return;
      const auto& a = node.as<ir::ReduceAttributes>();
      return emit(lowering, node, reduce_function(a.kind, dtype), arguments(lowering, node, a.axes), true);
    }
    case Op::kArgmax: {
      if (as_rows(lowering, node)) return;
      const StepFunction run =
          dispatch_computed(dtype, [](auto zero) -> StepFunction { return argmax<decltype(zero)>; });
      return emit(lowering, node, run, arguments(lowering, node, {node.as<ir::AxisAttributes>().axis}), false);
    }
    case Op::kCumulativeSum: {
      const StepFunction run =
          dispatch_computed(dtype, [](auto zero) -> StepFunction { return cumulative_sum<decltype(zero)>; });
      return emit(lowering, node, run, arguments(lowering, node, {node.as<ir::AxisAttributes>().axis}), false);
    }
    default: throw InternalError(cat(name_of(node.op), " reduces nothing"));
  }
}

}  // namespace cornu::cpu
