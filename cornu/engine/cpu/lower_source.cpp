// Values out of nothing: counters become constants, random numbers a step.
#include "cornu/core/error.h"
#include "cornu/engine/cpu/lowering.h"
#include "cornu/passes/scalar_ops.h"

namespace cornu::cpu {
namespace {

using ir::Node;
using ir::Op;

Tensor counters(const Shape& shape, int axis, DType dtype) {
  Tensor out = Tensor::empty(shape, dtype);
  const std::int64_t stride = row_major_strides(shape)[static_cast<std::size_t>(axis)], length = shape[axis];
  dispatch(dtype, [&](auto zero) {
    using T = decltype(zero);
    T* data = out.mutable_data<T>();
    for (std::int64_t i = 0; i < out.size(); ++i) data[i] = scalar::convert<T>(i / stride % length);
  });
  return out;
}

}  // namespace

void lower_source(Lowering& lowering, const Node& node) {
  const ir::Type& type = lowering.graph().type(node.result());
  if (node.op == Op::kIota) {
    lowering.bind(node.result(),
                  lowering.add_constant(counters(type.shape, node.as<ir::IotaAttributes>().axis, type.dtype)));
    return;
  }
  if (type.shape.size() == 0) return;
  ir::Graph body;
  const ir::ValueId state = body.add_parameter("state", lowering.graph().type(node.operands[0]));
  body.add_output(body.add_typed(Op::kRandomUniform, {state}, {}, type).result());
  if (!lower_rows(lowering, body, lowering.slots(node.operands), lowering.slots(node.results)))
    throw InternalError("cannot lower random_uniform");
}

}  // namespace cornu::cpu
