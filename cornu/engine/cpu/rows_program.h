// RowsProgram: the interpreter of rows fusions. It walks over the rows of a matrix in tiles that stay in the L1 cache
// and runs a short list of instructions on each, one out-of-line vector function an instruction.
//
// Intermediate values live in registers of a tile's size in the thread's scratch memory. What does not depend on the
// tile (numbers, vectors of one number a column) is computed once, in a prologue.
//
// A tile of few columns is held the other way round ("upright"): column after column, each the tile's rows long. Then
// folding a row is adding whole vectors, and a number a row meets a column as vector meets vector.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "cornu/engine/cpu/kernels/kernels.h"
#include "cornu/engine/cpu/step.h"
#include "cornu/engine/cpu/vector_ops.h"
#include "cornu/passes/row_space.h"

namespace cornu::cpu {

// Where an operand or a result of an instruction lies.
struct RowsOperand {
  Slot slot = -1;          // in a slot; or else
  std::size_t offset = 0;  // in the scratch memory, in bytes
  // How the address moves from tile to tile: with the matrix, the rows, the columns, or not at all. A register of the
  // tile itself does not move.
  passes::RowKind moves = passes::RowKind::kScalar;
  std::uint32_t element_bytes = 4;
};

struct RowsInstruction {
  // How the function is called. `n` is the count of numbers of `kind` in the tile.
  enum class Form : std::uint8_t {
    kVector,       // vector(a, b, c, out, n); a, b, c: the first operands
    kUnary,        // unary(a, out, n)
    kBinary,       // binary(a, b, out, n)
    kTernary,      // ternary(a, b, c, out, n)
    kBroadcast,    // broadcast(a, b, out, rows, columns)
    kRows,         // rows(a, out, rows, columns)
    kFold,         // fold(a, out, rows, columns)
    kFoldIndex,    // fold_index(a, out, rows, columns)
    kFoldColumns,  // upright: out = binary(out, column) over the columns of a
    kSumColumns,   // upright: the sum of the columns of a
    kToBool,       // out = a != 0, from truth values 1.0f and 0.0f
    kFromBool,
    kTurn,  // out = a, upright
    kTurnBack,
    kUniform,  // random numbers of the tile; a: their state
    kAdam,     // in: w, g, m, v, then numbers: rate, mean_share, square_share, epsilon; out: w, m, v
  };
  using RowsFunction = void (*)(const void* in, void* out, std::int64_t rows, std::int64_t columns);
  using FoldKernel = void (*)(const float* x, float* y, std::size_t rows, std::size_t columns);
  using FoldIndexKernel = void (*)(const float* x, std::uint32_t* y, std::size_t rows, std::size_t columns);

  Form form = Form::kVector;
  passes::RowKind kind = passes::RowKind::kFull;
  union Function {
    VectorFunction vector = nullptr;
    UnaryKernel unary;
    BinaryKernel binary;
    TernaryKernel ternary;
    BroadcastKernel broadcast;
    RowsFunction rows;
    FoldKernel fold;
    FoldIndexKernel fold_index;
  } function;
  // Positions in `operands`.
  static constexpr std::size_t kMostIn = 8, kMostOut = 3;
  std::array<std::uint16_t, kMostIn> in{};
  std::array<std::uint16_t, kMostOut> out{};
  std::uint8_t ins = 0, outs = 1;

  std::span<const std::uint16_t> reads() const { return {in.data(), ins}; }
  std::span<const std::uint16_t> writes() const { return {out.data(), outs}; }
  // Element i of the results depends on element i of the operands alone, so a result may lie over an operand.
  bool is_elementwise() const {
    return form == Form::kVector || form == Form::kUnary || form == Form::kBinary || form == Form::kTernary ||
           form == Form::kAdam;
  }
};

struct RowsProgram {
  std::int64_t rows = 1, columns = 1;
  std::int64_t tile_rows = 1, tile_columns = 1;
  bool upright = false;
  const Kernels* kernels = nullptr;
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
