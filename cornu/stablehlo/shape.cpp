#include "cornu/core/error.h"
#include "cornu/core/text.h"
#include "cornu/stablehlo/emitter.h"

namespace cornu::stablehlo {
namespace {

Ref concatenate(Emitter& e, const std::vector<Ref>& in, int axis, const ir::Type& type) {
  std::string names, types;
  for (const Ref& r : in) {
    names += (names.empty() ? "" : ", ") + r.name;
    types += (types.empty() ? "" : ", ") + text_of(r.type);
  }
  return e.let(cat("stablehlo.concatenate ", names, ", dim = ", axis, " : (", types, ") -> ", text_of(type)), type);
}

}  // namespace

Ref print_shape(Emitter& e, const ir::Node& node, const ir::Type& type, const std::vector<Ref>& in) {
  switch (node.op) {
    case ir::Op::kBroadcastInDim: return e.broadcast(in[0], type.shape, node.as<ir::BroadcastAttributes>().dims);
    case ir::Op::kConcatenate: return concatenate(e, in, node.as<ir::AxisAttributes>().axis, type);
    case ir::Op::kPad: {
      const auto& a = node.as<ir::PadAttributes>();
      return e.pad(in[0], in[1], a.low, a.high, a.interior);
    }
    case ir::Op::kReshape: return e.reshape(in[0], type.shape);
    case ir::Op::kReverse: return e.reverse(in[0], node.as<ir::AxesAttributes>().axes);
    case ir::Op::kSlice: {
      const auto& a = node.as<ir::SliceAttributes>();
      return e.slice(in[0], a.start, a.limit, a.stride);
    }
    case ir::Op::kTranspose: return e.transpose(in[0], node.as<ir::TransposeAttributes>().permutation);
    default: throw InternalError(cat("[stablehlo] ", name_of(node.op), " moves no elements"));
  }
}

}  // namespace cornu::stablehlo
