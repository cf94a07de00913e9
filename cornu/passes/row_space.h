// Row space: how a body of a rows fusion lies over one matrix of `rows` rows and `columns` columns.
//
// Every value of the body is the matrix itself, one number a row, one number a column, or one number. Broadcasts to the
// matrix cost nothing: their result keeps the kind of what was broadcast (`kinds`), and a later op computes with as few
// numbers as its operands have. Any shape will do, as long as the elements lie in the matrix's order.
#pragma once

#include <optional>
#include <vector>

#include "cornu/ir/graph.h"

namespace cornu::passes {

enum class RowKind : std::uint8_t { kScalar, kColumn, kRow, kFull };

struct RowSpace {
  std::int64_t rows = 1, columns = 1;
  // Whether rows mean anything: without reductions and broadcasts of rows and columns, the matrix is one long row.
  bool flat = true;
  bool has_reductions = false;
  std::vector<RowKind> kinds;  // by value of the body

  // How many numbers a value of this kind has.
  std::int64_t count(RowKind kind) const {
    switch (kind) {
      case RowKind::kScalar: return 1;
      case RowKind::kColumn: return columns;
      case RowKind::kRow: return rows;
      case RowKind::kFull: break;
    }
    return rows * columns;
  }
};

// Nothing when the body is not of this form.
std::optional<RowSpace> row_space(const ir::Graph& body);

// Which part of the result a broadcast's operand is: one number, a row of its trailing axes (kColumn: one number a
// column), its leading axes (kRow), all of it. Nothing for axes in the middle.
std::optional<RowKind> broadcast_kind(const Shape& from, const Shape& to, const ir::Axes& dims);
// The number of elements folded into one, when the axes are the last ones (axes of length 1 do not count).
std::optional<std::int64_t> trailing_fold(const Shape& shape, const ir::Axes& axes);

}  // namespace cornu::passes
