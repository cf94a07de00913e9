#include "cornu/export/onnx/emitter.h"

#include "cornu/core/error.h"

namespace cornu::onnx {

using ir::Op;

void Emitter::input(ir::ValueId parameter, const std::string& name) {
  const DType dtype = g_.type(parameter).dtype;
  values_.hold(parameter, dtype == Values::carrier(dtype) ? name : cast(name, Values::carrier(dtype)));
}

std::string Emitter::output(ir::ValueId v) {
  const DType dtype = g_.type(v).dtype;
  const std::string name = values_.full(v);
  return dtype == Values::carrier(dtype) ? name : cast(name, dtype);
}

void Emitter::emit(const ir::Node& node) {
  if (recognized(node)) return;
  switch (node.op) {
    case Op::kParameter: return;  // an input, which is held already
    case Op::kConstant: return constant(node);
    case Op::kIota: return iota(node);
    case Op::kBroadcastInDim: return broadcast(node);
    case Op::kConcatenate: return concatenate(node);
    case Op::kPad: return pad(node);
    case Op::kReshape: return reshape(node);
    case Op::kReverse: return reverse(node);
    case Op::kSlice: return slice(node);
    case Op::kTranspose: return transpose(node);
    case Op::kArgmax: return argmax(node);
    case Op::kCumulativeSum: return cumulative_sum(node);
    case Op::kReduce: return reduce(node);
    case Op::kDotGeneral: return dot(node);
    case Op::kConvolution: return convolution(node);
    case Op::kReduceWindow: return reduce_window(node);
    case Op::kGather: return gather(node);
    case Op::kScatter: return scatter(node);
    default: break;
  }
  // Which ops there are is said by refusals.cpp, without a default.
  if (ir::family_of(node.op) != ir::Family::kElementwise)
    throw InternalError(cat("no ONNX for ", ir::name_of(node.op), ", which was not refused"));
  elementwise(node);
}

}  // namespace cornu::onnx
