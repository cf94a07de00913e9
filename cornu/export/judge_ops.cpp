#include "cornu/export/judge_ops.h"

namespace cornu::exporting {

using ir::Op;

// The one switch of the exporters: a new op stops the build here. That each exporter then has a form for it, its own
// tests say, which run every op's cases.
std::string not_for_a_judge(const ir::Node& node) {
  switch (node.op) {
    case Op::kRandomUniform: return "random numbers do not belong into a judge";
    case Op::kAllReduce:
    case Op::kReplicaId: return "a judge is one replica";
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

}  // namespace cornu::exporting
