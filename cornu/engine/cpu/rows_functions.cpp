#include "cornu/engine/cpu/rows_functions.h"

namespace cornu::cpu {
namespace {

using ir::Op;

BinaryOp comparison_kernel(ir::Comparison direction) {
  switch (direction) {
    case ir::Comparison::kEqual: return BinaryOp::kEqual;
    case ir::Comparison::kNotEqual: return BinaryOp::kNotEqual;
    case ir::Comparison::kLess: return BinaryOp::kLess;
    case ir::Comparison::kLessEqual: return BinaryOp::kLessEqual;
    case ir::Comparison::kGreater: return BinaryOp::kGreater;
    case ir::Comparison::kGreaterEqual: break;
  }
  return BinaryOp::kGreaterEqual;
}

}  // namespace

std::optional<UnaryOp> unary_kernel(Op op) {
  switch (op) {
    case Op::kAbs: return UnaryOp::kAbs;
    case Op::kCeil: return UnaryOp::kCeil;
    case Op::kCosine: return UnaryOp::kCos;
    case Op::kErf: return UnaryOp::kErf;
    case Op::kExponential: return UnaryOp::kExp;
    case Op::kExponentialMinusOne: return UnaryOp::kExpm1;
    case Op::kFloor: return UnaryOp::kFloor;
    case Op::kIsFinite: return UnaryOp::kIsFinite;
    case Op::kLog: return UnaryOp::kLog;
    case Op::kLogPlusOne: return UnaryOp::kLog1p;
    case Op::kLogistic: return UnaryOp::kLogistic;
    case Op::kNegate: return UnaryOp::kNegate;
    case Op::kNot: return UnaryOp::kNot;
    case Op::kRoundNearestEven: return UnaryOp::kRoundNearestEven;
    case Op::kRsqrt: return UnaryOp::kRsqrt;
    case Op::kSign: return UnaryOp::kSign;
    case Op::kSine: return UnaryOp::kSin;
    case Op::kSqrt: return UnaryOp::kSqrt;
    case Op::kTanh: return UnaryOp::kTanh;
    default: return std::nullopt;
  }
}

std::optional<BinaryOp> binary_kernel(const ir::Node& node) {
  switch (node.op) {
    case Op::kAdd: return BinaryOp::kAdd;
    case Op::kAnd: return BinaryOp::kAnd;
    case Op::kCompare: return comparison_kernel(node.as<ir::CompareAttributes>().direction);
    case Op::kDivide: return BinaryOp::kDivide;
    case Op::kMaximum: return BinaryOp::kMaximum;
    case Op::kMinimum: return BinaryOp::kMinimum;
    case Op::kMultiply: return BinaryOp::kMultiply;
    case Op::kOr: return BinaryOp::kOr;
    case Op::kPower: return BinaryOp::kPower;
    case Op::kRemainder: return BinaryOp::kRemainder;
    case Op::kSubtract: return BinaryOp::kSubtract;
    case Op::kXor: return BinaryOp::kXor;
    default: return std::nullopt;
  }
}

}  // namespace cornu::cpu
