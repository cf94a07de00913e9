// What cannot be exported is said before anything is written, all of it at once.
#include <algorithm>

#include "cornu/core/error.h"
#include "cornu/export/c99/c99.h"

namespace cornu::c99 {
namespace {

using ir::Op;

// Why there is no C for the op; "": there is.
std::string missing(const ir::Node& node) {
  switch (node.op) {
    case Op::kRandomUniform: return "random numbers do not belong into a judge";
    case Op::kSelectAndScatter: return "a gradient does not belong into a judge";
    case Op::kFusion: return "graphs are exported before fusion";
    case Op::kConvolution:
      return node.as<ir::ConvolutionAttributes>().batch_groups == 1 ? "" : "groups of the batch belong to gradients";
    case Op::kParameter:
    case Op::kConstant:
    case Op::kIota:
    case Op::kAbs:
    case Op::kCeil:
    case Op::kConvert:
    case Op::kCosine:
    case Op::kErf:
    case Op::kExponential:
    case Op::kExponentialMinusOne:
    case Op::kFloor:
    case Op::kIsFinite:
    case Op::kLog:
    case Op::kLogPlusOne:
    case Op::kLogistic:
    case Op::kNegate:
    case Op::kNot:
    case Op::kRoundNearestEven:
    case Op::kRsqrt:
    case Op::kSign:
    case Op::kSine:
    case Op::kSqrt:
    case Op::kStopGradient:
    case Op::kTanh:
    case Op::kAdd:
    case Op::kAnd:
    case Op::kCompare:
    case Op::kDivide:
    case Op::kMaximum:
    case Op::kMinimum:
    case Op::kMultiply:
    case Op::kOr:
    case Op::kPower:
    case Op::kRemainder:
    case Op::kSubtract:
    case Op::kXor:
    case Op::kSelect:
    case Op::kBroadcastInDim:
    case Op::kConcatenate:
    case Op::kPad:
    case Op::kReshape:
    case Op::kReverse:
    case Op::kSlice:
    case Op::kTranspose:
    case Op::kArgmax:
    case Op::kCumulativeSum:
    case Op::kReduce:
    case Op::kDotGeneral:
    case Op::kReduceWindow:
    case Op::kGather:
    case Op::kScatter: return "";
  }
  return "unknown";
}

}  // namespace

std::vector<std::string> refusals(const ir::Graph& graph) {
  std::vector<std::string> out;
  const auto refuse = [&out](const std::string& text) {
    if (std::find(out.begin(), out.end(), text) == out.end()) out.push_back(text);
  };
  for (const ir::Node& node : graph.nodes()) {
    const std::string reason = missing(node);
    if (!reason.empty()) refuse(cat(name_of(node.op), ": ", reason));
    for (const ir::ValueId v : node.results) {
      const DType dtype = graph.type(v).dtype;
      if (dtype == float16 || dtype == bfloat16)
        refuse(cat(name_of(node.op), " of ", name_of(dtype), ": C99 has no such type"));
    }
  }
  return out;
}

}  // namespace cornu::c99
