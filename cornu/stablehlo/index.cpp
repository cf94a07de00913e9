// Slices along one axis: the indices, of any shape, become a column of one each.
#include "cornu/core/text.h"
#include "cornu/stablehlo/emitter.h"

namespace cornu::stablehlo {
namespace {

Ref as_column(Emitter& e, const Ref& indices) {
  Shape shape = indices.shape();
  shape.push_back(1);
  return e.reshape(indices, shape);
}

// The axes of the result (or of the updates) that are the operand's: all but those of the indices.
ir::Axes window_axes(int operand_rank, int axis, int index_rank) {
  ir::Axes out;
  for (int i = 0; i < operand_rank; ++i)
    if (i != axis) out.push_back(i < axis ? i : i + index_rank - 1);
  return out;
}

Ref gather(Emitter& e, const Ref& x, const Ref& indices, int axis, const ir::Type& type) {
  std::string sizes;
  for (int i = 0; i < x.shape().rank(); ++i) sizes += cat(i ? ", " : "", i == axis ? 1 : x.shape()[i]);
  const int rank = indices.shape().rank();
  const Ref column = as_column(e, indices);
  return e.call("\"stablehlo.gather\"", {x, column}, type,
                cat(" <{dimension_numbers = #stablehlo.gather<offset_dims = [",
                    comma_list(window_axes(x.shape().rank(), axis, rank)), "], collapsed_slice_dims = [", axis,
                    "], start_index_map = [", axis, "], index_vector_dim = ", rank,
                    ">, indices_are_sorted = false, slice_sizes = array<i64: ", sizes, ">}>"));
}

Ref scatter(Emitter& e, const Ref& x, const Ref& indices, const Ref& updates, int axis) {
  const int rank = indices.shape().rank();
  const Ref column = as_column(e, indices);
  return e.call(
      "\"stablehlo.scatter\"", {x, column, updates}, x.type,
      cat(" <{indices_are_sorted = false, scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [",
          comma_list(window_axes(x.shape().rank(), axis, rank)), "], inserted_window_dims = [", axis,
          "], scatter_dims_to_operand_dims = [", axis, "], index_vector_dim = ", rank, ">, unique_indices = false}> ",
          e.region_of(x.dtype() == bool_ ? "or" : "add", x.dtype())));
}

}  // namespace

Ref print_index(Emitter& e, const ir::Node& node, const ir::Type& type, const std::vector<Ref>& in) {
  const int axis = node.as<ir::AxisAttributes>().axis;
  if (node.op == ir::Op::kGather) return gather(e, in[0], in[1], axis, type);
  return scatter(e, in[0], in[1], in[2], axis);
}

}  // namespace cornu::stablehlo
