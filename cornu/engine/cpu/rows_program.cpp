#include "cornu/engine/cpu/rows_program.h"

#include <algorithm>
#include <cstring>

namespace cornu::cpu {
namespace {

using Form = RowsInstruction::Form;

struct Tile {
  std::int64_t row = 0, rows = 0, column = 0, columns = 0;
  std::int64_t count[4] = {1, 0, 0, 0};  // by RowKind
};

struct Machine {
  const RowsProgram& program;
  const StepCall& call;
  std::byte** base;     // of each operand
  std::byte** address;  // of its part in the tile

  void bind() {
    for (std::size_t i = 0; i < program.operands.size(); ++i) {
      const RowsOperand& o = program.operands[i];
      base[i] = o.slot >= 0 ? static_cast<std::byte*>(call.slots[o.slot]) : call.scratch + o.offset;
      address[i] = base[i];
    }
  }

  void move_to(const Tile& tile) {
    const std::int64_t offset[4] = {0, tile.column, tile.row, tile.row * program.columns + tile.column};
    for (std::size_t i = 0; i < program.operands.size(); ++i) {
      const RowsOperand& o = program.operands[i];
      address[i] = base[i] + offset[static_cast<int>(o.moves)] * o.element_bytes;
    }
  }

  template <class T = float>
  T* at(std::uint16_t operand) const {
    return reinterpret_cast<T*>(address[operand]);
  }

  void uniform(const RowsInstruction& i, const Tile& tile) const {
    const auto* state = at<std::uint32_t>(i.in[0]);
    float* out = at(i.out[0]);
    // A tile is one row's part or several whole rows: either way its elements follow each other.
    program.kernels->random_uniform(state[0], state[1],
                                    static_cast<std::uint64_t>(tile.row * program.columns + tile.column), out,
                                    static_cast<std::size_t>(tile.rows * tile.columns));
  }

  void adam(const RowsInstruction& i, std::size_t n) const {
    program.kernels->optimizer.adam_step({.rate = *at(i.in[4]),
                                          .mean_share = *at(i.in[5]),
                                          .square_share = *at(i.in[6]),
                                          .epsilon = *at(i.in[7]),
                                          .w = at(i.in[0]),
                                          .g = at(i.in[1]),
                                          .m = at(i.in[2]),
                                          .v = at(i.in[3]),
                                          .new_w = at(i.out[0]),
                                          .new_m = at(i.out[1]),
                                          .new_v = at(i.out[2])},
                                         n);
  }

  void fold_columns(const RowsInstruction& i, std::size_t rows, std::size_t columns) const {
    const float* x = at(i.in[0]);
    float* y = at(i.out[0]);
    if (columns == 1) {
      std::memcpy(y, x, rows * sizeof(float));
      return;
    }
    i.function.binary(x, x + rows, y, rows);
    for (std::size_t c = 2; c < columns; ++c) i.function.binary(y, x + c * rows, y, rows);
  }

  void execute(const std::vector<RowsInstruction>& instructions, const Tile& tile) const {
    const auto rows = static_cast<std::size_t>(tile.rows), columns = static_cast<std::size_t>(tile.columns);
    // What a kernel for matrices sees: upright, columns are its rows.
    const std::size_t outer = program.upright ? columns : rows, inner = program.upright ? rows : columns;
    for (const RowsInstruction& i : instructions) {
      const std::int64_t count = tile.count[static_cast<int>(i.kind)];
      const auto n = static_cast<std::size_t>(count);
      switch (i.form) {
        case Form::kVector: i.function.vector(at(i.in[0]), at(i.in[1]), at(i.in[2]), at(i.out[0]), count); break;
        case Form::kUnary: i.function.unary(at(i.in[0]), at(i.out[0]), n); break;
        case Form::kBinary: i.function.binary(at(i.in[0]), at(i.in[1]), at(i.out[0]), n); break;
        case Form::kTernary: i.function.ternary(at(i.in[0]), at(i.in[1]), at(i.in[2]), at(i.out[0]), n); break;
        case Form::kBroadcast: i.function.broadcast(at(i.in[0]), at(i.in[1]), at(i.out[0]), outer, inner); break;
        case Form::kRows:
          i.function.rows(at(i.in[0]), at(i.out[0]), static_cast<std::int64_t>(outer),
                          static_cast<std::int64_t>(inner));
          break;
        case Form::kFold: i.function.fold(at(i.in[0]), at(i.out[0]), rows, columns); break;
        case Form::kFoldIndex: i.function.fold_index(at(i.in[0]), at<std::uint32_t>(i.out[0]), rows, columns); break;
        case Form::kFoldColumns: fold_columns(i, rows, columns); break;
        case Form::kSumColumns:
          program.kernels->reduce.column_sum(at(i.in[0]), rows, at(i.out[0]), columns, rows, 1.0f, 0.0f);
          break;
        case Form::kToBool: program.kernels->convert.to_bool(at(i.in[0]), at<std::uint8_t>(i.out[0]), n); break;
        case Form::kFromBool:
          program.kernels->convert.from_uint8(at<std::uint8_t>(i.in[0]), 1.0f, at(i.out[0]), n);
          break;
        case Form::kTurn:
          program.kernels->move.transpose(at(i.in[0]), columns, rows, columns, at(i.out[0]), rows);
          break;
        case Form::kTurnBack:
          program.kernels->move.transpose(at(i.in[0]), rows, columns, rows, at(i.out[0]), columns);
          break;
        case Form::kUniform: uniform(i, tile); break;
        case Form::kAdam: adam(i, n); break;
      }
    }
  }
};

Tile make_tile(std::int64_t row, std::int64_t rows, std::int64_t column, std::int64_t columns) {
  return {row, rows, column, columns, {1, columns, rows, rows * columns}};
}

// The prologue makes registers of a tile's size, and vectors of one number a column: of all columns.
Tile prologue_tile(const RowsProgram& p) {
  return {0, p.tile_rows, 0, p.columns, {1, p.columns, p.tile_rows, p.tile_rows * p.tile_columns}};
}

}  // namespace

void run_rows(const StepCall& call) {
  const RowsProgram& p = *static_cast<const RowsProgram*>(call.args);
  auto** tables = reinterpret_cast<std::byte**>(call.scratch);
  Machine machine{p, call, tables, tables + p.operands.size()};
  machine.bind();
  if (!p.prologue.empty()) machine.execute(p.prologue, prologue_tile(p));
  const std::int64_t across = p.tiles_across(), tiles = p.tiles();
  const std::int64_t begin = tiles * call.part / call.parts, end = tiles * (call.part + 1) / call.parts;
  for (std::int64_t t = begin; t < end; ++t) {
    const std::int64_t row = t / across * p.tile_rows, column = t % across * p.tile_columns;
    const Tile tile =
        make_tile(row, std::min(p.tile_rows, p.rows - row), column, std::min(p.tile_columns, p.columns - column));
    machine.move_to(tile);
    machine.execute(p.body, tile);
  }
}

}  // namespace cornu::cpu
