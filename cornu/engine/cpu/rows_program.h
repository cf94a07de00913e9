// RowsProgram: the interpreter of rows fusions. It walks over the rows of a matrix in tiles that stay in the L1 cache and
// runs a short list of instructions on each, one out-of-line vector function an instruction.
//
// Intermediate values live in registers of a tile's size in the thread's scratch memory. What does not depend on the
// tile (numbers, vectors of one number a column) is computed once, in a prologue.
#pragma once

#include <cstdint>
#include <vector>

#include "cornu/engine/cpu/step.h"
#include "cornu/engine/cpu/vector_ops.h"
#include "cornu/passes/row_space.h"

namespace cornu::cpu {

// Where an operand or a result of an instruction lies.
struct RowsOperand {
  Slot slot = -1;            // in a slot; or else
  std::size_t offset = 0;    // in the scratch memory, in bytes
  // How the address moves from tile to tile: with the matrix, the rows, the columns, or not at all. A register of the
  // tile itself does not move.
  passes::RowKind moves = passes::RowKind::kScalar;
  std::uint32_t element_bytes = 4;
};

// How many numbers an instruction is about, and what `function` gets as its count.
struct RowsInstruction {
  enum class Form : std::uint8_t {
    kVector,  // elementwise: `vector` on all elements of `kind`
    kRows,    // `rows` on rows and columns: reductions, spreading
    kUniform, // random numbers of the tile
  };
  using RowsFunction = void (*)(const void* in, void* out, std::int64_t rows, std::int64_t columns);

  Form form = Form::kVector;
  passes::RowKind kind = passes::RowKind::kFull;
  VectorFunction vector = nullptr;
  RowsFunction rows = nullptr;
  std::uint16_t a = 0, b = 0, c = 0, out = 0;  // positions in `operands`
};

struct RowsProgram {
  std::int64_t rows = 1, columns = 1;
  std::int64_t tile_rows = 1, tile_columns = 1;
  std::vector<RowsOperand> operands;
  std::vector<RowsInstruction> prologue, body;
  // Two tables of addresses, then the registers.
  std::size_t scratch_bytes = 0;

  std::int64_t tiles_across() const { return (columns + tile_columns - 1) / tile_columns; }
  std::int64_t tiles() const { return (rows + tile_rows - 1) / tile_rows * tiles_across(); }
};

// The step function; its args are a RowsProgram.
void run_rows(const StepCall& call);

}  // namespace cornu::cpu
