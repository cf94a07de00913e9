#include "cornu/engine/cpu/lowering.h"

#include <algorithm>
#include <cstring>

#include "cornu/core/error.h"
#include "cornu/core/judge_only.h"
#include "cornu/engine/cpu/reductions.h"

namespace cornu::cpu {

using ir::Node;
using ir::Op;
using ir::ValueId;

namespace {

struct CopyArguments {
  Slot from, to;
  std::size_t bytes;
};

void run_copy(const StepCall& call) {
  const auto& a = *static_cast<const CopyArguments*>(call.args);
  std::memcpy(call.slots[a.to], call.slots[a.from], a.bytes);
}

}  // namespace

Step copy_step(const Program& program, Slot from, Slot to) {
  Step step;
  step.run = run_copy;
  step.args = std::make_shared<CopyArguments>(CopyArguments{from, to, program[to].bytes});
  step.reads = {from};
  step.writes = {to};
  step.label = cat("copy ", program[to].bytes, " bytes");
  return step;
}

int parts_for(double nanoseconds, std::int64_t units, int threads) {
  // Handing a part over costs about 0.1 us while the threads are hot.
  constexpr double kLeastOfPart = 1000.0;
  const auto worth = static_cast<std::int64_t>(nanoseconds / kLeastOfPart);
  return static_cast<int>(std::clamp<std::int64_t>(std::min<std::int64_t>(worth, units), 1, threads));
}

Lowering::Lowering(const ir::Graph& graph, Program& program)
    : graph_(graph), program_(program), slot_of_(static_cast<std::size_t>(graph.value_count()), -1) {}

void Lowering::run() {
  for (const Node& node : graph_.nodes()) lower(node);
}

Slot Lowering::slot(ValueId value) {
  Slot& slot = slot_of_[static_cast<std::size_t>(value)];
  if (slot < 0) slot = program_.add_slot(graph_.type(value).bytes());
  return slot;
}

std::vector<Slot> Lowering::slots(const std::vector<ValueId>& values) {
  std::vector<Slot> out;
  out.reserve(values.size());
  for (const ValueId v : values) out.push_back(slot(v));
  return out;
}

void Lowering::make_view(ValueId value, ValueId of) {
  slot_of_[static_cast<std::size_t>(value)] = program_.add_view(slot(of), graph_.type(value).bytes());
}

void Lowering::emit(Step step) {
  bool fixed = program_.has_fixed && !step.reads.empty();
  for (const Slot s : step.reads) {
    const SlotInfo& info = program_[program_.root(s)];
    fixed = fixed && (info.fixed || info.place == Place::kConstant);
  }
  for (const Slot s : step.writes) program_[program_.root(s)].fixed = fixed;
  program_.steps.push_back(std::move(step));
}

Slot Lowering::add_constant(Tensor value) {
  const Slot slot = program_.add_slot(value.bytes());
  program_[slot].place = Place::kConstant;
  program_[slot].constant = std::move(value);
  return slot;
}

Program lower(const ir::Graph& graph, int threads, bool winograd, Communicator* communicator) {
  Program program;
  program.communicator = communicator;
  program.winograd = winograd;
  program.threads = threads;
  program.parameters = static_cast<int>(graph.parameters().size());
  program.aliases = graph.aliases();
  Lowering lowering(graph, program);
  for (int i = 0; i < program.parameters; ++i) {
    SlotInfo& info = program[lowering.slot(graph.parameters()[static_cast<std::size_t>(i)])];
    info.place = Place::kParameter;
    info.index = i;
    info.fixed = graph.producer(graph.parameters()[static_cast<std::size_t>(i)]).as<ir::ParameterAttributes>().fixed;
    program.has_fixed = program.has_fixed || info.fixed;
  }
  lowering.run();
  program.outputs = lowering.slots(graph.outputs());
  return program;
}

void lower_body(Lowering& lowering, const ir::Graph& body, const std::vector<Slot>& operands,
                const std::vector<Slot>& results) {
  Lowering inner(body, lowering.program());
  for (std::size_t i = 0; i < operands.size(); ++i) inner.bind(body.parameters()[i], operands[i]);
  std::vector<ValueId> bound;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const ValueId v = body.outputs()[i];
    const Op op = body.producer(v).op;
    // What is another value's memory, or has a slot already, is copied in the end.
    if (op == Op::kParameter || op == Op::kConstant || op == Op::kReshape || op == Op::kStopGradient ||
        op == Op::kIota || op == Op::kAllReduce)
      continue;
    if (std::find(bound.begin(), bound.end(), v) != bound.end()) continue;
    bound.push_back(v);
    inner.bind(v, results[i]);
  }
  inner.run();
  for (std::size_t i = 0; i < results.size(); ++i) {
    const Slot made = inner.slot(body.outputs()[i]);
    if (made != results[i]) lowering.emit(copy_step(lowering.program(), made, results[i]));
  }
}

void Lowering::lower(const Node& node) {
  switch (node.op) {
    case Op::kParameter: return;
    case Op::kConstant: {
      const Slot made = add_constant(node.as<ir::ConstantAttributes>().value);
      slot_of_[static_cast<std::size_t>(node.result())] = made;
      return;
    }
    case Op::kIota:
    case Op::kRandomUniform: return lower_source(*this, node);

    case Op::kStopGradient:
    case Op::kReshape: return make_view(node.result(), node.operands[0]);

    case Op::kAbs:
    case Op::kCeil:
    case Op::kConvert:
    case Op::kCosine:
    case Op::kErf:
    case Op::kExponential:
    case Op::kExponentialMinusOne:
    case Op::kFloor:
    case Op::kIsFinite:
    case Op::kLog:
    case Op::kLogPlusOne:
    case Op::kLogistic:
    case Op::kNegate:
    case Op::kNot:
    case Op::kRoundNearestEven:
    case Op::kRsqrt:
    case Op::kSign:
    case Op::kSine:
    case Op::kSqrt:
    case Op::kTanh:
    case Op::kAdd:
    case Op::kAnd:
    case Op::kCompare:
    case Op::kDivide:
    case Op::kMaximum:
    case Op::kMinimum:
    case Op::kMultiply:
    case Op::kOr:
    case Op::kPower:
    case Op::kRemainder:
    case Op::kSubtract:
    case Op::kXor:
    case Op::kSelect: return lower_elementwise(*this, node);

    case Op::kBroadcastInDim:
    case Op::kConcatenate:
    case Op::kPad:
    case Op::kReverse:
    case Op::kSlice:
    case Op::kTranspose: return lower_shape(*this, node);

    case Op::kArgmax:
    case Op::kCumulativeSum:
    case Op::kReduce: return lower_reduce(*this, node);

    case Op::kDotGeneral: return lower_dot(*this, node);

    case Op::kConvolution: return lower_convolution(*this, node);
    case Op::kReduceWindow:
    case Op::kSelectAndScatter: return lower_window(*this, node);

    case Op::kGather:
    case Op::kScatter: return lower_index(*this, node);

    case Op::kAllReduce: {
      if (kJudgeOnly || !program_.communicator) return make_view(node.result(), node.operands[0]);
      const Slot from = slot(node.operands[0]), to = slot(node.result());
      return emit(reduction_step(program_, node.as<ir::AllReduceAttributes>().place, graph_.type(node.result()).dtype,
                                 from, to));
    }

    case Op::kReplicaId: break;  // a constant by now: number_replica()

    case Op::kFusion:
      switch (node.as<ir::FusionAttributes>().kind) {
        case ir::FusionKind::kRows: return lower_rows_fusion(*this, node);
        case ir::FusionKind::kDot: return lower_dot_fusion(*this, node);
      }
      break;
  }
  throw EngineError(cat("[cpu engine] cannot run ", name_of(node.op)));
}

}  // namespace cornu::cpu
