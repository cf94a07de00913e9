#include "cornu/engine/cpu/rows_builder.h"

#include <algorithm>

#include "cornu/engine/cpu/row_ops.h"

namespace cornu::cpu {
namespace {

// Numbers in a tile: large enough that the calls of vector functions cost little, small enough that a dozen registers
// stay in the L1 cache.
constexpr std::int64_t kTile = 1024;

std::size_t round_up(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

}  // namespace

RowsBuilder::RowsBuilder(const passes::RowSpace& space, int threads, bool whole_rows, bool upright) {
  program_.rows = space.rows;
  program_.columns = space.columns;
  program_.upright = upright;
  program_.kernels = &kernels();
  choose_tile(space, threads, whole_rows);
}

void RowsBuilder::choose_tile(const passes::RowSpace& space, int threads, bool whole_rows) {
  const std::int64_t c = space.columns;
  if (c > kTile && !whole_rows) {
    program_.tile_columns = kTile;
    return;
  }
  program_.tile_columns = c;
  program_.tile_rows = std::clamp<std::int64_t>(kTile / c, 1, space.rows);
  // Upright, columns are whole vectors.
  if (program_.upright && program_.tile_rows >= 16 && program_.tile_rows < space.rows)
    program_.tile_rows = program_.tile_rows / 16 * 16;
  // Every thread gets a tile when there is enough to do.
  const std::int64_t share = (space.rows + threads - 1) / threads;
  if (space.rows * c >= 2 * kTile) program_.tile_rows = std::min(program_.tile_rows, share);
}

std::int64_t RowsBuilder::tile_count(Kind kind) const {
  switch (kind) {
    case Kind::kScalar: return 1;
    case Kind::kColumn: return program_.columns;
    case Kind::kRow: return program_.tile_rows;
    case Kind::kFull: break;
  }
  return program_.tile_rows * program_.tile_columns;
}

int RowsBuilder::add_operand(RowsOperand operand, Origin origin) {
  program_.operands.push_back(operand);
  origins_.push_back(origin);
  return static_cast<int>(program_.operands.size()) - 1;
}

int RowsBuilder::add_slot(Slot slot, Kind kind, std::size_t bytes) {
  return add_operand({slot, 0, kind, static_cast<std::uint32_t>(bytes)}, {.kind = kind});
}

int RowsBuilder::add_register(Kind kind, std::size_t bytes) { return make_register(kind, bytes, once(kind)); }

// A register of one number a column holds all columns, and moves with them; others stand still.
int RowsBuilder::make_register(Kind kind, std::size_t bytes, bool kept) {
  const Kind moves = kind == Kind::kColumn ? Kind::kColumn : Kind::kScalar;
  return add_operand({-1, 0, moves, static_cast<std::uint32_t>(bytes)},
                     {true, kept, round_up(static_cast<std::size_t>(tile_count(kind)) * bytes), kind});
}

namespace {

RowsInstruction make_instruction(RowsInstruction::Form form, RowsInstruction::Function function, passes::RowKind kind,
                                 std::initializer_list<int> in, std::initializer_list<int> out) {
  RowsInstruction i;
  i.form = form;
  i.kind = kind;
  i.function = function;
  i.ins = static_cast<std::uint8_t>(in.size());
  i.outs = static_cast<std::uint8_t>(out.size());
  // A function of three operands is given the first one for those that it has not.
  i.in.fill(static_cast<std::uint16_t>(*in.begin()));
  std::transform(in.begin(), in.end(), i.in.begin(), [](int x) { return static_cast<std::uint16_t>(x); });
  std::transform(out.begin(), out.end(), i.out.begin(), [](int x) { return static_cast<std::uint16_t>(x); });
  return i;
}

}  // namespace

void RowsBuilder::push(const RowsInstruction& instruction, bool in_prologue) {
  for (const std::size_t out : instruction.writes())
    if (in_prologue && !origins_[out].is_register) writes_once_ = true;
  (in_prologue ? program_.prologue : program_.body).push_back(instruction);
}

void RowsBuilder::add(Form form, RowsInstruction::Function function, Kind kind, std::initializer_list<int> in,
                      std::initializer_list<int> out) {
  push(make_instruction(form, function, kind, in, out), once(kind));
}

int RowsBuilder::spread(int operand, Kind to) {
  const Kind from = kind(operand);
  if (from == to) return operand;
  if (from == Kind::kColumn && program_.tile_rows == 1 && !program_.upright) return operand;
  const auto [it, is_new] = spread_.try_emplace({operand, to}, -1);
  if (!is_new) return it->second;
  // Upright, the place of a column in the tile depends on the number of rows, and the last tile has fewer.
  const bool in_prologue = from == Kind::kScalar || (from == Kind::kColumn && !program_.upright);
  const int out = make_register(to, element_bytes(operand), in_prologue);
  it->second = out;
  add_spreading(operand, to, out, in_prologue);
  return out;
}

void RowsBuilder::add_spreading(int from, Kind to, int out, bool in_prologue) {
  const std::size_t bytes = element_bytes(from);
  RowsInstruction::Function f;
  if (kind(from) == Kind::kScalar) {
    f.vector = splat_function(bytes);
    return push(make_instruction(Form::kVector, f, to, {from}, {out}), in_prologue);
  }
  // In the matrix as the machine sees it: repeat a vector row by row, or each number along its row.
  const bool repeat = (kind(from) == Kind::kColumn) != program_.upright;
  f.rows = repeat ? spread_columns_function(bytes) : spread_rows_function(bytes);
  push(make_instruction(Form::kRows, f, to, {from}, {out}), in_prologue);
}

RowsBuilder::Argument RowsBuilder::argument(int operand, Kind to) {
  const Kind from = kind(operand);
  if (from == to) return {operand, false};
  if (from == Kind::kScalar) return {operand, true};
  // In a tile of one row, the row's number is one number.
  if (from == Kind::kRow && program_.tile_rows == 1) return {operand, true};
  return {spread(operand, to), false};
}

void RowsBuilder::add_binary(BinaryOp op, Kind to, int a, int b, int out) {
  const ElementwiseKernels& table = program_.kernels->elementwise;
  RowsInstruction::Function f;
  const auto meets = [&](int x) {  // a number a row or a column that meets a matrix of several rows
    return to == Kind::kFull && (kind(x) == Kind::kRow || kind(x) == Kind::kColumn) && program_.tile_rows > 1 &&
           spread_.find({x, to}) == spread_.end();
  };
  if (meets(a) && meets(b)) a = spread(a, to);
  if (meets(b) && kind(a) == Kind::kFull) {
    f.broadcast = table(op, (kind(b) == Kind::kColumn) != program_.upright ? Broadcast::kRow : Broadcast::kColumn);
    return add(Form::kBroadcast, f, to, {a, b}, {out});
  }
  if (meets(a) && kind(b) == Kind::kFull) {
    f.broadcast =
        table(op, (kind(a) == Kind::kColumn) != program_.upright ? Broadcast::kRowFirst : Broadcast::kColumnFirst);
    return add(Form::kBroadcast, f, to, {b, a}, {out});
  }
  const Argument x = argument(a, to), y = argument(b, to);
  f.binary = table(op, (x.scalar ? kScalarA : kNoScalar) | (y.scalar ? kScalarB : kNoScalar));
  add(Form::kBinary, f, to, {x.operand, y.operand}, {out});
}

RowsProgram RowsBuilder::finish() {
  assign_registers();
  return std::move(program_);
}

void RowsBuilder::assign_registers() {
  std::size_t top = round_up(2 * program_.operands.size() * sizeof(void*));
  for (std::size_t i = 0; i < origins_.size(); ++i) {
    if (!origins_[i].is_register || !origins_[i].kept) continue;
    program_.operands[i].offset = top;
    top += origins_[i].bytes;
  }
  std::vector<int> last(origins_.size(), -1);
  for (std::size_t i = 0; i < program_.body.size(); ++i)
    for (const std::size_t o : program_.body[i].reads()) last[o] = static_cast<int>(i);
  std::multimap<std::size_t, std::size_t> free;  // bytes -> offset
  const auto is_temporary = [this](std::size_t o) { return origins_[o].is_register && !origins_[o].kept; };
  const auto release = [&](std::size_t o) {
    if (is_temporary(o)) free.emplace(origins_[o].bytes, program_.operands[o].offset);
  };
  for (std::size_t i = 0; i < program_.body.size(); ++i) {
    const RowsInstruction& r = program_.body[i];
    std::vector<std::size_t> dying;
    for (const std::size_t o : r.reads())
      if (last[o] == static_cast<int>(i) && std::find(dying.begin(), dying.end(), o) == dying.end()) dying.push_back(o);
    // Elementwise instructions may write over what they read, when the elements are of one size.
    const auto early = [&](std::size_t o) {
      return r.is_elementwise() && r.outs == 1 && origins_[o].bytes == origins_[r.out[0]].bytes &&
             element_bytes(static_cast<int>(o)) == element_bytes(r.out[0]);
    };
    for (const std::size_t o : dying)
      if (early(o)) release(o);
    for (const std::size_t o : r.writes()) {
      if (!is_temporary(o)) continue;
      const auto found = free.find(origins_[o].bytes);
      program_.operands[o].offset = found != free.end() ? found->second : top;
      if (found != free.end())
        free.erase(found);
      else
        top += origins_[o].bytes;
    }
    for (const std::size_t o : dying)
      if (!early(o)) release(o);
    for (const std::size_t o : r.writes())
      if (last[o] < 0) release(o);
  }
  program_.scratch_bytes = top;
}

}  // namespace cornu::cpu
