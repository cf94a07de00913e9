#include "cornu/engine/cpu/rows_program.h"

#include <algorithm>

#include "cornu/core/random.h"

namespace cornu::cpu {
namespace {

using passes::RowKind;

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

  void uniform(const RowsInstruction& instruction, const Tile& tile) const {
    const auto* state = reinterpret_cast<const std::uint32_t*>(address[instruction.a]);
    auto* out = reinterpret_cast<float*>(address[instruction.out]);
    for (std::int64_t r = 0; r < tile.rows; ++r)
      for (std::int64_t c = 0; c < tile.columns; ++c)
        *out++ = uniform_at(state[0], state[1],
                            static_cast<std::uint64_t>((tile.row + r) * program.columns + tile.column + c));
  }

  void execute(const std::vector<RowsInstruction>& instructions, const Tile& tile) const {
    for (const RowsInstruction& i : instructions) {
      switch (i.form) {
        case RowsInstruction::Form::kVector:
          i.vector(address[i.a], address[i.b], address[i.c], address[i.out], tile.count[static_cast<int>(i.kind)]);
          break;
        case RowsInstruction::Form::kRows: i.rows(address[i.a], address[i.out], tile.rows, tile.columns); break;
        case RowsInstruction::Form::kUniform: uniform(i, tile); break;
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
    const Tile tile = make_tile(row, std::min(p.tile_rows, p.rows - row), column, std::min(p.tile_columns, p.columns - column));
    machine.move_to(tile);
    machine.execute(p.body, tile);
  }
}

}  // namespace cornu::cpu
