// The one switch over all ops: a new op stops the build here until somebody says what its gradient is.
#include "cornu/grad/rules.h"

#include "cornu/core/error.h"
#include "cornu/ir/ops.h"

namespace cornu::grad {

std::vector<Value> operand_gradients(const Step& step) {
  switch (step.node.op) {
    // Nothing flows into these: they have no operands, or their operands decide no float smoothly.
    case ir::Op::kParameter:
    case ir::Op::kConstant:
    case ir::Op::kIota:
    case ir::Op::kReplicaId:
    case ir::Op::kRandomUniform:
    case ir::Op::kArgmax:
    case ir::Op::kCompare:
    case ir::Op::kIsFinite:
    case ir::Op::kAnd:
    case ir::Op::kOr:
    case ir::Op::kXor:
    case ir::Op::kNot: return {};

    // Steps: flat wherever they have a slope at all. StopGradient says so by definition.
    case ir::Op::kCeil:
    case ir::Op::kFloor:
    case ir::Op::kRoundNearestEven:
    case ir::Op::kSign:
    case ir::Op::kStopGradient: return {};

    case ir::Op::kAbs:
    case ir::Op::kConvert:
    case ir::Op::kCosine:
    case ir::Op::kErf:
    case ir::Op::kExponential:
    case ir::Op::kExponentialMinusOne:
    case ir::Op::kLog:
    case ir::Op::kLogPlusOne:
    case ir::Op::kLogistic:
    case ir::Op::kNegate:
    case ir::Op::kRsqrt:
    case ir::Op::kSine:
    case ir::Op::kSqrt:
    case ir::Op::kTanh:
    case ir::Op::kAdd:
    case ir::Op::kDivide:
    case ir::Op::kMaximum:
    case ir::Op::kMinimum:
    case ir::Op::kMultiply:
    case ir::Op::kPower:
    case ir::Op::kRemainder:
    case ir::Op::kSubtract:
    case ir::Op::kSelect: return elementwise_gradients(step);

    case ir::Op::kBroadcastInDim:
    case ir::Op::kConcatenate:
    case ir::Op::kPad:
    case ir::Op::kReshape:
    case ir::Op::kReverse:
    case ir::Op::kSlice:
    case ir::Op::kTranspose: return shape_gradients(step);

    case ir::Op::kCumulativeSum:
    case ir::Op::kReduce: return reduce_gradients(step);

    case ir::Op::kDotGeneral: return dot_gradients(step);

    case ir::Op::kConvolution:
    case ir::Op::kReduceWindow: return window_gradients(step);

    case ir::Op::kGather:
    case ir::Op::kScatter: return index_gradients(step);

    // Each replica's x is in every replica's sum, and the loss is the sum of all replicas' losses.
    case ir::Op::kAllReduce: return {ops::all_reduce(step.dy)};

    // The gradient of a maximum's gradient: no layer needs it yet.
    case ir::Op::kSelectAndScatter:
      throw NotSupportedError(cat("[gradients] received: a second gradient through the ", name_of(step.node.op),
                                  " of a max pooling\n  expected: one gradient\n  use average pooling where second "
                                  "gradients are needed"));

    case ir::Op::kFusion: break;
  }
  throw NotSupportedError(cat("[gradients] received: a graph with a ", name_of(step.node.op),
                              "\n  expected: a graph as it was built\n  take gradients first, run the passes after"));
}

}  // namespace cornu::grad
