// Axes folded away or scanned along, and slices that indices number.
#include <algorithm>

#include "cornu/core/error.h"
#include "cornu/export/onnx/emitter.h"

namespace cornu::onnx {

using ir::ValueId;

namespace {

// The axes that stay, by their new numbers.
ir::Axes remaining(const ir::Axes& order, const ir::Axes& gone) {
  ir::Axes out;
  for (const int axis : order) {
    if (position(gone, axis) >= 0) continue;
    out.push_back(axis - static_cast<int>(std::count_if(gone.begin(), gone.end(), [axis](int g) { return g < axis; })));
  }
  return out;
}

std::string word(ir::Reduction kind) {
  switch (kind) {
    case ir::Reduction::kOr:  // of 0 and 1
    case ir::Reduction::kSum: return "ReduceSum";
    case ir::Reduction::kProduct: return "ReduceProd";
    case ir::Reduction::kMaximum: return "ReduceMax";
    case ir::Reduction::kMinimum:
    case ir::Reduction::kAnd: break;
  }
  return "ReduceMin";
}

}  // namespace

void Emitter::reduce(const ir::Node& node) {
  const auto& a = node.as<ir::ReduceAttributes>();
  if (a.axes.empty()) return values_.hold(node.result(), values_[node.operands[0]]);
  reduced(node, node.result(), word(a.kind), a.axes);
}

// `op` over axes of the operand of `fold`, held as `result`.
void Emitter::reduced(const ir::Node& fold, ValueId result, const std::string& op, const Axes& axes) {
  const ValueId x = fold.operands[0];
  const Axes order = values_.layout(x);
  std::vector<std::int64_t> places;
  for (std::size_t j = 0; j < order.size(); ++j)
    if (position(axes, order[j]) >= 0) places.push_back(static_cast<std::int64_t>(j));
  const std::string full = values_.full(x, order);
  const auto write = [&](const std::string& from) {
    return add(op, {from, program_.integers(places)}, {{"keepdims", std::int64_t{0}}});
  };
  const std::string name = dtype(x) == bool_ ? cast(write(cast(full, int32)), bool_)
                                             : widened(dtype(x), {full}, [&](const Names& in) { return write(in[0]); });
  values_.hold(result, name, remaining(order, axes));
}

void Emitter::argmax(const ir::Node& node) {
  const ValueId x = node.operands[0];
  const int axis = node.as<ir::AxisAttributes>().axis;
  const Axes order = values_.layout(x);
  std::string from = values_.full(x, order);
  const DType have = dtype(x) == bool_ ? bool_ : Values::carrier(dtype(x)), want = have == bool_ ? int32 : wide(have);
  if (have != want) from = cast(from, want);
  const std::string place =
      add("ArgMax", {from}, {{"axis", std::int64_t{position(order, axis)}}, {"keepdims", std::int64_t{0}}});
  values_.hold(node.result(), cast(place, dtype(node.result())), remaining(order, {axis}));
}

void Emitter::cumulative_sum(const ir::Node& node) {
  const ValueId x = node.operands[0];
  const Axes order = values_.layout(x);
  const std::string axis = program_.number(position(order, node.as<ir::AxisAttributes>().axis), int64);
  const std::string sum = widened(dtype(x), {values_.full(x, order)}, [&](const Names& in) {
    return add("CumSum", {in[0], axis});
  });
  values_.hold(node.result(), sum, order);
}

// ONNX counts negative indices from the end, and refuses those outside; here the nearest one inside is meant.
void Emitter::gather(const ir::Node& node) {
  const ValueId x = node.operands[0];
  const int axis = node.as<ir::AxisAttributes>().axis;
  const std::int64_t length = g_.shape(x)[axis];
  const std::string indices = index(node.operands[1]);
  const std::string from_zero = add("Max", {indices, program_.number(0, int64)});
  const std::string inside = add("Min", {from_zero, program_.number(static_cast<double>(length - 1), int64)});
  values_.hold(node.result(), add("Gather", {values_.full(x), inside}, {{"axis", std::int64_t{axis}}}));
}

std::string Emitter::index(ValueId indices) {
  const std::string name = values_.full(indices);
  return dtype(indices) == int64 ? name : cast(name, int64);
}

// What an index outside would be added to is a slice of its own, behind the others, which is cut off in the end.
void Emitter::scatter(const ir::Node& node) {
  const ValueId x = node.operands[0], updates = node.operands[2];
  const int axis = node.as<ir::AxisAttributes>().axis;
  const int indices_rank = g_.shape(node.operands[1]).rank();
  const std::int64_t length = g_.shape(x)[axis];
  // The axis comes first, as ScatterND wants it.
  Axes order = {axis}, updates_order;
  for (const int a : values_.natural(x))
    if (a != axis) order.push_back(a);
  for (int i = 0; i < indices_rank; ++i) updates_order.push_back(axis + i);
  for (const int a : values_.natural(updates))
    if (a < axis || a >= axis + indices_rank) updates_order.push_back(a);

  const std::string indices = index(node.operands[1]), last = program_.number(static_cast<double>(length), int64);
  const std::string outside =
      add("Or", {add("Less", {indices, program_.number(0, int64)}), add("Greater", {indices, last})});
  const std::string places = add("Unsqueeze", {add("Where", {outside, last, indices}), program_.integers({-1})});
  const Names operands = {values_.full(x, order), values_.full(updates, updates_order)};
  const std::string sum = widened(dtype(x), operands, [&](const Names& in) {
    const PadAxis none{}, behind{0, 1, 0, {}};
    std::vector<PadAxis> pads(order.size(), none);
    pads[0] = behind;
    const std::string longer = padded(in[0], pads, program_.number(0, wide(dtype(x))));
    const std::string added = add("ScatterND", {longer, places, in[1]}, {{"reduction", std::string("add")}});
    return add("Slice", {added, program_.integers({0}), program_.integers({-1}), program_.integers({0})});
  });
  values_.hold(node.result(), sum, order);
}

}  // namespace cornu::onnx
