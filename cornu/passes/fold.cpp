#include "cornu/passes/fold.h"

#include "cornu/passes/scalar_ops.h"

namespace cornu::passes {
namespace {

using ir::Comparison;
using ir::Family;
using ir::Op;

template <Op kOp, int kOperands, class T>
bool fold_element(const std::vector<Tensor>& in, std::int64_t i, T* out) {
  if constexpr (kOp == Op::kConvert || kOp == Op::kIsFinite || kOp == Op::kCompare || kOp == Op::kSelect)
    return false;
  else if constexpr (kOperands == 1)
    out[i] = scalar::unary<kOp>(in[0].data<T>()[i]);
  else
    out[i] = scalar::binary<kOp>(in[0].data<T>()[i], in[1].data<T>()[i]);
  return true;
}

template <class T>
bool fold_same_type(Op op, const std::vector<Tensor>& in, std::int64_t i, T* out) {
  switch (op) {
#define CORNU_OP(id, text, operands, family)                 \
  case Op::k##id:                                            \
    if constexpr (Family::k##family == Family::kElementwise) \
      return fold_element<Op::k##id, operands>(in, i, out);  \
    else                                                     \
      return false;
#include "cornu/ir/ops.def"
#undef CORNU_OP
  }
  return false;
}

template <class T>
bool compare(Comparison direction, T a, T b) {
  switch (direction) {
    case Comparison::kEqual: return scalar::compare<Comparison::kEqual>(a, b);
    case Comparison::kNotEqual: return scalar::compare<Comparison::kNotEqual>(a, b);
    case Comparison::kLess: return scalar::compare<Comparison::kLess>(a, b);
    case Comparison::kLessEqual: return scalar::compare<Comparison::kLessEqual>(a, b);
    case Comparison::kGreater: return scalar::compare<Comparison::kGreater>(a, b);
    case Comparison::kGreaterEqual: return scalar::compare<Comparison::kGreaterEqual>(a, b);
  }
  return false;
}

void fold_to_bool(const ir::Node& node, const std::vector<Tensor>& in, Tensor& out) {
  dispatch(in[0].dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (std::int64_t i = 0; i < out.size(); ++i) {
      const T x = in[0].data<T>()[i];
      out.mutable_data<bool>()[i] = node.op == Op::kIsFinite
                                        ? scalar::is_finite(x)
                                        : compare(node.as<ir::CompareAttributes>().direction, x, in[1].data<T>()[i]);
    }
  });
}

void fold_convert(const Tensor& in, Tensor& out) {
  dispatch(in.dtype(), [&](auto from) {
    dispatch(out.dtype(), [&](auto to) {
      using From = decltype(from);
      using To = decltype(to);
      for (std::int64_t i = 0; i < out.size(); ++i)
        out.mutable_data<To>()[i] = scalar::convert<To, From>(in.data<From>()[i]);
    });
  });
}

}  // namespace

std::optional<Tensor> fold(const ir::Node& node, const ir::Type& type, const std::vector<Tensor>& in) {
  if (ir::family_of(node.op) != Family::kElementwise) return std::nullopt;
  Tensor out = Tensor::empty(type.shape, type.dtype);
  if (node.op == Op::kIsFinite || node.op == Op::kCompare) {
    fold_to_bool(node, in, out);
    return out;
  }
  if (node.op == Op::kConvert) {
    fold_convert(in[0], out);
    return out;
  }
  const bool known = dispatch(type.dtype, [&](auto zero) {
    using T = decltype(zero);
    T* data = out.mutable_data<T>();
    for (std::int64_t i = 0; i < out.size(); ++i) {
      if (node.op == Op::kSelect)
        data[i] = in[0].data<bool>()[i] ? in[1].data<T>()[i] : in[2].data<T>()[i];
      else if (!fold_same_type<T>(node.op, in, i, data))
        return false;
    }
    return true;
  });
  if (!known) return std::nullopt;
  return out;
}

}  // namespace cornu::passes
