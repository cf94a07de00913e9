#include "cornu/export/c99/elements.h"

#include <algorithm>

#include "cornu/core/error.h"
#include "cornu/passes/match.h"

namespace cornu::c99 {
namespace {

using ir::Op;

// a * n, a + n, without what changes nothing.
std::string times(const std::string& a, std::int64_t n) { return a == "0" || n == 1 ? a : cat(a, " * ", n); }
std::string plus(const std::string& a, std::int64_t n) {
  if (n == 0) return a;
  return a == "0" ? cat(n) : cat("(", a, n < 0 ? " - " : " + ", n < 0 ? -n : n, ")");
}
std::string grouped(const std::string& a) {
  return a.find(' ') == std::string::npos || a[0] == '(' ? a : "(" + a + ")";
}

}  // namespace

std::string flat_place(const Shape& shape, const Place& place) {
  const std::vector<std::int64_t> strides = row_major_strides(shape);
  std::vector<std::string> terms;
  for (std::size_t a = 0; a < strides.size(); ++a)
    if (place[a] != "0") terms.push_back(times(strides[a] == 1 ? place[a] : grouped(place[a]), strides[a]));
  return terms.empty() ? "0" : join(terms, " + ");
}

Place moved_place(const Shape& from, const Place& place, const Shape& to) {
  Place out;
  int next = 0;
  for (int a = 0; a < to.rank(); ++a) {
    if (to[a] == 1) {
      out.push_back("0");
      continue;
    }
    while (from[next] == 1) ++next;
    out.push_back(place[static_cast<std::size_t>(next++)]);
  }
  return out;
}

std::string Elements::array(ir::ValueId v) const {
  for (std::size_t i = 0; i < g_.parameters().size(); ++i)
    if (g_.parameters()[i] == v) return cat("x", i);
  for (std::size_t i = 0; i < g_.outputs().size(); ++i)
    if (g_.outputs()[i] == v) return cat("y", i);
  return cat("t", v);
}

std::string Elements::read(ir::ValueId v) {
  reads_.insert(v);
  return array(v);
}

std::string Elements::table_name(const Tensor& value) { return define_table(value, value, ""); }

std::string Elements::blocked(ir::ValueId kernel, int lanes) {
  const Tensor& value = g_.producer(kernel).as<ir::ConstantAttributes>().value;
  const std::int64_t outputs = value.shape().back(), rows = value.size() / outputs;
  Tensor out = Tensor::empty(value.shape(), value.dtype());
  const float* from = value.data<float>();
  float* to = out.mutable_data<float>();
  for (std::int64_t first = 0; first < outputs; first += lanes)
    for (std::int64_t row = 0; row < rows; ++row)
      for (std::int64_t o = first; o < std::min<std::int64_t>(first + lanes, outputs); ++o)
        *to++ = from[row * outputs + o];
  return define_table(value, out, lanes < outputs ? cat("_by_", lanes) : "");
}

// `ending` tells tables of the same numbers in other orders apart.
std::string Elements::define_table(const Tensor& original, const Tensor& values, const std::string& ending) {
  const auto named = in_.names.find(original.raw());
  const std::string title = named == in_.names.end() ? "" : named->second;
  auto it = table_names_.find({original.raw(), ending});
  if (it == table_names_.end()) {
    // The prefix keeps a layer called "float" from being a word of C.
    const std::string stem = cat("w_", title.empty() ? "table" : identifier(title), ending);
    std::string name = stem;
    for (int n = 2; !taken_.insert(name).second; ++n) name = cat(stem, "_", n);
    const std::string order = ending.empty() ? "" : ", in blocks of outputs";
    tables_ += table(name, values, title.empty() ? "" : cat(title, " ", to_string(original.shape()), order)) + "\n";
    table_bytes_ += values.bytes();
    it = table_names_.emplace(std::pair(original.raw(), ending), name).first;
  }
  if (!title.empty() && std::find(names_.begin(), names_.end(), title) == names_.end()) names_.push_back(title);
  return it->second;
}

// The array in whose flat order the value's elements lie.
std::optional<std::string> Elements::base(ir::ValueId v) {
  if (plan_.stored(v)) return read(v);
  const ir::Node& node = g_.producer(v);
  if (node.op == Op::kConstant) return table_name(node.as<ir::ConstantAttributes>().value);
  if (node.op == Op::kReshape) return base(node.operands[0]);
  return std::nullopt;
}

std::string Elements::at(ir::ValueId v, const Place& place) {
  const auto known = known_.find(v);
  if (known != known_.end()) return known->second;
  if (plan_.stored(v)) return cat(read(v), "[", flat_place(g_.shape(v), place), "]");
  return compute(v, place);
}

std::string Elements::constant(ir::ValueId v, const Place& place) {
  const Tensor& value = g_.producer(v).as<ir::ConstantAttributes>().value;
  if (value.size() == 0) return "0";
  const std::string first = literal(value, 0);
  bool equal = true;
  for (std::int64_t i = 1; equal && i < value.size(); ++i) equal = literal(value, i) == first;
  return equal ? first : cat(table_name(value), "[", flat_place(value.shape(), place), "]");
}

std::string Elements::compute(ir::ValueId v, const Place& place) {
  const ir::Node& node = g_.producer(v);
  const auto operand = [&](const Place& p) { return at(node.operands[0], p); };
  Place from;
  switch (node.op) {
    case Op::kConstant: return constant(v, place);
    case Op::kParameter: return cat(read(v), "[", flat_place(g_.shape(v), place), "]");
    case Op::kIota:
      return cat("((", c_type(g_.type(v).dtype), ")(",
                 place[static_cast<std::size_t>(node.as<ir::IotaAttributes>().axis)], "))");
    case Op::kBroadcastInDim: {
      const ir::Axes& dims = node.as<ir::BroadcastAttributes>().dims;
      for (std::size_t i = 0; i < dims.size(); ++i)
        from.push_back(g_.shape(node.operands[0])[static_cast<int>(i)] == 1 ? "0"
                                                                            : place[static_cast<std::size_t>(dims[i])]);
      return operand(from);
    }
    case Op::kTranspose: {
      const ir::Axes& permutation = node.as<ir::TransposeAttributes>().permutation;
      from.resize(permutation.size());
      for (std::size_t i = 0; i < permutation.size(); ++i) from[static_cast<std::size_t>(permutation[i])] = place[i];
      return operand(from);
    }
    case Op::kReverse:
      from = place;
      for (const int a : node.as<ir::AxesAttributes>().axes) {
        std::string& at = from[static_cast<std::size_t>(a)];
        if (g_.shape(v)[a] > 1) at = cat("(", g_.shape(v)[a] - 1, " - ", grouped(at), ")");
      }
      return operand(from);
    case Op::kSlice: {
      const auto& a = node.as<ir::SliceAttributes>();
      for (std::size_t i = 0; i < place.size(); ++i)
        from.push_back(plus(times(grouped(place[i]), a.stride[i]), a.start[i]));
      return operand(from);
    }
    case Op::kReshape: return reshaped(node, place);
    case Op::kPad: return padded(node, place);
    case Op::kGather: return gathered(node, place);
    case Op::kReduce: return reduced(node, place);
    case Op::kReduceWindow: return window(node, place);
    case Op::kArgmax: return argmax(node, place);
    case Op::kDotGeneral:
    case Op::kConvolution: return product(node, place);
    default: return elementwise(node, place);
  }
}

std::string Elements::elementwise(const ir::Node& node, const Place& place) {
  std::vector<std::string> x;
  for (const ir::ValueId operand : node.operands) x.push_back(at(operand, place));
  const DType dtype = g_.type(node.operands.back()).dtype;
  switch (node.op) {
    case Op::kConvert: return helpers_.convert(dtype, g_.type(node.result()).dtype, x[0]);
    case Op::kIsFinite: return cat("(isfinite(", x[0], ") ? 1 : 0)");
    case Op::kCompare: return helpers_.compare(node.as<ir::CompareAttributes>().direction, dtype, x[0], x[1]);
    case Op::kSelect: return cat("(", x[0], " ? ", x[1], " : ", x[2], ")");
    default: return helpers_.apply(node.op, dtype, x);
  }
}

std::string Elements::reshaped(const ir::Node& node, const Place& place) {
  const Shape &from = g_.shape(node.operands[0]), &to = g_.shape(node.result());
  if (Plan::trivial_reshape(from, to)) return at(node.operands[0], moved_place(to, place, from));
  if (const std::optional<std::string> number =
          g_.producer(node.operands[0]).op == Op::kConstant
              ? std::optional(constant(node.operands[0], Place(static_cast<std::size_t>(from.rank()), "0")))
              : std::nullopt;
      number && number->back() != ']')
    return *number;
  const std::optional<std::string> array = base(node.operands[0]);
  if (!array) throw InternalError("a reshape of what lies nowhere");
  return cat(*array, "[", flat_place(to, place), "]");
}

// Holes and edges are a condition before the element.
std::string Elements::padded(const ir::Node& node, const Place& place) {
  const auto& a = node.as<ir::PadAttributes>();
  const Shape &from = g_.shape(node.operands[0]), &to = g_.shape(node.result());
  std::vector<std::string> conditions;
  Place inner;
  for (int axis = 0; axis < from.rank(); ++axis) {
    const auto i = static_cast<std::size_t>(axis);
    const std::int64_t step = a.interior[i] + 1, last = (from[axis] - 1) * step;
    const std::string at = plus(grouped(place[i]), -a.low[i]);
    if (from[axis] == 0) return this->at(node.operands[1], {});
    if (a.low[i] > 0) conditions.push_back(cat(at, " >= 0"));
    if (to[axis] - 1 - a.low[i] > last) conditions.push_back(cat(at, " <= ", last));
    if (step > 1) conditions.push_back(cat(at, " % ", step, " == 0"));
    inner.push_back(from[axis] == 1 ? "0" : step > 1 ? cat("(", at, " / ", step, ")") : at);
  }
  const std::string x = at(node.operands[0], inner);
  if (conditions.empty()) return x;
  return cat("(", join(conditions, " && "), " ? ", x, " : ", at(node.operands[1], {}), ")");
}

std::string Elements::gathered(const ir::Node& node, const Place& place) {
  const auto axis = static_cast<std::size_t>(node.as<ir::AxisAttributes>().axis);
  const Shape &x = g_.shape(node.operands[0]), &indices = g_.shape(node.operands[1]);
  const auto begin = place.begin() + static_cast<std::ptrdiff_t>(axis);
  const std::string index = at(node.operands[1], Place(begin, begin + indices.rank()));
  Place from(place.begin(), begin);
  from.push_back(helpers_.clamped(g_.type(node.operands[1]).dtype, index, x[static_cast<int>(axis)] - 1));
  from.insert(from.end(), begin + indices.rank(), place.end());
  return at(node.operands[0], from);
}

}  // namespace cornu::c99
