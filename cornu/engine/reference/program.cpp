#include "cornu/engine/reference/program.h"

#include <cstring>

#include "cornu/engine/reference/kernels.h"

namespace cornu::reference {
namespace {

using Kernel = void (*)(const ir::Node&, const Inputs&, Output);

// No default: a new op stops the build here.
Kernel kernel_of(ir::Op op) {
  using ir::Op;
  switch (op) {
    case Op::kConstant:
    case Op::kIota:
    case Op::kRandomUniform: return run_source;
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
    case Op::kStopGradient:
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
    case Op::kSelect: return run_elementwise;
    case Op::kBroadcastInDim:
    case Op::kConcatenate:
    case Op::kPad:
    case Op::kReshape:
    case Op::kReverse:
    case Op::kSlice:
    case Op::kTranspose: return run_shape;
    case Op::kArgmax:
    case Op::kCumulativeSum:
    case Op::kReduce: return run_reduce;
    case Op::kDotGeneral: return run_dot;
    case Op::kConvolution: return run_convolution;
    case Op::kReduceWindow:
    case Op::kSelectAndScatter: return run_window;
    case Op::kGather:
    case Op::kScatter: return run_index;
    case Op::kParameter:
    case Op::kAllReduce:
    case Op::kFusion: break;     // no kernels: Program has them itself
    case Op::kReplicaId: break;  // a constant by now: number_replica()
  }
  return nullptr;
}

}  // namespace

Program::Program(ir::Graph graph, Communicator* communicator) : graph_(std::move(graph)), communicator_(communicator) {
  const auto reserve = [this](std::size_t bytes) {
    const std::size_t at = bytes_;
    bytes_ += (bytes + 63) / 64 * 64;
    return at;
  };
  for (ir::ValueId v = 0; v < graph_.value_count(); ++v) offsets_.push_back(reserve(graph_.type(v).bytes()));
  for (std::size_t i = 0; i < graph_.nodes().size(); ++i) {
    if (graph_.nodes()[i].op != ir::Op::kFusion) continue;
    const Program& body = bodies_.emplace(i, Program(*graph_.nodes()[i].as<ir::FusionAttributes>().body)).first->second;
    body_offsets_[i] = reserve(body.bytes());
  }
}

void Program::run(std::span<const void* const> parameters, std::span<void* const> outputs, std::byte* memory) const {
  const auto copy = [](void* to, const void* from, std::size_t bytes) {
    if (bytes) std::memcpy(to, from, bytes);
  };
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const ir::ValueId v = graph_.parameters()[i];
    copy(place(v, memory), parameters[i], graph_.type(v).bytes());
  }
  for (std::size_t i = 0; i < graph_.nodes().size(); ++i) run_node(i, memory);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const ir::ValueId v = graph_.outputs()[i];
    copy(outputs[i], place(v, memory), graph_.type(v).bytes());
  }
}

void Program::run_node(std::size_t index, std::byte* memory) const {
  const ir::Node& node = graph_.nodes()[index];
  if (node.op == ir::Op::kParameter) return;  // run() has put it in its place
  if (node.op == ir::Op::kFusion) return run_fusion(index, memory);
  if (node.op == ir::Op::kAllReduce) return run_all_reduce(node, memory);
  Inputs in;
  for (const ir::ValueId v : node.operands) in.push_back({graph_.type(v), place(v, memory)});
  kernel_of(node.op)(node, in, Output{graph_.type(node.result()), place(node.result(), memory)});
}

// One after the other, in the order of the graph, which is that of every replica: no pass has touched it.
void Program::run_all_reduce(const ir::Node& node, std::byte* memory) const {
  const ir::Type& type = graph_.type(node.result());
  std::byte* sum = place(node.result(), memory);
  if (type.bytes()) std::memcpy(sum, place(node.operands[0], memory), type.bytes());
  if (!communicator_ || communicator_->size() == 1) return;
  communicator_->start_sum(0, sum, static_cast<std::size_t>(type.shape.size()), type.dtype);
  communicator_->finish(0);
}

void Program::run_fusion(std::size_t index, std::byte* memory) const {
  const ir::Node& node = graph_.nodes()[index];
  std::vector<const void*> in;
  for (const ir::ValueId v : node.operands) in.push_back(place(v, memory));
  std::vector<void*> out;
  for (const ir::ValueId v : node.results) out.push_back(place(v, memory));
  bodies_.at(index).run(in, out, memory + body_offsets_.at(index));
}

}  // namespace cornu::reference
