#include "cornu/engine/cpu/vector_ops.h"

#include "cornu/engine/cpu/computed_types.h"
#include "cornu/passes/scalar_ops.h"

namespace cornu::cpu {
namespace {

template <class T>
void select_loop(const void* a, const void* b, const void* c, void* out, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i)
    static_cast<T*>(out)[i] =
        static_cast<const bool*>(a)[i] ? static_cast<const T*>(b)[i] : static_cast<const T*>(c)[i];
}

template <ir::Comparison kDirection, class T>
void compare_loop(const void* a, const void* b, const void*, void* out, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i)
    static_cast<bool*>(out)[i] = scalar::compare<kDirection>(static_cast<const T*>(a)[i], static_cast<const T*>(b)[i]);
}

}  // namespace

VectorFunction select_function(std::size_t bytes) {
  switch (bytes) {
    case 1: return select_loop<std::uint8_t>;
    case 2: return select_loop<std::uint16_t>;
    case 4: return select_loop<std::uint32_t>;
    default: return select_loop<std::uint64_t>;
  }
}

VectorFunction compare_function(ir::Comparison direction, DType dtype) {
  using ir::Comparison;
  return dispatch_computed(dtype, [direction](auto zero) -> VectorFunction {
    using T = decltype(zero);
    switch (direction) {
      case Comparison::kEqual: return compare_loop<Comparison::kEqual, T>;
      case Comparison::kNotEqual: return compare_loop<Comparison::kNotEqual, T>;
      case Comparison::kLess: return compare_loop<Comparison::kLess, T>;
      case Comparison::kLessEqual: return compare_loop<Comparison::kLessEqual, T>;
      case Comparison::kGreater: return compare_loop<Comparison::kGreater, T>;
      case Comparison::kGreaterEqual: return compare_loop<Comparison::kGreaterEqual, T>;
    }
    return nullptr;
  });
}

VectorFunction is_finite_function(DType dtype) {
  return dispatch_computed(dtype, [](auto zero) -> VectorFunction {
    using T = decltype(zero);
    return [](const void* a, const void*, const void*, void* out, std::int64_t n) {
      for (std::int64_t i = 0; i < n; ++i) static_cast<bool*>(out)[i] = scalar::is_finite(static_cast<const T*>(a)[i]);
    };
  });
}

VectorFunction vector_function(const ir::Node& node, DType in, DType out) {
  switch (node.op) {
    case ir::Op::kConvert: return convert_function(in, out);
    case ir::Op::kCompare: return compare_function(node.as<ir::CompareAttributes>().direction, in);
    case ir::Op::kIsFinite: return is_finite_function(in);
    case ir::Op::kSelect: return select_function(size_of(out));
    default: break;  // the rest keeps its dtype
  }
  if (ir::family_of(node.op) != ir::Family::kElementwise) return nullptr;
  return ir::operand_count(node.op) == 1 ? unary_function(node.op, in) : binary_function(node.op, in);
}

}  // namespace cornu::cpu
