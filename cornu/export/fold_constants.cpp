#include "cornu/export/fold_constants.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "cornu/passes/fold.h"

namespace cornu::exporting {
namespace {

using ir::Node;
using ir::Op;

// out[i] = x[the sum of index * stride, from `start`]: every move of elements.
Tensor moved(const Tensor& x, const Shape& shape, const std::vector<std::int64_t>& strides, std::int64_t start = 0) {
  Tensor out = Tensor::empty(shape, x.dtype());
  const std::vector<std::int64_t> places = row_major_strides(shape);
  const std::size_t size = size_of(x.dtype());
  auto* to = static_cast<std::byte*>(out.mutable_raw());
  const auto* from = static_cast<const std::byte*>(x.raw());
  for (std::int64_t i = 0; i < out.size(); ++i) {
    std::int64_t at = start;
    for (std::size_t a = 0; a < places.size(); ++a) at += i / places[a] % shape[static_cast<int>(a)] * strides[a];
    std::memcpy(to + static_cast<std::size_t>(i) * size, from + static_cast<std::size_t>(at) * size, size);
  }
  return out;
}

Tensor spread(const Tensor& x, const Shape& shape, const ir::Axes& dims) {
  const std::vector<std::int64_t> own = row_major_strides(x.shape());
  std::vector<std::int64_t> strides(static_cast<std::size_t>(shape.rank()), 0);
  for (std::size_t i = 0; i < dims.size(); ++i)
    if (x.dim(static_cast<int>(i)) != 1) strides[static_cast<std::size_t>(dims[i])] = own[i];
  return moved(x, shape, strides);
}

class Folder {
 public:
  explicit Folder(InferenceGraph in) : in_(std::move(in)) {}

  InferenceGraph run() {
    ir::Graph graph = ir::rewrite(in_.graph, [this](ir::Rewriter& r, const Node& node) {
      std::optional<Tensor> value = folded(r, node);
      if (!value) return false;
      r.replace(node.result(), r.target().add(Op::kConstant, {}, ir::ConstantAttributes{*value}).result());
      return true;
    });
    // Constants that nothing reads any more go.
    in_.graph = ir::rewrite(graph, [](ir::Rewriter&, const Node&) { return false; });
    return std::move(in_);
  }

 private:
  // The constant that an operand is, or is a broadcast of; null: it is none.
  const Node* base(const ir::Graph& g, ir::ValueId v) const {
    const Node* n = &g.producer(v);
    if (n->op == Op::kBroadcastInDim) n = &g.producer(n->operands[0]);
    return n->op == Op::kConstant ? n : nullptr;
  }
  Tensor value_of(const ir::Graph& g, ir::ValueId v) const {
    const Node& n = g.producer(v);
    const Tensor& x = base(g, v)->as<ir::ConstantAttributes>().value;
    return n.op == Op::kConstant ? x : spread(x, g.shape(v), n.as<ir::BroadcastAttributes>().dims);
  }

  std::optional<Tensor> folded(ir::Rewriter& r, const Node& node) {
    const ir::Graph& g = r.target();
    if (node.operands.empty() || node.results.size() != 1) return std::nullopt;
    const ir::Type& type = r.source().type(node.result());
    std::int64_t longest = 0;
    const Tensor* origin = nullptr;
    for (const ir::ValueId old : node.operands) {
      const Node* constant = base(g, r[old]);
      if (!constant) return std::nullopt;
      const Tensor& x = constant->as<ir::ConstantAttributes>().value;
      if (x.size() > longest) longest = x.size(), origin = &x;
    }
    if (type.shape.size() > longest || longest == 0) return std::nullopt;
    std::optional<Tensor> out = computed(r, node, type);
    const auto name = in_.names.find(origin->raw());
    if (out && name != in_.names.end()) in_.names.emplace(out->raw(), name->second);
    if (out) kept_.push_back(*out);  // so that no other tensor gets its address
    return out;
  }

  std::optional<Tensor> computed(ir::Rewriter& r, const Node& node, const ir::Type& type) const {
    const ir::Graph& g = r.target();
    const auto first = [&] { return value_of(g, r[node.operands[0]]); };
    if (ir::family_of(node.op) == ir::Family::kElementwise) {
      std::vector<Tensor> operands;
      for (const ir::ValueId old : node.operands) operands.push_back(value_of(g, r[old]));
      return passes::fold(node, type, operands);
    }
    if (node.op == Op::kReshape) return first().reshape(type.shape);
    if (node.op == Op::kTranspose) return first().transpose(node.as<ir::TransposeAttributes>().permutation);
    if (node.op == Op::kReverse) return reversed(first(), node.as<ir::AxesAttributes>().axes);
    if (node.op == Op::kSlice) return sliced(first(), node.as<ir::SliceAttributes>(), type.shape);
    return std::nullopt;
  }

  static Tensor reversed(const Tensor& x, const ir::Axes& axes) {
    std::vector<std::int64_t> strides = row_major_strides(x.shape());
    std::int64_t start = 0;
    for (const int a : axes) {
      std::int64_t& stride = strides[static_cast<std::size_t>(a)];
      start += (x.dim(a) - 1) * stride;
      stride = -stride;
    }
    return moved(x, x.shape(), strides, start);
  }
  static Tensor sliced(const Tensor& x, const ir::SliceAttributes& a, const Shape& shape) {
    std::vector<std::int64_t> strides = row_major_strides(x.shape());
    std::int64_t start = 0;
    for (std::size_t i = 0; i < strides.size(); ++i) {
      start += a.start[i] * strides[i];
      strides[i] *= a.stride[i];
    }
    return moved(x, shape, strides, start);
  }

  InferenceGraph in_;
  std::vector<Tensor> kept_;
};

}  // namespace

InferenceGraph fold_constants(InferenceGraph in) { return Folder(std::move(in)).run(); }

}  // namespace cornu::exporting
