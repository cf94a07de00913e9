// Moves of elements. Most are not written: they change how a value is held.
#include <algorithm>
#include <limits>

#include "cornu/core/error.h"
#include "cornu/export/onnx/emitter.h"

namespace cornu::onnx {

using ir::ValueId;

namespace {

bool is_empty(const Extents& extents) {
  return std::any_of(extents.begin(), extents.end(), [](const Extent& e) { return e.length == 0; });
}

// Which axis of the new shape each axis of the old one is, when the shapes differ by axes of length 1 alone; -1: it
// goes, as one of length 1. Nothing: elements change places.
std::optional<ir::Axes> renumbered(const Extents& from, const Extents& to, const ir::Axes& present) {
  ir::Axes out(from.size(), -1);
  std::size_t next = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (from[i].is_one()) continue;
    while (next < to.size() && to[next].is_one()) ++next;
    if (next == to.size() || !(to[next] == from[i])) return std::nullopt;
    out[i] = static_cast<int>(next++);
  }
  while (next < to.size() && to[next].is_one()) ++next;
  if (next != to.size()) return std::nullopt;
  // An axis of length 1 that the tensor has becomes one of the new ones, when there is one between its neighbours.
  for (const int axis : present) {
    const auto a = static_cast<std::size_t>(axis);
    if (!from[a].is_one()) continue;
    int low = -1, high = static_cast<int>(to.size());
    for (std::size_t i = 0; i < from.size(); ++i) {
      if (out[i] < 0) continue;
      if (i < a) low = std::max(low, out[i]);
      if (i > a) high = std::min(high, out[i]);
    }
    if (low + 1 < high) out[a] = low + 1;
  }
  return out;
}

}  // namespace

void Emitter::broadcast(const ir::Node& node) {
  const ir::Axes& dims = node.as<ir::BroadcastAttributes>().dims;
  Held held = values_[node.operands[0]];
  for (int& axis : held.order) axis = dims[static_cast<std::size_t>(axis)];
  values_.hold(node.result(), std::move(held));
}

void Emitter::transpose(const ir::Node& node) {
  const ir::Axes& permutation = node.as<ir::TransposeAttributes>().permutation;
  Held held = values_[node.operands[0]];
  for (int& axis : held.order) axis = position(permutation, axis);
  values_.hold(node.result(), std::move(held));
}

void Emitter::reshape(const ir::Node& node) {
  const ValueId x = node.operands[0];
  const Extents& to = values_.extents(node.result());
  Held held = values_[x];
  if (const auto now = renumbered(values_.extents(x), to, held.order); now && !is_empty(to)) {
    std::vector<std::int64_t> gone;
    Held out{held.name, {}, {}, held.constant};
    for (std::size_t j = 0; j < held.order.size(); ++j) {
      const int axis = (*now)[static_cast<std::size_t>(held.order[j])];
      if (axis < 0) gone.push_back(static_cast<std::int64_t>(j));
      if (axis < 0) continue;
      out.order.push_back(axis);
      out.extents.push_back(held.extents[j]);
    }
    if (!gone.empty() && held.constant) {
      Shape shape;
      for (const Extent& e : out.extents) shape.push_back(e.length);
      out.constant = held.constant->reshape(shape);
    } else if (!gone.empty()) {
      out.name = add("Squeeze", {held.name, program_.integers(gone)});
    }
    return values_.hold(node.result(), std::move(out));
  }
  std::vector<std::int64_t> shape;
  for (const Extent& e : to) shape.push_back(e.grows ? -1 : e.length);
  // A 0 in a shape is the operand's length, if it may not be a 0.
  const AttributeList zeros = is_empty(to) ? AttributeList{{"allowzero", std::int64_t{1}}} : AttributeList{};
  values_.hold(node.result(), add("Reshape", {values_.full(x), program_.integers(shape)}, zeros));
}

// Along axes that the tensor repeats there is nothing to take or to turn.
void Emitter::slice(const ir::Node& node) {
  const auto& a = node.as<ir::SliceAttributes>();
  const ValueId x = node.operands[0];
  const Extents& to = values_.extents(node.result());
  Held held = values_[x];
  // Nothing of a repeated axis is something to take.
  if (is_empty(to)) values_.hold(x, values_.full(x, values_.layout(x)), values_.layout(x)), held = values_[x];
  std::vector<std::int64_t> starts, ends, axes, steps;
  for (std::size_t j = 0; j < held.order.size(); ++j) {
    const auto axis = static_cast<std::size_t>(held.order[j]);
    const bool to_the_end = a.limit[axis] == g_.shape(x)[held.order[j]];
    const bool all = a.start[axis] == 0 && a.stride[axis] == 1 && to_the_end;
    if (all || (held.extents[j].is_one() && !is_empty(to))) continue;
    starts.push_back(a.start[axis]);
    ends.push_back(to_the_end ? std::numeric_limits<std::int64_t>::max() : a.limit[axis]);
    axes.push_back(static_cast<std::int64_t>(j));
    steps.push_back(a.stride[axis]);
    held.extents[j] = to[axis];
  }
  if (!axes.empty())
    held = {add("Slice", {values_.tensor(held), program_.integers(starts), program_.integers(ends),
                          program_.integers(axes), program_.integers(steps)}),
            held.order, held.extents, std::nullopt};
  values_.hold(node.result(), std::move(held));
}

void Emitter::reverse(const ir::Node& node) {
  Held held = values_[node.operands[0]];
  std::vector<std::int64_t> axes;
  for (std::size_t j = 0; j < held.order.size(); ++j)
    if (position(node.as<ir::AxesAttributes>().axes, held.order[j]) >= 0) axes.push_back(static_cast<std::int64_t>(j));
  if (!axes.empty()) {
    const std::vector<std::int64_t> minus(axes.size(), -1),
        before_all(axes.size(), std::numeric_limits<std::int64_t>::min());
    held = {add("Slice", {values_.tensor(held), program_.integers(minus), program_.integers(before_all),
                          program_.integers(axes), program_.integers(minus)}),
            held.order, held.extents, std::nullopt};
  }
  values_.hold(node.result(), std::move(held));
}

void Emitter::pad(const ir::Node& node) {
  const auto& a = node.as<ir::PadAttributes>();
  const Axes order = values_.layout(node.operands[0]);
  std::vector<PadAxis> pads;
  for (const int axis : order) {
    const auto i = static_cast<std::size_t>(axis);
    pads.push_back({a.low[i], a.high[i], a.interior[i], values_.extents(node.operands[0])[i]});
  }
  const std::string number = values_.full(node.operands[1]);
  values_.hold(node.result(), padded(values_.full(node.operands[0], order), pads, number), order);
}

// Holes are made of an axis of its own behind the axis: of one element and as many more, all in a row but the last.
std::string Emitter::with_holes(const std::string& x, const std::vector<PadAxis>& pads, std::size_t i,
                                const std::string& number) {
  const std::int64_t holes = pads[i].interior;
  std::vector<std::int64_t> widths(2 * (pads.size() + 1), 0), shape;
  widths[pads.size() + 1 + i + 1] = holes;
  for (std::size_t k = 0; k < pads.size(); ++k) {
    const std::int64_t times = k > i ? 1 : 1 + pads[k].interior;
    const std::int64_t length = pads[k].length.length;
    const bool done = k < i && pads[k].interior > 0;
    shape.push_back(pads[k].length.grows ? -1 : done ? length * times - pads[k].interior : length * times);
  }
  const auto axis = static_cast<std::int64_t>(i);
  const std::string apart = add("Unsqueeze", {x, program_.integers({axis + 1})});
  const std::string filled = add("Pad", {apart, program_.integers(widths), number});
  const std::string row = add("Reshape", {filled, program_.integers(shape)});
  return add("Slice", {row, program_.integers({0}), program_.integers({-holes}), program_.integers({axis})});
}

std::string Emitter::padded(std::string x, const std::vector<PadAxis>& pads, const std::string& number) {
  std::vector<std::int64_t> low, high, starts, ends, axes;
  bool more = false;
  for (std::size_t i = 0; i < pads.size(); ++i) {
    const PadAxis& p = pads[i];
    if (p.interior > 0 && p.length.length > 0) x = with_holes(x, pads, i, number);
    low.push_back(std::max<std::int64_t>(p.low, 0));
    high.push_back(std::max<std::int64_t>(p.high, 0));
    more = more || low.back() > 0 || high.back() > 0;
    if (p.low >= 0 && p.high >= 0) continue;
    axes.push_back(static_cast<std::int64_t>(i));
    starts.push_back(std::max<std::int64_t>(-p.low, 0));
    ends.push_back(p.high < 0 ? p.high : std::numeric_limits<std::int64_t>::max());
  }
  low.insert(low.end(), high.begin(), high.end());
  if (more) x = add("Pad", {x, program_.integers(low), number});
  if (!axes.empty()) x = add("Slice", {x, program_.integers(starts), program_.integers(ends), program_.integers(axes)});
  return x;
}

void Emitter::concatenate(const ir::Node& node) {
  // As the first of them stands that is no constant.
  Axes order = values_.layout(node.operands[0]);
  for (const ValueId v : node.operands)
    if (!values_[v].constant) {
      order = values_.layout(v);
      break;
    }
  Names inputs;
  for (const ValueId v : node.operands) inputs.push_back(values_.full(v, order));
  const std::int64_t axis = position(order, node.as<ir::AxisAttributes>().axis);
  values_.hold(node.result(), add("Concat", inputs, {{"axis", axis}}), order);
}

}  // namespace cornu::onnx
