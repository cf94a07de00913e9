// From the body of a rows fusion to a RowsProgram.
#include <algorithm>
#include <map>

#include "cornu/core/error.h"
#include "cornu/engine/cpu/lowering.h"
#include "cornu/engine/cpu/row_ops.h"
#include "cornu/engine/cpu/rows_builder.h"
#include "cornu/engine/cpu/rows_functions.h"
#include "cornu/engine/cpu/rows_peephole.h"

namespace cornu::cpu {
namespace {

using ir::Node;
using ir::Op;
using ir::ValueId;
using passes::RowKind;
using passes::RowSpace;
using Form = RowsInstruction::Form;
using Function = RowsInstruction::Function;

// So few columns are no work for vectors along the rows.
constexpr std::int64_t kNarrow = 24;

// What the compiler knows of the body before it writes instructions.
class Body {
 public:
  Body(const ir::Graph& graph, const RowSpace& space) : graph_(graph), space_(space) {
    masks_.assign(static_cast<std::size_t>(graph.value_count()), false);
    for (const Node& node : graph.nodes()) masks_[static_cast<std::size_t>(node.result())] = makes_mask(node);
  }

  const ir::Graph& graph() const { return graph_; }
  RowKind kind(ValueId v) const { return space_.kinds[static_cast<std::size_t>(v)]; }
  DType dtype(ValueId v) const { return graph_.type(v).dtype; }
  std::int64_t size(ValueId v) const { return graph_.shape(v).size(); }
  // Truth values that are kept as 1.0f and 0.0f, since float kernels make and use them.
  bool is_mask(ValueId v) const { return masks_[static_cast<std::size_t>(v)]; }
  // The result is the operand.
  bool is_identity(const Node& node) const {
    switch (node.op) {
      case Op::kReshape:
      case Op::kBroadcastInDim:
      case Op::kStopGradient: return true;
      case Op::kConvert: return dtype(node.operands[0]) == dtype(node.result());
      case Op::kReduce: return size(node.operands[0]) == size(node.result());
      default: return false;
    }
  }

  bool whole_rows() const {
    if (space_.has_reductions) return true;
    // One number a row is written once.
    return std::any_of(graph_.outputs().begin(), graph_.outputs().end(),
                       [this](ValueId v) { return kind(v) == RowKind::kRow; });
  }
  // Few columns, many rows, floats alone where memory is turned.
  bool upright() const {
    if (space_.flat || space_.columns > kNarrow || space_.columns < 2 || space_.rows < 16) return false;
    for (const Node& node : graph_.nodes()) {
      if (node.op == Op::kRandomUniform) return false;
      const bool turned =
          kind(node.result()) == RowKind::kFull && (node.op == Op::kParameter || node.op == Op::kConstant);
      if (turned && dtype(node.result()) != float32) return false;
      if ((node.op == Op::kReduce || node.op == Op::kArgmax) && !is_identity(node) && !folds_upright(node))
        return false;
    }
    for (const ValueId v : graph_.outputs())
      if (size(v) == space_.rows * space_.columns && dtype(v) != float32) return false;
    return true;
  }

 private:
  bool makes_mask(const Node& node) const {
    const auto floats = [&](ValueId v) { return dtype(v) == float32; };
    switch (node.op) {
      case Op::kCompare:
      case Op::kIsFinite: return floats(node.operands[0]);
      case Op::kNot:
      case Op::kAnd:
      case Op::kOr:
      case Op::kXor:
      case Op::kReshape:
      case Op::kBroadcastInDim:
      case Op::kStopGradient:
        return std::all_of(node.operands.begin(), node.operands.end(), [this](ValueId v) { return is_mask(v); });
      default: return false;
    }
  }
  bool folds_upright(const Node& node) const {
    if (dtype(node.operands[0]) != float32) return false;
    if (node.op == Op::kArgmax) return true;
    const ir::Reduction k = node.as<ir::ReduceAttributes>().kind;
    return k == ir::Reduction::kSum || k == ir::Reduction::kMaximum || k == ir::Reduction::kMinimum;
  }

  const ir::Graph& graph_;
  const RowSpace& space_;
  std::vector<bool> masks_;
};

class Compiler {
 public:
  Compiler(Lowering& lowering, const ir::Graph& graph, const RowSpace& space)
      : lowering_(lowering),
        space_(space),
        body_(graph, space),
        peephole_(graph, space),
        builder_(space, lowering.threads(), body_.whole_rows(), body_.upright()) {}

  Step compile(const std::vector<Slot>& operands, const std::vector<Slot>& results) {
    step_.reads = operands;
    step_.writes = results;
    place_.assign(static_cast<std::size_t>(body_.graph().value_count()), -1);
    find_outputs();
    for (const Node& node : body_.graph().nodes()) {
      if (node.op == Op::kParameter)
        add_parameter(node, operands);
      else if (node.op == Op::kConstant)
        add_constant(node);
      else if (body_.is_identity(node))
        place(node.result()) = place(node.operands[0]);
      else if (!peephole_.is_inside(node.result()))
        add_instruction(node);
    }
    write_outputs();
    find_in_place();
    const double elements = static_cast<double>(space_.rows * space_.columns);
    const RowsProgram& p = builder_.program();
    step_.run = run_rows;
    const double cost = elements * 0.03 * static_cast<double>(p.body.size());
    step_.parts = builder_.writes_once() ? 1 : parts_for(cost, p.tiles(), lowering_.threads());
    step_.label = cat("rows ", space_.rows, "x", space_.columns, p.upright ? " upright, " : ", ", p.prologue.size(),
                      " + ", p.body.size(), " instructions");
    auto program = std::make_shared<const RowsProgram>(builder_.finish());
    step_.scratch_bytes = program->scratch_bytes;
    step_.args = std::move(program);
    return std::move(step_);
  }

 private:
  int& place(ValueId v) { return place_[static_cast<std::size_t>(v)]; }
  std::size_t register_bytes(ValueId v) const { return body_.is_mask(v) ? sizeof(float) : size_of(body_.dtype(v)); }

  // The instruction that makes an output writes to its memory, when that holds what the instruction gives.
  void find_outputs() {
    for (std::size_t i = 0; i < body_.graph().outputs().size(); ++i) {
      ValueId v = body_.graph().outputs()[i];
      while (body_.is_identity(body_.graph().producer(v))) v = body_.graph().producer(v).operands[0];
      const Op op = body_.graph().producer(v).op;
      if (op == Op::kParameter || op == Op::kConstant || body_.is_mask(v)) continue;
      if (builder_.upright() && body_.kind(v) == RowKind::kFull) continue;  // is turned back in the end
      if (space_.count(body_.kind(v)) == body_.size(body_.graph().outputs()[i]))
        output_of_.emplace(v, static_cast<int>(i));
    }
  }

  void add_parameter(const Node& node, const std::vector<Slot>& operands) {
    const auto& parameters = body_.graph().parameters();
    const auto i = std::find(parameters.begin(), parameters.end(), node.result()) - parameters.begin();
    add_memory(node.result(), operands[static_cast<std::size_t>(i)]);
  }
  void add_constant(const Node& node) {
    const Slot slot = lowering_.add_constant(node.as<ir::ConstantAttributes>().value);
    step_.reads.push_back(slot);
    add_memory(node.result(), slot);
  }
  void add_memory(ValueId v, Slot slot) {
    int operand = builder_.add_slot(slot, body_.kind(v), size_of(body_.dtype(v)));
    if (builder_.upright() && body_.kind(v) == RowKind::kFull) {
      const int turned = builder_.add_register(RowKind::kFull, sizeof(float));
      builder_.add(Form::kTurn, {}, RowKind::kFull, {operand}, {turned});
      operand = turned;
    }
    place(v) = operand;
  }

  int destination(ValueId v) {
    if (const auto it = output_of_.find(v); it != output_of_.end()) {
      written_.push_back(it->second);
      return builder_.add_slot(step_.writes[static_cast<std::size_t>(it->second)], body_.kind(v),
                               size_of(body_.dtype(v)));
    }
    return builder_.add_register(body_.kind(v), register_bytes(v));
  }

  // Truth values as a float kernel takes them, and as bytes.
  int as_mask(ValueId v) {
    const int at = place(v);
    return body_.is_mask(v) ? at : converted(at, Form::kFromBool, sizeof(float));
  }
  int as_stored(ValueId v) {
    const int at = place(v);
    return body_.is_mask(v) ? converted(at, Form::kToBool, 1) : at;
  }
  int converted(int from, Form form, std::size_t bytes) {
    const auto [it, is_new] = converted_.try_emplace({from, form}, -1);
    if (!is_new) return it->second;
    it->second = builder_.add_register(builder_.kind(from), bytes);
    builder_.add(form, {}, builder_.kind(from), {from}, {it->second});
    return it->second;
  }

  void add_instruction(const Node& node) {
    switch (ir::family_of(node.op)) {
      case ir::Family::kSource: return add_uniform(node);
      case ir::Family::kReduce: return add_fold(node);
      default: break;
    }
    if (const AdamMatch* adam = peephole_.adam(node.result())) return add_adam(*adam);
    if (!add_float_kernel(node)) add_plain(node);
  }

  void add_adam(const AdamMatch& a) {
    for (const ValueId v : {a.new_w, a.new_m, a.new_v}) place(v) = destination(v);
    builder_.add(Form::kAdam, {}, RowKind::kFull,
                 {place(a.w), place(a.g), place(a.m), place(a.v), place(a.rate), place(a.mean_share),
                  place(a.square_share), place(a.epsilon)},
                 {place(a.new_w), place(a.new_m), place(a.new_v)});
  }

  void add_uniform(const Node& node) {
    const int state = place(node.operands[0]);
    place(node.result()) = destination(node.result());
    builder_.add(Form::kUniform, {}, RowKind::kFull, {state}, {place(node.result())});
  }

  void add_fold(const Node& node) {
    const ValueId x = node.operands[0];
    const int in = builder_.spread(as_stored(x), RowKind::kFull);
    place(node.result()) = destination(node.result());
    const int out = place(node.result());
    Function f;
    const bool floats = body_.dtype(x) == float32;
    Form form = Form::kRows;
    const ReduceKernels& k = kernels().reduce;
    if (node.op == Op::kArgmax) {
      if (builder_.upright())
        f.rows = column_argmax;
      else if (floats)
        form = Form::kFoldIndex, f.fold_index = k.row_argmax;
      else
        f.rows = row_argmax_function(body_.dtype(x));
    } else {
      const ir::Reduction kind = node.as<ir::ReduceAttributes>().kind;
      if (builder_.upright()) {
        form = kind == ir::Reduction::kSum ? Form::kSumColumns : Form::kFoldColumns;
        f.binary = kernels().elementwise(kind == ir::Reduction::kMaximum ? BinaryOp::kMaximum : BinaryOp::kMinimum);
      } else if (floats && kind == ir::Reduction::kSum)
        form = Form::kFold, f.fold = k.row_sum;
      else if (floats && kind == ir::Reduction::kMaximum)
        form = Form::kFold, f.fold = k.row_max;
      else if (floats && kind == ir::Reduction::kMinimum)
        form = Form::kFold, f.fold = k.row_min;
      else
        f.rows = row_reduce_function(kind, body_.dtype(x));
    }
    builder_.add(form, f, RowKind::kRow, {in}, {out});
  }

  // Ops on floats and on truth values that live among floats.
  bool add_float_kernel(const Node& node) {
    const ValueId out = node.result();
    const RowKind kind = body_.kind(out);
    const bool floats = body_.dtype(out) == float32;
    if (node.op == Op::kConvert) return add_convert(node);
    if (!floats && !body_.is_mask(out)) return false;
    const auto in = [&](std::size_t i) {
      const ValueId v = node.operands[i];
      return body_.dtype(v) == bool_ ? as_mask(v) : place(v);
    };
    if (const auto& compound = peephole_.compound(out))
      return add_ternary(compound->op, out, place(compound->in[0]), place(compound->in[1]), place(compound->in[2]));
    if (node.op == Op::kSelect) return add_ternary(TernaryOp::kSelect, out, in(0), in(1), in(2));
    if (const auto op = unary_kernel(node.op)) {
      const int a = in(0);
      Function f;
      f.unary = kernels().elementwise(*op);
      place(out) = destination(out);
      builder_.add(Form::kUnary, f, kind, {a}, {place(out)});
      return true;
    }
    const auto op = binary_kernel(node);
    if (!op) return false;
    const int a = in(0), b = in(1);
    place(out) = destination(out);
    builder_.add_binary(*op, kind, a, b, place(out));
    return true;
  }

  bool add_ternary(TernaryOp op, ValueId out, int a, int b, int c) {
    Scalars scalars = kNoScalar;
    int at[3] = {a, b, c};
    for (unsigned i = 0; i < 3; ++i) {
      const RowsBuilder::Argument argument = builder_.argument(at[i], body_.kind(out));
      at[i] = argument.operand;
      if (argument.scalar) scalars |= 1u << i;
    }
    Function f;
    f.ternary = kernels().elementwise(op, scalars);
    place(out) = destination(out);
    builder_.add(Form::kTernary, f, body_.kind(out), {at[0], at[1], at[2]}, {place(out)});
    return true;
  }

  bool add_convert(const Node& node) {
    const ValueId x = node.operands[0], out = node.result();
    if (body_.dtype(out) != float32 || body_.dtype(x) != bool_) return false;
    // A mask is its own conversion; but an output has to be written by an instruction.
    if (body_.is_mask(x) && output_of_.find(out) == output_of_.end()) {
      place(out) = place(x);
      return true;
    }
    const int from = place(x);
    place(out) = destination(out);
    Function f;
    if (body_.is_mask(x)) f.unary = kernels().elementwise(UnaryOp::kCopy);
    builder_.add(body_.is_mask(x) ? Form::kUnary : Form::kFromBool, f, body_.kind(out), {from}, {place(out)});
    return true;
  }

  // Every other dtype, in plain loops.
  void add_plain(const Node& node) {
    const ValueId out = node.result();
    const RowKind kind = body_.kind(out);
    int in[3] = {0, 0, 0};
    for (std::size_t i = 0; i < node.operands.size(); ++i) in[i] = builder_.spread(as_stored(node.operands[i]), kind);
    for (std::size_t i = node.operands.size(); i < 3; ++i) in[i] = in[0];
    Function f;
    f.vector = vector_function(node, body_.dtype(node.operands[0]), body_.dtype(out));
    place(out) = destination(out);
    builder_.add(Form::kVector, f, kind, {in[0], in[1], in[2]}, {place(out)});
  }

  // Outputs that no instruction has written: copies of operands, spread numbers, one value in two outputs, masks, and
  // what lies upright.
  void write_outputs() {
    for (std::size_t i = 0; i < body_.graph().outputs().size(); ++i) {
      if (std::find(written_.begin(), written_.end(), static_cast<int>(i)) != written_.end()) continue;
      const ValueId v = body_.graph().outputs()[i];
      const int from = place(v);
      RowKind to = builder_.kind(from);
      const std::int64_t size = body_.size(v);
      if (space_.count(to) != size)
        to = size == space_.count(RowKind::kFull) ? RowKind::kFull
             : size == space_.rows                ? RowKind::kRow
                                                  : RowKind::kColumn;
      const int source = builder_.spread(from, to);
      const int out = builder_.add_slot(step_.writes[i], to, size_of(body_.dtype(v)));
      Function f;
      Form form = Form::kVector;
      if (builder_.upright() && to == RowKind::kFull)
        form = Form::kTurnBack;
      else if (body_.is_mask(v))
        form = Form::kToBool;
      else
        f.vector = copy_function(size_of(body_.dtype(v)));
      builder_.add(form, f, to, {source}, {out});
    }
  }

  // An output may take the place of an operand that moves with it and is not read after the output is written. In a
  // single tile nothing moves, and the prologue reads before anything is written.
  void find_in_place() {
    const RowsProgram& p = builder_.program();
    for (std::size_t w = 0; w < p.body.size(); ++w) {
      for (const std::size_t o : p.body[w].writes()) {
        const RowsOperand& out = p.operands[o];
        if (out.slot < 0) continue;
        for (const RowsOperand& in : p.operands)
          if (may_lie_over(in, out, static_cast<int>(w))) step_.in_place.emplace_back(in.slot, out.slot);
      }
    }
  }
  bool may_lie_over(const RowsOperand& in, const RowsOperand& out, int written) const {
    if (in.slot < 0 || in.slot == out.slot || in.element_bytes != out.element_bytes) return false;
    if (std::find(step_.reads.begin(), step_.reads.end(), in.slot) == step_.reads.end()) return false;
    const RowsProgram& p = builder_.program();
    if (p.tiles() == 1 ? slot_bytes(in.slot) != slot_bytes(out.slot) : in.moves != out.moves) return false;
    const int last = last_read(in.slot);
    return last < written || (last == written && p.body[static_cast<std::size_t>(written)].is_elementwise());
  }
  std::size_t slot_bytes(Slot slot) const { return lowering_.program()[slot].bytes; }
  int last_read(Slot slot) const {
    int last = -1;
    const RowsProgram& p = builder_.program();
    for (std::size_t i = 0; i < p.body.size(); ++i)
      for (const std::size_t operand : p.body[i].reads())
        if (p.operands[operand].slot == slot) last = static_cast<int>(i);
    return last;
  }

  Lowering& lowering_;
  const RowSpace& space_;
  const Body body_;
  const Peephole peephole_;
  RowsBuilder builder_;
  Step step_;
  std::vector<int> place_;            // of each value: its operand
  std::map<ValueId, int> output_of_;  // values whose instruction writes an output
  std::vector<int> written_;          // those outputs
  std::map<std::pair<int, Form>, int> converted_;
};

}  // namespace

bool lower_rows(Lowering& lowering, const ir::Graph& body, const std::vector<Slot>& operands,
                const std::vector<Slot>& results) {
  const auto space = passes::row_space(body);
  if (!space) return false;
  lowering.emit(Compiler(lowering, body, *space).compile(operands, results));
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
  const Node& copy = node.op == Op::kConvert
                         ? body.add_typed(node.op, operands, node.attributes, graph.type(node.result()))
                         : body.add(node.op, operands, node.attributes);
  body.add_output(copy.result());
  if (!lower_rows(lowering, body, lowering.slots(node.operands), lowering.slots(node.results)))
    throw InternalError(cat("cannot lower ", name_of(node.op)));
}

}  // namespace cornu::cpu
