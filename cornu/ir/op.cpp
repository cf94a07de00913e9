#include "cornu/ir/op.h"

namespace cornu::ir {
namespace {

struct Row {
  std::string_view name;
  int operands;
  Family family;
};

constexpr Row kRows[] = {
#define CORNU_OP(id, text, operands, family) {text, operands, Family::k##family},
#include "cornu/ir/ops.def"
#undef CORNU_OP
};

}  // namespace

std::string_view name_of(Op op) { return kRows[static_cast<int>(op)].name; }
int operand_count(Op op) { return kRows[static_cast<int>(op)].operands; }
Family family_of(Op op) { return kRows[static_cast<int>(op)].family; }

Elements elements_of(Op op) {
  switch (op) {
    case Op::kParameter:
    case Op::kConstant:
    case Op::kConvert:
    case Op::kStopGradient:
    case Op::kCompare:
    case Op::kSelect:
    case Op::kBroadcastInDim:
    case Op::kConcatenate:
    case Op::kPad:
    case Op::kReshape:
    case Op::kReverse:
    case Op::kSlice:
    case Op::kTranspose:
    case Op::kGather:
    case Op::kFusion:
    case Op::kRandomUniform: return Elements::kAny;
    case Op::kAnd:
    case Op::kNot:
    case Op::kOr:
    case Op::kXor: return Elements::kBits;
    case Op::kIota:
    case Op::kReplicaId:
    case Op::kAdd:
    case Op::kDivide:
    case Op::kMaximum:
    case Op::kMinimum:
    case Op::kMultiply:
    case Op::kPower:
    case Op::kRemainder:
    case Op::kSubtract:
    case Op::kArgmax:
    case Op::kCumulativeSum:
    case Op::kReduce:
    case Op::kDotGeneral:
    case Op::kConvolution:
    case Op::kReduceWindow:
    case Op::kSelectAndScatter:
    case Op::kScatter:
    case Op::kAllReduce:
    case Op::kNegate: return Elements::kNumbers;
    case Op::kAbs:
    case Op::kSign: return Elements::kSigned;
    case Op::kCeil:
    case Op::kCosine:
    case Op::kErf:
    case Op::kExponential:
    case Op::kExponentialMinusOne:
    case Op::kFloor:
    case Op::kIsFinite:
    case Op::kLog:
    case Op::kLogPlusOne:
    case Op::kLogistic:
    case Op::kRoundNearestEven:
    case Op::kRsqrt:
    case Op::kSine:
    case Op::kSqrt:
    case Op::kTanh: return Elements::kFloats;
  }
  return Elements::kAny;
}

bool contains(Elements elements, DType dtype) {
  switch (elements) {
    case Elements::kAny: return true;
    case Elements::kBits: return !is_floating(dtype);
    case Elements::kNumbers: return dtype != bool_;
    case Elements::kSigned: return is_floating(dtype) || is_signed_integer(dtype);
    case Elements::kFloats: return is_floating(dtype);
  }
  return false;
}

std::string_view name_of(Elements elements) {
  constexpr std::string_view kNames[] = {"any elements", "bools or integers", "numbers, not bools",
                                         "floats or signed integers", "floats"};
  return kNames[static_cast<int>(elements)];
}

}  // namespace cornu::ir
