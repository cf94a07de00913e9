// Numbers of numbers, and where numbers come from.
#include <algorithm>
#include <functional>

#include "cornu/core/error.h"
#include "cornu/export/onnx/emitter.h"

namespace cornu::onnx {

using ir::Op;

namespace {

// ONNX's own word for an op on carried numbers; "": it takes more than a word.
std::string word(Op op, bool logical) {
  switch (op) {
    case Op::kAbs: return "Abs";
    case Op::kCeil: return "Ceil";
    case Op::kCosine: return "Cos";
    case Op::kErf: return "Erf";
    case Op::kExponential: return "Exp";
    case Op::kFloor: return "Floor";
    case Op::kLog: return "Log";
    case Op::kLogistic: return "Sigmoid";
    case Op::kNegate: return "Neg";
    case Op::kNot: return logical ? "Not" : "BitwiseNot";
    case Op::kRoundNearestEven: return "Round";
    case Op::kSign: return "Sign";
    case Op::kSine: return "Sin";
    case Op::kSqrt: return "Sqrt";
    case Op::kTanh: return "Tanh";
    case Op::kAdd: return "Add";
    case Op::kAnd: return logical ? "And" : "BitwiseAnd";
    case Op::kDivide: return "Div";
    case Op::kMaximum: return "Max";
    case Op::kMinimum: return "Min";
    case Op::kMultiply: return "Mul";
    case Op::kOr: return logical ? "Or" : "BitwiseOr";
    case Op::kPower: return "Pow";
    case Op::kSubtract: return "Sub";
    case Op::kXor: return logical ? "Xor" : "BitwiseXor";
    default: return "";
  }
}

}  // namespace

DType wide(DType dtype) {
  switch (dtype) {
    case DType::kInt8:
    case DType::kInt16:
    case DType::kUInt8:
    case DType::kUInt16: return int32;
    case DType::kUInt32:
    case DType::kUInt64: return int64;
    default: return Values::carrier(dtype);
  }
}

std::string Emitter::widened(DType dtype, const Names& inputs, const Wide& op) {
  const DType narrow = Values::carrier(dtype), to = wide(dtype);
  if (narrow == to) return op(inputs);
  Names cast_inputs;
  for (const std::string& x : inputs) cast_inputs.push_back(cast(x, to));
  return cast(op(cast_inputs), narrow);
}

void Emitter::constant(const ir::Node& node) {
  const Tensor& value = node.as<ir::ConstantAttributes>().value;
  Held held{"", {}, {}, value.astype(Values::carrier(value.dtype()))};
  held.order = values_.natural(node.result());
  held.extents = values_.extents(node.result());
  values_.hold(node.result(), std::move(held));
}

// The numbers along one axis; along the others they repeat.
void Emitter::iota(const ir::Node& node) {
  const int axis = node.as<ir::IotaAttributes>().axis;
  const Extent e = values_.extents(node.result())[static_cast<std::size_t>(axis)];
  const DType type = Values::carrier(dtype(node.result()));
  Held held{"", {axis}, {e}, std::nullopt};
  if (!e.grows) {
    std::vector<double> numbers;
    for (std::int64_t i = 0; i < e.length; ++i) numbers.push_back(static_cast<double>(i));
    held.constant = Tensor::from(numbers).astype(type);
  } else {
    const std::string limit = add("Squeeze", {values_.lengths({e}), program_.integers({0})});
    const std::string range = add("Range", {program_.number(0, int64), limit, program_.number(1, int64)});
    held.name = type == int64 ? range : cast(range, type);
  }
  values_.hold(node.result(), std::move(held));
}

void Emitter::elementwise(const ir::Node& node) {
  // The axes of all operands, as most of them already stand.
  Axes order;
  Extents extents;
  bool varies = false;
  for (const ir::ValueId v : node.operands) {
    const Held& held = values_[v];
    const bool better = held.order.size() > order.size() || (held.order.size() == order.size() && !varies);
    if (!better || (held.constant && varies)) continue;
    order = held.order;
    varies = !held.constant;
  }
  for (const ir::ValueId v : node.operands)
    for (const int axis : values_[v].order)
      if (position(order, axis) < 0)
        order.insert(std::find_if(order.begin(), order.end(), [axis](int other) { return other > axis; }), axis);
  Names inputs;
  for (const ir::ValueId v : node.operands) inputs.push_back(values_.broadcastable(v, order));
  for (const int axis : order) {
    Extent longest;
    for (const ir::ValueId v : node.operands) {
      const int at = position(values_[v].order, axis);
      if (at >= 0 && !values_[v].extents[static_cast<std::size_t>(at)].is_one())
        longest = values_[v].extents[static_cast<std::size_t>(at)];
    }
    extents.push_back(longest);
  }
  values_.hold(node.result(), Held{apply(node, inputs), order, extents, std::nullopt});
}

std::string Emitter::converted(const std::string& x, DType from, DType to) {
  const std::string rounded = to == Values::carrier(to) || from == to ? x : cast(x, to);
  const DType now = to == Values::carrier(to) || from == to ? Values::carrier(from) : to;
  return now == Values::carrier(to) ? rounded : cast(rounded, Values::carrier(to));
}

std::string Emitter::compared(const ir::Node& node, const Names& in) {
  switch (node.as<ir::CompareAttributes>().direction) {
    case ir::Comparison::kEqual: return add("Equal", in);
    case ir::Comparison::kNotEqual: return add("Not", {add("Equal", in)});
    case ir::Comparison::kLess: return add("Less", in);
    case ir::Comparison::kLessEqual: return add("LessOrEqual", in);
    case ir::Comparison::kGreater: return add("Greater", in);
    case ir::Comparison::kGreaterEqual: break;
  }
  return add("GreaterOrEqual", in);
}

std::string Emitter::apply(const ir::Node& node, const Names& inputs) {
  const DType from = dtype(node.operands.back()), to = dtype(node.result());
  if (node.op == Op::kConvert) return converted(inputs[0], from, to);
  if (node.op == Op::kCompare) {
    const DType type =
        from == bool_ && node.as<ir::CompareAttributes>().direction > ir::Comparison::kNotEqual ? int32 : wide(from);
    if (type == Values::carrier(from)) return compared(node, inputs);
    return compared(node, {cast(inputs[0], type), cast(inputs[1], type)});
  }
  if (node.op == Op::kSelect)
    return widened(to, {inputs[1], inputs[2]}, [&](const Names& in) {
      return add("Where", {inputs[0], in[0], in[1]});
    });
  // A number less itself is a zero, if it is one of the finite ones.
  if (node.op == Op::kIsFinite)
    return add("Equal", {add("Sub", {inputs[0], inputs[0]}), program_.number(0, Values::carrier(from))});
  return widened(to, inputs, [&](const Names& in) { return arithmetic(node, in, wide(to)); });
}

std::string Emitter::arithmetic(const ir::Node& node, const Names& in, DType type) {
  const auto one = [&] { return program_.number(1, type); };
  switch (node.op) {
    case Op::kStopGradient: return in[0];
    case Op::kExponentialMinusOne: return add("Sub", {add("Exp", in), one()});
    case Op::kLogPlusOne: return add("Log", {add("Add", {in[0], one()})});
    case Op::kRsqrt: return add("Reciprocal", {add("Sqrt", in)});
    case Op::kRemainder: return add("Mod", in, {{"fmod", std::int64_t{1}}});
    default: break;
  }
  const std::string name = word(node.op, type == bool_);
  if (name.empty()) throw InternalError(cat("no ONNX for ", ir::name_of(node.op), ", which was not refused"));
  return add(name, in);
}

}  // namespace cornu::onnx
