// The elementwise kernels on arrays: one loop for each op and each choice of operands that are single numbers.
#include "cornu/engine/cpu/kernels/highway_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cornu/engine/cpu/kernels/elementwise_kernels.cpp"
#include "hwy/foreach_target.h"

#include "cornu/engine/cpu/kernels/elementwise_ops-inl.h"
#include "cornu/engine/cpu/kernels/kernels.h"

HWY_BEFORE_NAMESPACE();
namespace cornu::cpu::HWY_NAMESPACE {
namespace {

template <class Op>
constexpr std::array<BinaryKernel, 4> binary_forms() {
  return {&binary_loop<Op, 0>, &binary_loop<Op, 1>, &binary_loop<Op, 2>, &binary_loop<Op, 3>};
}

template <class Op>
constexpr std::array<TernaryKernel, 8> ternary_forms() {
  return {&ternary_loop<Op, 0>, &ternary_loop<Op, 1>, &ternary_loop<Op, 2>, &ternary_loop<Op, 3>,
          &ternary_loop<Op, 4>, &ternary_loop<Op, 5>, &ternary_loop<Op, 6>, &ternary_loop<Op, 7>};
}

}  // namespace

void fill_elementwise(Kernels& table) {
  table.elementwise.unary = {
#define CORNU_UNARY(name) &unary_loop<name>,
#include "cornu/engine/cpu/kernels/elementwise.def"
  };
  table.elementwise.binary = {
#define CORNU_BINARY(name) binary_forms<name>(),
#include "cornu/engine/cpu/kernels/elementwise.def"
  };
  table.elementwise.ternary = {
#define CORNU_TERNARY(name) ternary_forms<name>(),
#include "cornu/engine/cpu/kernels/elementwise.def"
  };
}

}  // namespace cornu::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace cornu::cpu {
void fill_elementwise_table(Target target, Kernels& table) { CORNU_FILL_TABLE(target, fill_elementwise, table); }
}  // namespace cornu::cpu
#endif
