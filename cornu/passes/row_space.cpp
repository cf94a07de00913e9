#include "cornu/passes/row_space.h"

#include <algorithm>

namespace cornu::passes {

using ir::Node;
using ir::Op;
using ir::ValueId;

std::optional<RowKind> broadcast_kind(const Shape& from, const Shape& to, const ir::Axes& dims) {
  const std::int64_t size = from.size();
  if (size == to.size()) return RowKind::kFull;
  if (size == 1) return RowKind::kScalar;
  std::vector<bool> covered(static_cast<std::size_t>(to.rank()), false);
  for (int i = 0; i < from.rank(); ++i)
    if (from[i] != 1) covered[static_cast<std::size_t>(dims[static_cast<std::size_t>(i)])] = true;
  // Axes of length 1 belong to either side.
  std::vector<bool> significant;
  for (int i = 0; i < to.rank(); ++i)
    if (to[i] != 1) significant.push_back(covered[static_cast<std::size_t>(i)]);
  if (std::is_sorted(significant.begin(), significant.end())) return RowKind::kColumn;
  if (std::is_sorted(significant.rbegin(), significant.rend())) return RowKind::kRow;
  return std::nullopt;
}

std::optional<std::int64_t> trailing_fold(const Shape& shape, const ir::Axes& axes) {
  std::int64_t folded = 1;
  std::vector<bool> significant;
  for (int i = 0; i < shape.rank(); ++i) {
    const bool is_folded = std::find(axes.begin(), axes.end(), i) != axes.end();
    if (is_folded) folded *= shape[i];
    if (shape[i] != 1) significant.push_back(is_folded);
  }
  if (!std::is_sorted(significant.begin(), significant.end())) return std::nullopt;
  return folded;
}

namespace {

ir::Axes folded_axes(const Node& node) {
  return node.op == Op::kArgmax ? ir::Axes{node.as<ir::AxisAttributes>().axis} : node.as<ir::ReduceAttributes>().axes;
}

class Analysis {
 public:
  explicit Analysis(const ir::Graph& body) : body_(body) {}

  std::optional<RowSpace> run() {
    if (!find_space()) return std::nullopt;
    space_.kinds.assign(static_cast<std::size_t>(body_.value_count()), RowKind::kFull);
    hints_.assign(static_cast<std::size_t>(body_.value_count()), -1);
    if (space_.rows == space_.columns && space_.rows > 1) collect_hints();
    for (const Node& node : body_.nodes())
      if (!find_kind(node)) return std::nullopt;
    return space_;
  }

 private:
  std::int64_t size(ValueId v) const { return body_.shape(v).size(); }
  RowKind& kind(ValueId v) { return space_.kinds[static_cast<std::size_t>(v)]; }

  // The number of columns, when something in the body says it; false for contradictions and for axes in the middle.
  bool constrain(const Node& node, std::int64_t& columns) {
    std::int64_t found = 0;
    if (node.op == Op::kReduce || node.op == Op::kArgmax) {
      const auto fold = trailing_fold(body_.shape(node.operands[0]), folded_axes(node));
      if (!fold || *fold == 0) return false;
      if (*fold == 1 && node.op == Op::kReduce) return true;
      if (size(node.operands[0]) != total_) return false;
      found = *fold;
      space_.has_reductions = true;
    } else if (node.op == Op::kBroadcastInDim) {
      const auto& dims = node.as<ir::BroadcastAttributes>().dims;
      const auto k = broadcast_kind(body_.shape(node.operands[0]), body_.shape(node.result()), dims);
      if (!k) return false;
      if (*k == RowKind::kScalar || *k == RowKind::kFull) return true;
      if (size(node.result()) != total_) return false;
      found = *k == RowKind::kColumn ? size(node.operands[0]) : total_ / size(node.operands[0]);
    } else {
      return true;
    }
    if (columns != 0 && columns != found) return false;
    columns = found;
    return true;
  }

  bool find_space() {
    total_ = 1;
    is_state_.assign(static_cast<std::size_t>(body_.value_count()), false);
    for (const Node& node : body_.nodes())
      if (node.op == Op::kRandomUniform) is_state_[static_cast<std::size_t>(node.operands[0])] = true;
    for (ValueId v = 0; v < body_.value_count(); ++v) {
      if (size(v) == 0) return false;
      if (!is_state_[static_cast<std::size_t>(v)]) total_ = std::max(total_, size(v));
    }
    std::int64_t columns = 0;
    for (const Node& node : body_.nodes())
      if (!constrain(node, columns)) return false;
    space_.flat = columns == 0;
    if (columns == 0) columns = total_;
    space_.columns = columns;
    space_.rows = total_ / columns;
    return total_ % columns == 0;
  }

  // In a square matrix a vector's length does not say whether it belongs to rows or columns; what it is broadcast to,
  // or reduced from, does. Vectors that meet in elementwise ops are of one kind.
  void collect_hints() {
    bool changed = true;
    const auto give = [&](ValueId v, int hint) {
      int& old = hints_[static_cast<std::size_t>(v)];
      if (size(v) != space_.rows || old >= 0 || hint < 0) return;
      old = hint;
      changed = true;
    };
    while (changed) {
      changed = false;
      for (const Node& node : body_.nodes()) {
        if (node.op == Op::kParameter || node.op == Op::kConstant) continue;
        if (node.op == Op::kReduce || node.op == Op::kArgmax) give(node.result(), static_cast<int>(RowKind::kRow));
        if (node.op == Op::kBroadcastInDim && size(node.result()) == total_) {
          const auto k = broadcast_kind(body_.shape(node.operands[0]), body_.shape(node.result()),
                                        node.as<ir::BroadcastAttributes>().dims);
          if (k) give(node.operands[0], static_cast<int>(*k));
          continue;
        }
        int hint = hints_[static_cast<std::size_t>(node.result())];
        for (const ValueId v : node.operands)
          if (size(v) == size(node.result())) hint = std::max(hint, hints_[static_cast<std::size_t>(v)]);
        if (size(node.result()) != space_.rows) continue;
        give(node.result(), hint);
        for (const ValueId v : node.operands) give(v, hint);
      }
    }
  }

  std::optional<RowKind> natural_kind(ValueId v) const {
    const std::int64_t n = size(v);
    if (n == total_) return RowKind::kFull;
    if (n == 1) return RowKind::kScalar;
    if (n == space_.rows && n == space_.columns)
      return hints_[static_cast<std::size_t>(v)] == static_cast<int>(RowKind::kColumn) ? RowKind::kColumn
                                                                                       : RowKind::kRow;
    if (n == space_.rows) return RowKind::kRow;
    if (n == space_.columns) return RowKind::kColumn;
    return std::nullopt;
  }

  bool find_kind(const Node& node) {
    const ValueId out = node.result();
    switch (ir::family_of(node.op)) {
      case ir::Family::kSource: {
        if (node.op != Op::kParameter && node.op != Op::kConstant && node.op != Op::kRandomUniform) return false;
        if (is_state_[static_cast<std::size_t>(out)]) {
          kind(out) = RowKind::kScalar;
          return node.op != Op::kRandomUniform;
        }
        const auto natural = natural_kind(out);
        if (!natural || (node.op == Op::kRandomUniform && *natural != RowKind::kFull)) return false;
        kind(out) = *natural;
        return true;
      }
      case ir::Family::kElementwise: {
        RowKind joined = RowKind::kScalar;
        for (const ValueId v : node.operands) {
          if (is_state_[static_cast<std::size_t>(v)]) return false;
          const RowKind k = kind(v);
          if ((k == RowKind::kRow && joined == RowKind::kColumn) || (k == RowKind::kColumn && joined == RowKind::kRow))
            joined = RowKind::kFull;
          joined = std::max(joined, k);
        }
        kind(out) = joined;
        // One number a row and one a column meet in a matrix, never in a vector.
        return space_.count(joined) <= size(out);
      }
      case ir::Family::kShape:
        if (node.op != Op::kBroadcastInDim && node.op != Op::kReshape) return false;
        if (is_state_[static_cast<std::size_t>(node.operands[0])]) return false;
        kind(out) = kind(node.operands[0]);
        return true;
      case ir::Family::kReduce:
        if (node.op == Op::kCumulativeSum || is_state_[static_cast<std::size_t>(node.operands[0])]) return false;
        if (node.op == Op::kReduce && size(node.operands[0]) == size(out)) {
          kind(out) = kind(node.operands[0]);
          return true;
        }
        kind(out) = RowKind::kRow;
        return true;
      case ir::Family::kContract:
      case ir::Family::kWindow:
      case ir::Family::kIndex:
      case ir::Family::kCollective:
      case ir::Family::kRegion: return false;
    }
    return false;
  }

  const ir::Graph& body_;
  std::int64_t total_ = 1;
  RowSpace space_;
  std::vector<int> hints_;
  std::vector<bool> is_state_;  // of random numbers: two words beside the matrix, read by nothing else
};

}  // namespace

std::optional<RowSpace> row_space(const ir::Graph& body) { return Analysis(body).run(); }

}  // namespace cornu::passes
