// Products: float32 goes to the kernels, with what is fused to it; other dtypes to a plain loop.
#include <optional>

#include "cornu/core/error.h"
#include "cornu/engine/cpu/computed_types.h"
#include "cornu/engine/cpu/dot_step.h"
#include "cornu/passes/match.h"
#include "cornu/passes/row_space.h"
#include "cornu/passes/scalar_ops.h"

namespace cornu::cpu {
namespace {

using ir::Node;
using ir::Op;
using ir::ValueId;

struct PlainDot {
  DotShape shape;
  Slot out;
};

template <class T>
using Wide = std::conditional_t<std::is_floating_point_v<scalar::Compute<T>>, double, scalar::Compute<T>>;

template <class T>
void run_plain(const StepCall& call) {
  const auto& d = *static_cast<const PlainDot*>(call.args);
  const DotShape& s = d.shape;
  const auto* a = static_cast<const T*>(call.slots[s.left.slot]);
  const auto* b = static_cast<const T*>(call.slots[s.right.slot]);
  auto* c = static_cast<T*>(call.slots[d.out]);
  const std::int64_t rows = s.batch * s.m, begin = rows * call.part / call.parts,
                     end = rows * (call.part + 1) / call.parts;
  for (std::int64_t row = begin; row < end; ++row) {
    const T* left = a + row / s.m * s.left.batch_stride + row % s.m * s.left.row_stride;
    const T* right = b + row / s.m * s.right.batch_stride;
    for (std::int64_t j = 0; j < s.n; ++j) {
      Wide<T> sum = 0;
      for (std::int64_t p = 0; p < s.k; ++p) {
        const Wide<T> x = scalar::load(left[p * s.left.column_stride]);
        const Wide<T> y = scalar::load(right[p * s.right.row_stride + j * s.right.column_stride]);
        if constexpr (std::is_integral_v<Wide<T>>)
          sum = scalar::fold<ir::Reduction::kSum>(sum, scalar::integer_binary<Op::kMultiply>(x, y));
        else
          sum += x * y;
      }
      c[row * s.n + j] = scalar::store<T>(sum);
    }
  }
}

void emit_plain(Lowering& lowering, const DotShape& shape, DType dtype, Slot out) {
  Step step;
  step.run = dispatch_computed(dtype, [](auto zero) -> StepFunction { return run_plain<decltype(zero)>; });
  step.args = std::make_shared<const PlainDot>(PlainDot{shape, out});
  step.reads = {shape.left.slot, shape.right.slot};
  step.writes = {out};
  step.parts = parts_for(static_cast<double>(shape.batch * shape.m * shape.n * shape.k), shape.batch * shape.m,
                         lowering.threads());
  step.label = cat("product ", name_of(dtype), ' ', shape.batch, "x", shape.m, "x", shape.n, "x", shape.k);
  lowering.emit(std::move(step));
}

// A dot fusion's body, read backwards from its output: the forms that fuse_dot makes.
class Body {
 public:
  Body(const ir::Graph& body, const std::vector<Slot>& operands) : body_(body), operands_(operands) {}

  // Finds the product and fills the epilogue; false when the body holds something else.
  bool match(DotEpilogue& epilogue) {
    if (body_.outputs().size() != 1) return false;
    ValueId v = body_.outputs()[0];
    if (match_update(v, epilogue)) return true;
    if (const Node* node = producer(v, Op::kSelect)) {
      const Node* compare = producer(node->operands[0], Op::kCompare);
      if (!compare || !passes::is_number(body_, node->operands[1], 0.0) ||
          compare->as<ir::CompareAttributes>().direction != ir::Comparison::kLessEqual ||
          !passes::is_number(body_, compare->operands[1], 0.0))
        return false;
      epilogue.mask = parameter(compare->operands[0]);
      if (epilogue.mask < 0) return false;
      v = node->operands[2];
    } else {
      if (const Node* minimum = producer(v, Op::kMinimum)) {
        const std::optional<double> most = passes::constant_number(body_, minimum->operands[1]);
        if (!most || !producer(minimum->operands[0], Op::kMaximum)) return false;
        epilogue.most = static_cast<float>(*most);
        v = minimum->operands[0];
      }
      if (const Node* maximum = producer(v, Op::kMaximum)) {
        if (!passes::is_number(body_, maximum->operands[1], 0.0)) return false;
        epilogue.relu = true;
        v = maximum->operands[0];
      }
    }
    if (const Node* add = producer(v, Op::kAdd); add && parameter(add->operands[1]) >= 0) {
      epilogue.add = parameter(add->operands[1]);
      v = add->operands[0];
    }
    if (const Node* add = producer(v, Op::kAdd)) {
      const Node* broadcast = producer(add->operands[1], Op::kBroadcastInDim);
      if (!broadcast) return false;
      const Shape& bias = body_.shape(broadcast->operands[0]);
      const auto kind = passes::broadcast_kind(bias, body_.shape(v), broadcast->as<ir::BroadcastAttributes>().dims);
      epilogue.bias = parameter(broadcast->operands[0]);
      bias_size_ = bias.size();
      if (epilogue.bias < 0 || (kind != passes::RowKind::kColumn && kind != passes::RowKind::kFull)) return false;
      v = add->operands[0];
    }
    return match_product(v);
  }

  const Node& product() const { return *product_; }
  // -1: no bias.
  std::int64_t bias_size() const { return bias_size_; }

 private:
  const Node* producer(ValueId v, Op op) const {
    const Node& node = body_.producer(v);
    return node.op == op ? &node : nullptr;
  }
  Slot parameter(ValueId v) const {
    for (std::size_t i = 0; i < operands_.size(); ++i)
      if (body_.parameters()[i] == v) return operands_[i];
    return -1;
  }
  bool match_product(ValueId v) {
    product_ = producer(v, Op::kDotGeneral);
    if (!product_) product_ = producer(v, Op::kConvolution);
    return product_ != nullptr;
  }
  // start + product, start - product, start +- number * product
  bool match_update(ValueId v, DotEpilogue& epilogue) {
    const Node* node = producer(v, Op::kSubtract);
    if (node)
      epilogue.alpha_sign = -1.0f;
    else
      node = producer(v, Op::kAdd);
    if (!node) return false;
    epilogue.start = parameter(node->operands[0]);
    if (epilogue.start >= 0) {
      ValueId product = node->operands[1];
      if (const Node* multiply = producer(product, Op::kMultiply)) {
        const Node* broadcast = producer(multiply->operands[1], Op::kBroadcastInDim);
        const ValueId number = broadcast ? broadcast->operands[0] : multiply->operands[1];
        if (body_.shape(number).size() == 1) epilogue.alpha = parameter(number);
        if (epilogue.alpha >= 0) product = multiply->operands[0];
      }
      if (match_product(product)) return true;
    }
    epilogue = {};
    return false;
  }

  const ir::Graph& body_;
  const std::vector<Slot>& operands_;
  const Node* product_ = nullptr;
  std::int64_t bias_size_ = -1;
};

}  // namespace

void lower_dot(Lowering& lowering, const Node& node) {
  const ir::Type& type = lowering.graph().type(node.result());
  const Slot out = lowering.slot(node.result());
  if (type.shape.size() == 0) return;
  const DotShape shape = dot_shape(lowering, node);
  if (type.dtype == float32)
    emit_gemm(lowering, shape, {}, out);
  else
    emit_plain(lowering, shape, type.dtype, out);
}

void lower_dot_fusion(Lowering& lowering, const Node& node) {
  const ir::Graph& body = *node.as<ir::FusionAttributes>().body;
  const std::vector<Slot> operands = lowering.slots(node.operands), results = lowering.slots(node.results);
  DotEpilogue epilogue;
  Body match(body, operands);
  const ir::Type& type = lowering.graph().type(node.results[0]);
  if (type.dtype != float32 || type.shape.size() == 0 || !match.match(epilogue))
    return lower_body(lowering, body, operands, results);
  Lowering inner(body, lowering.program());
  for (std::size_t i = 0; i < operands.size(); ++i) inner.bind(body.parameters()[i], operands[i]);
  if (match.product().op == Op::kConvolution) {
    const bool of_columns = epilogue.bias < 0 || match.bias_size() == type.shape.back();
    if (of_columns && lower_convolution_with(inner, match.product(), epilogue, results[0])) return;
    return lower_body(lowering, body, operands, results);
  }
  const DotShape shape = dot_shape(inner, match.product());
  // One number a column of the matrix that the kernel sees, and of each matrix of a batch.
  if (epilogue.bias >= 0 && match.bias_size() != shape.n) return lower_body(lowering, body, operands, results);
  emit_gemm(lowering, shape, epilogue, results[0]);
}

}  // namespace cornu::cpu
