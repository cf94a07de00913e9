#include "cornu/export/onnx/values.h"

#include <algorithm>
#include <numeric>

#include "cornu/core/error.h"

namespace cornu::onnx {
namespace {

std::vector<std::int64_t> longs(const ir::Axes& axes) { return {axes.begin(), axes.end()}; }

// Where the tensor's axes are that `order` names.
std::vector<int> places(const Held& held, const ir::Axes& order) {
  std::vector<int> out;
  for (const int axis : order)
    if (const int at = position(held.order, axis); at >= 0) out.push_back(at);
  if (out.size() != held.order.size()) throw InternalError("a layout that lacks an axis of its tensor");
  return out;
}

bool in_order(const std::vector<int>& permutation) { return std::is_sorted(permutation.begin(), permutation.end()); }

}  // namespace

int position(const ir::Axes& axes, int axis) {
  const auto it = std::find(axes.begin(), axes.end(), axis);
  return it == axes.end() ? -1 : static_cast<int>(it - axes.begin());
}

void Values::hold(ir::ValueId v, const std::string& name, const ir::Axes& order) {
  Held held{name, order, {}, std::nullopt};
  for (const int axis : order) held.extents.push_back(extents(v)[static_cast<std::size_t>(axis)]);
  hold(v, std::move(held));
}

ir::Axes Values::natural(ir::ValueId v) const {
  ir::Axes out(static_cast<std::size_t>(in_.graph.shape(v).rank()));
  std::iota(out.begin(), out.end(), 0);
  return out;
}

ir::Axes Values::layout(ir::ValueId v) const {
  ir::Axes out = (*this)[v].order;
  for (const int axis : natural(v))
    if (position(out, axis) < 0)
      out.insert(std::find_if(out.begin(), out.end(), [axis](int other) { return other > axis; }), axis);
  return out;
}

// The same constant in the same order is one initializer, so its rearranged copy stays the same, too.
const Tensor& Values::rearranged(const Tensor& constant, const std::vector<int>& permutation) {
  if (in_order(permutation)) return constant;
  // The same memory may be held in several shapes.
  const auto key = std::make_tuple(constant.raw(), constant.shape().dims(), permutation);
  const auto known = rearranged_.find(key);
  return known != rearranged_.end() ? known->second
                                    : rearranged_.emplace(key, constant.transpose(permutation)).first->second;
}

std::string Values::written(const Tensor& constant, const Tensor& value) {
  const auto name = names_.find(constant.raw());
  return program_.constant(value, name == names_.end() ? "" : name->second);
}

// The held tensor with its axes in the order in which `order` names them.
std::string Values::transposed(const Held& held, const ir::Axes& order) {
  const std::vector<int> permutation = places(held, order);
  if (held.constant) return written(*held.constant, rearranged(*held.constant, permutation));
  if (in_order(permutation)) return held.name;
  std::string& name = done_[{held.name, permutation}];
  if (name.empty()) name = program_.add("Transpose", {held.name}, {{"perm", longs(permutation)}});
  return name;
}

// Adds axes of length 1, so that the tensor with the axes `have` gets those of `want`.
std::string Values::with_ones(const std::string& name, const ir::Axes& have, const ir::Axes& want, bool leading) {
  std::vector<std::int64_t> at;
  bool started = leading;
  for (std::size_t i = 0; i < want.size(); ++i) {
    const bool there = position(have, want[i]) >= 0;
    started = started || there;
    if (!there && started) at.push_back(static_cast<std::int64_t>(i));
  }
  if (at.empty()) return name;
  // Without leading ones the places count from the end, where nothing lacks.
  if (!leading)
    for (std::int64_t& i : at) i -= static_cast<std::int64_t>(want.size());
  return program_.add("Unsqueeze", {name, program_.integers(at)});
}

std::string Values::broadcastable(ir::ValueId v, const ir::Axes& order) {
  const Held& held = (*this)[v];
  if (!held.constant) return with_ones(transposed(held, order), held.order, order, false);
  // A constant is written with the ones that it needs.
  Shape shape;
  for (const int axis : order) {
    const int at = position(held.order, axis);
    if (at >= 0 || shape.rank() > 0) shape.push_back(at >= 0 ? held.constant->dim(at) : 1);
  }
  return written(*held.constant, rearranged(*held.constant, places(held, order)).reshape(shape));
}

std::string Values::vector(ir::ValueId v) {
  const Tensor& constant = *(*this)[v].constant;
  return written(constant, constant.reshape({constant.size()}));
}

std::string Values::full(ir::ValueId v, const ir::Axes& order) {
  const Held& held = (*this)[v];
  Extents wanted;
  bool repeats = false;
  for (const int axis : order) {
    const Extent& e = extents(v)[static_cast<std::size_t>(axis)];
    const int at = position(held.order, axis);
    const bool one = at < 0 || held.extents[static_cast<std::size_t>(at)].is_one();
    // Where it does not repeat, a 1 keeps the length that is there.
    wanted.push_back(one ? e : Extent{});
    repeats = repeats || (one && !e.is_one());
  }
  const std::string shaped = with_ones(transposed(held, order), held.order, order, true);
  return repeats ? program_.add("Expand", {shaped, lengths(wanted)}) : shaped;
}

// The size of the batch as a tensor of one element: a length of an input that grows.
std::string Values::batch() {
  if (!batch_.empty()) return batch_;
  for (const ir::ValueId p : in_.graph.parameters())
    for (std::size_t axis = 0; axis < extents(p).size(); ++axis) {
      const auto start = static_cast<std::int64_t>(axis);
      if (extents(p)[axis] == Extent{1, true})
        return batch_ = program_.add("Shape", {(*this)[p].name}, {{"start", start}, {"end", start + 1}});
    }
  throw InternalError("a length that grows with a batch that no input has");
}

std::string Values::lengths(const Extents& extents) {
  Names parts;
  std::vector<std::int64_t> fixed;
  const auto flush = [&] {
    if (!fixed.empty()) parts.push_back(program_.integers(fixed));
    fixed.clear();
  };
  for (const Extent& e : extents) {
    if (!e.grows) {
      fixed.push_back(e.length);
      continue;
    }
    flush();
    parts.push_back(e.length == 1 ? batch() : program_.add("Mul", {batch(), program_.integers({e.length})}));
  }
  flush();
  if (parts.size() == 1) return parts[0];
  return parts.empty() ? program_.integers({}) : program_.add("Concat", parts, {{"axis", std::int64_t{0}}});
}

}  // namespace cornu::onnx
