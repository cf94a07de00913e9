// From the body of a rows fusion to a RowsProgram.
#include <algorithm>
#include <map>

#include "cornu/core/error.h"
#include "cornu/engine/cpu/lowering.h"
#include "cornu/engine/cpu/row_ops.h"
#include "cornu/engine/cpu/rows_program.h"

namespace cornu::cpu {
namespace {

using ir::Node;
using ir::Op;
using ir::ValueId;
using passes::RowKind;
using passes::RowSpace;

// Numbers in a tile: large enough that the calls of vector functions cost little, small enough that a dozen registers
// stay in the L1 cache.
constexpr std::int64_t kTile = 1024;

std::size_t round_up(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

class Compiler {
 public:
  Compiler(Lowering& lowering, const ir::Graph& body, RowSpace space) : lowering_(lowering), body_(body), space_(std::move(space)) {}

  Step compile(const std::vector<Slot>& operands, const std::vector<Slot>& results) {
    results_ = &results;
    step_.reads = operands;
    step_.writes = results;
    program_.rows = space_.rows;
    program_.columns = space_.columns;
    place_.assign(static_cast<std::size_t>(body_.value_count()), -1);
    find_outputs();
    choose_tile();
    for (const Node& node : body_.nodes()) {
      if (node.op == Op::kParameter) add_parameter(node, operands);
      else if (node.op == Op::kConstant) add_constant(node);
      else if (is_identity(node)) place_[at(node.result())] = place_[at(node.operands[0])];
      else add_instruction(node);
    }
    write_outputs();
    find_in_place();
    assign_registers();
    step_.run = run_rows;
    step_.scratch_bytes = program_.scratch_bytes;
    step_.parts = prologue_writes_ ? 1 : parts_for(cost(), program_.tiles(), lowering_.threads());
    step_.label = cat("rows ", space_.rows, "x", space_.columns, ", ", program_.prologue.size() + program_.body.size(), " instructions");
    step_.args = std::make_shared<const RowsProgram>(std::move(program_));
    return std::move(step_);
  }

 private:
  // Where an operand of the program comes from, beside what the machine needs to know.
  struct Origin {
    bool is_register = false;
    bool in_prologue = false;  // kept for the whole run
    std::size_t bytes = 0;     // of a register
    RowKind kind = RowKind::kScalar;
  };

  static std::size_t at(ValueId v) { return static_cast<std::size_t>(v); }
  RowKind kind(ValueId v) const { return space_.kinds[at(v)]; }
  std::size_t element_bytes(ValueId v) const { return size_of(body_.type(v).dtype); }
  bool is_identity(const Node& node) const {
    switch (node.op) {
      case Op::kReshape:
      case Op::kBroadcastInDim:
      case Op::kStopGradient: return true;
      case Op::kConvert: return body_.type(node.operands[0]).dtype == body_.type(node.result()).dtype;
      case Op::kReduce: return body_.shape(node.operands[0]).size() == body_.shape(node.result()).size();
      default: return false;
    }
  }

  // The value that an output is made by, behind reshapes, is written to the output itself.
  void find_outputs() {
    for (std::size_t i = 0; i < body_.outputs().size(); ++i) {
      ValueId v = body_.outputs()[i];
      while (is_identity(body_.producer(v))) v = body_.producer(v).operands[0];
      const Op op = body_.producer(v).op;
      if (op == Op::kParameter || op == Op::kConstant) continue;
      if (space_.count(kind(v)) == body_.shape(body_.outputs()[i]).size()) output_of_.emplace(v, static_cast<int>(i));
    }
  }

  void choose_tile() {
    const std::int64_t c = space_.columns;
    // One number a row is written once: then a tile holds whole rows.
    bool whole_rows = space_.has_reductions;
    for (const auto& [value, output] : output_of_) whole_rows = whole_rows || kind(value) == RowKind::kRow;
    if (c > kTile && !whole_rows) {
      program_.tile_columns = kTile;
      return;
    }
    program_.tile_columns = c;
    program_.tile_rows = std::clamp<std::int64_t>(kTile / c, 1, space_.rows);
    // Every thread gets a tile when there is enough to do.
    const std::int64_t share = (space_.rows + lowering_.threads() - 1) / lowering_.threads();
    if (space_.rows * c >= 4 * kTile / 2) program_.tile_rows = std::min(program_.tile_rows, share);
  }

  double cost() const {
    const double elements = static_cast<double>(space_.rows * space_.columns);
    return elements * 0.03 * static_cast<double>(program_.body.size());
  }

  std::int64_t tile_count(RowKind k) const {
    switch (k) {
      case RowKind::kScalar: return 1;
      case RowKind::kColumn: return space_.columns;
      case RowKind::kRow: return program_.tile_rows;
      case RowKind::kFull: break;
    }
    return program_.tile_rows * program_.tile_columns;
  }

  int add_operand(RowsOperand operand, Origin origin) {
    program_.operands.push_back(operand);
    origins_.push_back(origin);
    return static_cast<int>(program_.operands.size()) - 1;
  }
  int add_slot(Slot slot, RowKind k, std::size_t bytes) {
    return add_operand({slot, 0, k, static_cast<std::uint32_t>(bytes)}, {.kind = k});
  }
  // A register in the prologue that holds one number a column moves with the columns; others stand still.
  int add_register(RowKind k, std::size_t bytes, bool in_prologue) {
    const RowKind moves = k == RowKind::kColumn ? RowKind::kColumn : RowKind::kScalar;
    return add_operand({-1, 0, moves, static_cast<std::uint32_t>(bytes)},
                       {true, in_prologue, round_up(static_cast<std::size_t>(tile_count(k)) * bytes), k});
  }

  void add_parameter(const Node& node, const std::vector<Slot>& operands) {
    const auto& parameters = body_.parameters();
    const auto i = std::find(parameters.begin(), parameters.end(), node.result()) - parameters.begin();
    place_[at(node.result())] = add_slot(operands[static_cast<std::size_t>(i)], kind(node.result()), element_bytes(node.result()));
  }
  void add_constant(const Node& node) {
    const Slot slot = lowering_.add_constant(node.as<ir::ConstantAttributes>().value);
    step_.reads.push_back(slot);
    place_[at(node.result())] = add_slot(slot, kind(node.result()), element_bytes(node.result()));
  }

  bool once(RowKind k) const { return k == RowKind::kScalar || k == RowKind::kColumn; }

  void push(RowsInstruction instruction, bool in_prologue) {
    (in_prologue ? program_.prologue : program_.body).push_back(instruction);
  }
  RowsInstruction vector_instruction(VectorFunction f, RowKind k, int a, int b, int c, int out) const {
    RowsInstruction i;
    i.kind = k;
    i.vector = f;
    i.a = static_cast<std::uint16_t>(a);
    i.b = static_cast<std::uint16_t>(b);
    i.c = static_cast<std::uint16_t>(c);
    i.out = static_cast<std::uint16_t>(out);
    return i;
  }
  RowsInstruction rows_instruction(RowsFunction f, int in, int out) const {
    RowsInstruction i = vector_instruction(nullptr, RowKind::kFull, in, in, in, out);
    i.form = RowsInstruction::Form::kRows;
    i.rows = f;
    return i;
  }

  // The operand with as many numbers as `to` asks for; spread at most once.
  int spread(int from, RowKind to) {
    const RowKind k = origins_[static_cast<std::size_t>(from)].kind;
    if (k == to) return from;
    if (k == RowKind::kColumn && program_.tile_rows == 1) return from;
    const auto [it, is_new] = spread_.try_emplace({from, to}, -1);
    if (!is_new) return it->second;
    const bool in_prologue = k != RowKind::kRow;
    const std::size_t bytes = program_.operands[static_cast<std::size_t>(from)].element_bytes;
    it->second = add_register(to, bytes, in_prologue);
    push(spreading(k, to, from, it->second, bytes), in_prologue);
    return it->second;
  }
  RowsInstruction spreading(RowKind from_kind, RowKind to, int from, int out, std::size_t bytes) const {
    switch (from_kind) {
      case RowKind::kScalar: return vector_instruction(splat_function(bytes), to, from, from, from, out);
      case RowKind::kColumn: return rows_instruction(spread_columns_function(bytes), from, out);
      case RowKind::kRow: return rows_instruction(spread_rows_function(bytes), from, out);
      case RowKind::kFull: break;
    }
    return vector_instruction(copy_function(bytes), to, from, from, from, out);
  }

  // Where the result of an instruction goes: the output that it is, or a register.
  int destination(ValueId v) {
    const RowKind k = kind(v);
    if (const auto it = output_of_.find(v); it != output_of_.end()) {
      if (once(k)) prologue_writes_ = true;
      written_.push_back(it->second);
      return add_slot((*results_)[static_cast<std::size_t>(it->second)], k, element_bytes(v));
    }
    return add_register(k, element_bytes(v), once(k));
  }

  void add_instruction(const Node& node) {
    const ValueId out = node.result();
    const ValueId first = node.operands[0];
    if (node.op == Op::kRandomUniform) {
      const int to = destination(out);
      RowsInstruction i = vector_instruction(nullptr, RowKind::kFull, place_[at(first)], 0, 0, to);
      i.form = RowsInstruction::Form::kUniform;
      push(i, false);
      place_[at(out)] = to;
      return;
    }
    if (node.op == Op::kReduce || node.op == Op::kArgmax) {
      const int in = spread(place_[at(first)], RowKind::kFull);
      const DType dtype = body_.type(first).dtype;
      const int to = destination(out);
      push(rows_instruction(node.op == Op::kArgmax ? row_argmax_function(dtype)
                                                   : row_reduce_function(node.as<ir::ReduceAttributes>().kind, dtype), in, to), false);
      place_[at(out)] = to;
      return;
    }
    const RowKind k = kind(out);
    int in[3] = {0, 0, 0};
    for (std::size_t i = 0; i < node.operands.size(); ++i) in[i] = spread(place_[at(node.operands[i])], k);
    for (std::size_t i = node.operands.size(); i < 3; ++i) in[i] = in[0];
    const int to = destination(out);
    push(vector_instruction(vector_function(node, body_.type(first).dtype, body_.type(out).dtype), k, in[0], in[1], in[2], to), once(k));
    place_[at(out)] = to;
  }

  // Outputs that no instruction has written: copies of operands, spread numbers, one value in two outputs.
  void write_outputs() {
    for (std::size_t i = 0; i < body_.outputs().size(); ++i) {
      if (std::find(written_.begin(), written_.end(), static_cast<int>(i)) != written_.end()) continue;
      const ValueId v = body_.outputs()[i];
      const int from = place_[at(v)];
      const RowKind from_kind = origins_[static_cast<std::size_t>(from)].kind;
      RowKind to = from_kind;
      const std::int64_t size = body_.shape(v).size();
      if (space_.count(to) != size)
        to = size == space_.count(RowKind::kFull) ? RowKind::kFull : size == space_.rows ? RowKind::kRow : RowKind::kColumn;
      const int out = add_slot((*results_)[i], to, element_bytes(v));
      int source = from;
      if (to != from_kind) source = spread(from, to);
      const bool in_prologue = once(to);
      if (in_prologue) prologue_writes_ = true;
      push(vector_instruction(copy_function(element_bytes(v)), to, source, source, source, out), in_prologue);
    }
  }

  // An output may take the place of an operand that moves with it and is not read after the output is written. In a
  // single tile nothing moves, and the prologue reads before anything is written.
  void find_in_place() {
    const auto& body = program_.body;
    for (std::size_t w = 0; w < body.size(); ++w) {
      const RowsOperand& out = program_.operands[body[w].out];
      if (out.slot < 0) continue;
      for (const RowsOperand& in : program_.operands) {
        if (in.slot < 0 || in.slot == out.slot || in.element_bytes != out.element_bytes) continue;
        if (program_.tiles() == 1 ? slot_bytes(in.slot) != slot_bytes(out.slot) : in.moves != out.moves) continue;
        if (std::find(step_.reads.begin(), step_.reads.end(), in.slot) == step_.reads.end()) continue;
        if (last_read(in.slot) > static_cast<int>(w)) continue;
        if (last_read(in.slot) == static_cast<int>(w) && body[w].form != RowsInstruction::Form::kVector) continue;
        step_.in_place.emplace_back(in.slot, out.slot);
      }
    }
  }
  std::size_t slot_bytes(Slot slot) const { return lowering_.program()[slot].bytes; }
  // The last instruction that reads the slot in whatever way; the prologue comes before every tile but reads only then.
  int last_read(Slot slot) const {
    int last = -1;
    for (std::size_t i = 0; i < program_.body.size(); ++i) {
      const RowsInstruction& r = program_.body[i];
      for (const int operand : {r.a, r.b, r.c})
        if (program_.operands[static_cast<std::size_t>(operand)].slot == slot) last = static_cast<int>(i);
    }
    return last;
  }

  void assign_registers() {
    std::size_t top = round_up(2 * program_.operands.size() * sizeof(void*));
    for (std::size_t i = 0; i < origins_.size(); ++i) {
      if (!origins_[i].is_register || !origins_[i].in_prologue) continue;
      program_.operands[i].offset = top;
      top += origins_[i].bytes;
    }
    std::vector<int> last(origins_.size(), -1);
    for (std::size_t i = 0; i < program_.body.size(); ++i)
      for (const int o : {program_.body[i].a, program_.body[i].b, program_.body[i].c}) last[static_cast<std::size_t>(o)] = static_cast<int>(i);
    std::multimap<std::size_t, std::size_t> free;  // bytes -> offset
    const auto release = [&](std::size_t o) {
      if (origins_[o].is_register && !origins_[o].in_prologue) free.emplace(origins_[o].bytes, program_.operands[o].offset);
    };
    for (std::size_t i = 0; i < program_.body.size(); ++i) {
      const RowsInstruction& r = program_.body[i];
      std::vector<std::size_t> dying;
      for (const std::size_t o : {std::size_t{r.a}, std::size_t{r.b}, std::size_t{r.c}})
        if (last[o] == static_cast<int>(i) && std::find(dying.begin(), dying.end(), o) == dying.end()) dying.push_back(o);
      // Elementwise instructions may write over what they read, when the elements are of one size.
      const auto early = [&](std::size_t o) {
        return r.form == RowsInstruction::Form::kVector && program_.operands[o].element_bytes == program_.operands[r.out].element_bytes;
      };
      for (const std::size_t o : dying)
        if (early(o)) release(o);
      if (origins_[r.out].is_register) {
        const auto found = free.find(origins_[r.out].bytes);
        program_.operands[r.out].offset = found != free.end() ? found->second : top;
        if (found != free.end()) free.erase(found);
        else top += origins_[r.out].bytes;
      }
      for (const std::size_t o : dying)
        if (!early(o)) release(o);
      if (last[r.out] < 0) release(r.out);
    }
    program_.scratch_bytes = top;
  }

  Lowering& lowering_;
  const ir::Graph& body_;
  const RowSpace space_;
  const std::vector<Slot>* results_ = nullptr;
  RowsProgram program_;
  Step step_;
  std::vector<Origin> origins_;               // of program_.operands
  std::vector<int> place_;                    // of each value: its operand
  std::map<ValueId, int> output_of_;          // values that are outputs
  std::vector<int> written_;                  // outputs that have their instruction
  std::map<std::pair<int, RowKind>, int> spread_;
  bool prologue_writes_ = false;
};

}  // namespace

bool lower_rows(Lowering& lowering, const ir::Graph& body, const std::vector<Slot>& operands, const std::vector<Slot>& results) {
  auto space = passes::row_space(body);
  if (!space) return false;
  lowering.emit(Compiler(lowering, body, *std::move(space)).compile(operands, results));
  return true;
}

void lower_rows_fusion(Lowering& lowering, const Node& node) {
  const ir::Graph& body = *node.as<ir::FusionAttributes>().body;
  const std::vector<Slot> operands = lowering.slots(node.operands), results = lowering.slots(node.results);
  if (!lower_rows(lowering, body, operands, results)) lower_body(lowering, body, operands, results);
}

void lower_elementwise(Lowering& lowering, const Node& node) {
  const ir::Graph& graph = lowering.graph();
  if (graph.shape(node.result()).size() == 0) return;
  ir::Graph body;
  std::vector<ValueId> operands;
  for (const ValueId v : node.operands) operands.push_back(body.add_parameter("", graph.type(v)));
  const Node& copy = node.op == Op::kConvert ? body.add_typed(node.op, operands, node.attributes, graph.type(node.result()))
                                             : body.add(node.op, operands, node.attributes);
  body.add_output(copy.result());
  if (!lower_rows(lowering, body, lowering.slots(node.operands), lowering.slots(node.results)))
    throw InternalError(cat("cannot lower ", name_of(node.op)));
}

}  // namespace cornu::cpu
