// RowsBuilder: writes a RowsProgram. It knows operands, registers and how numbers of one kind meet numbers of another;
// what the ops of a graph are, rows_compile.cpp knows.
#pragma once

#include <map>

#include "cornu/engine/cpu/rows_program.h"

namespace cornu::cpu {

class RowsBuilder {
 public:
  using Form = RowsInstruction::Form;
  using Kind = passes::RowKind;

  // `whole_rows`: tiles must hold rows from end to end; `upright`: and may be held column after column.
  RowsBuilder(const passes::RowSpace& space, int threads, bool whole_rows, bool upright);

  const RowsProgram& program() const { return program_; }
  bool upright() const { return program_.upright; }
  Kind kind(int operand) const { return origins_[static_cast<std::size_t>(operand)].kind; }
  std::size_t element_bytes(int operand) const {
    return program_.operands[static_cast<std::size_t>(operand)].element_bytes;
  }
  // Whether a single tile is everything.
  bool is_single_tile() const { return program_.tiles() == 1; }
  // Work that does not depend on the tile is done once.
  static bool once(Kind kind) { return kind == Kind::kScalar || kind == Kind::kColumn; }

  int add_slot(Slot slot, Kind kind, std::size_t bytes);
  int add_register(Kind kind, std::size_t bytes);

  // Appends an instruction about numbers of `kind`.
  void add(Form form, RowsInstruction::Function function, Kind kind, std::initializer_list<int> in,
           std::initializer_list<int> out);

  // The operand with one number for each of `kind`, spread if need be (and then only once).
  int spread(int operand, Kind kind);
  // The operand as a float32 kernel for numbers of `kind` takes it: `scalar` when one number is read for all.
  struct Argument {
    int operand;
    bool scalar;
  };
  Argument argument(int operand, Kind kind);
  // binary kernel `op` on operands of any kinds.
  void add_binary(BinaryOp op, Kind kind, int a, int b, int out);

  // Marks that an output of one number, or of one a column, is written: then one thread does all.
  bool writes_once() const { return writes_once_; }
  // Takes the program, its registers in place.
  RowsProgram finish();

 private:
  // Where an operand comes from, beside what the machine needs to know.
  struct Origin {
    bool is_register = false;
    bool kept = false;      // for the whole run: made in the prologue
    std::size_t bytes = 0;  // of a register
    Kind kind = Kind::kScalar;
  };

  void choose_tile(const passes::RowSpace& space, int threads, bool whole_rows);
  std::int64_t tile_count(Kind kind) const;
  int add_operand(RowsOperand operand, Origin origin);
  int make_register(Kind kind, std::size_t bytes, bool kept);
  void push(const RowsInstruction& instruction, bool in_prologue);
  void add_spreading(int from, Kind to, int out, bool in_prologue);
  void assign_registers();

  RowsProgram program_;
  std::vector<Origin> origins_;  // of program_.operands
  std::map<std::pair<int, Kind>, int> spread_;
  bool writes_once_ = false;
};

}  // namespace cornu::cpu
