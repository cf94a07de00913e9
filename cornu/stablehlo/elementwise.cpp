#include "cornu/core/error.h"
#include "cornu/core/text.h"
#include "cornu/stablehlo/emitter.h"

namespace cornu::stablehlo {

Ref print_source(Emitter& e, const ir::Node& node, const ir::Type& type, const std::vector<Ref>& in) {
  switch (node.op) {
    case ir::Op::kConstant: return e.constant(node.as<ir::ConstantAttributes>().value);
    case ir::Op::kIota: return e.iota(type, node.as<ir::IotaAttributes>().axis);
    case ir::Op::kRandomUniform: return print_random_uniform(e, type, in[0]);
    default: throw InternalError(cat("[stablehlo] ", name_of(node.op), " makes no value"));
  }
}

Ref print_elementwise(Emitter& e, const ir::Node& node, const ir::Type& type, const std::vector<Ref>& in) {
  switch (node.op) {
    case ir::Op::kStopGradient: return in[0];
    case ir::Op::kConvert: return e.convert(in[0], type.dtype);
    case ir::Op::kCompare: return e.compare(node.as<ir::CompareAttributes>().direction, in[0], in[1]);
    case ir::Op::kSelect: return e.select(in[0], in[1], in[2]);
    case ir::Op::kErf: return e.let(cat("chlo.erf ", in[0].name, " : ", text_of(type), " -> ", text_of(type)), type);
    case ir::Op::kIsFinite:
      return e.let(cat("stablehlo.is_finite ", in[0].name, " : (", text_of(in[0].type), ") -> ", text_of(type)), type);
    // The rest has StableHLO's names and forms.
    default: return e.same(name_of(node.op), in);
  }
}

}  // namespace cornu::stablehlo
