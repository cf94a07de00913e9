#include "cornu/core/error.h"
#include "cornu/core/text.h"
#include "cornu/stablehlo/emitter.h"

namespace cornu::stablehlo {
namespace {

// The first place of the largest element; a NaN is larger than all.
Ref argmax(Emitter& e, const Ref& x, int axis, const ir::Type& type) {
  const ir::Type places{type.dtype, x.shape()};
  ir::Axes kept;
  for (int i = 0; i < x.shape().rank(); ++i)
    if (i != axis) kept.push_back(i);
  const Ref most = e.broadcast(e.reduce(ir::Reduction::kMaximum, x, {axis}), x.shape(), kept);
  const Ref hit = e.same("or", {e.compare(ir::Comparison::kEqual, x, most), e.is_nan(x)});
  const Ref last = e.number(static_cast<double>(x.shape()[axis]), places);
  return e.reduce(ir::Reduction::kMinimum, e.select(hit, e.iota(places, axis), last), {axis});
}

// A window that looks back to the beginning.
Ref cumulative_sum(Emitter& e, const Ref& x, int axis, const ir::Type& type) {
  if (x.shape().size() == 0) return x;
  ir::Window window(static_cast<std::size_t>(x.shape().rank()));
  const std::int64_t length = x.shape()[axis];
  window[static_cast<std::size_t>(axis)] = {.size = length, .low = length - 1};
  return print_fold(e, {ir::Reduction::kSum, window}, type, x);
}

}  // namespace

// One tensor an op: with several in one, inside of a loop, XLA's compiler for CUDA ends the process. It joins them
// itself.
Ref print_all_reduce(Emitter& e, const Ref& x) {
  std::string all;
  for (int r = 0; r < e.options().replicas; ++r) all += cat(r ? ", " : "", r);
  return e.call("\"stablehlo.all_reduce\"", {x}, x.type,
                cat(" <{replica_groups = dense<[[", all, "]]> : tensor<1x", e.options().replicas, "xi64>}> ",
                    e.region_of("add", x.dtype())));
}

Ref print_reduce(Emitter& e, const ir::Node& node, const ir::Type& type, const std::vector<Ref>& in) {
  switch (node.op) {
    case ir::Op::kArgmax: return argmax(e, in[0], node.as<ir::AxisAttributes>().axis, type);
    case ir::Op::kCumulativeSum: return cumulative_sum(e, in[0], node.as<ir::AxisAttributes>().axis, type);
    case ir::Op::kReduce: {
      const auto& a = node.as<ir::ReduceAttributes>();
      return e.reduce(a.kind, in[0], a.axes);
    }
    default: throw InternalError(cat("[stablehlo] ", name_of(node.op), " folds no axes"));
  }
}

Ref print_contract(Emitter& e, const ir::Node& node, const ir::Type& type, const std::vector<Ref>& in) {
  const auto& a = node.as<ir::DotAttributes>();
  const std::string batch =
      a.lhs_batch.empty() ? ""
                          : cat(", batching_dims = [", comma_list(a.lhs_batch), "] x [", comma_list(a.rhs_batch), "]");
  const std::string& precision = e.options().precision;
  return e.let(cat("stablehlo.dot_general ", in[0].name, ", ", in[1].name, batch, ", contracting_dims = [",
                   comma_list(a.lhs_contract), "] x [", comma_list(a.rhs_contract), "], precision = [", precision, ", ",
                   precision, "] : (", text_of(in[0].type), ", ", text_of(in[1].type), ") -> ", text_of(type)),
               type);
}

}  // namespace cornu::stablehlo
