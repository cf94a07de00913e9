// Op and its facts, generated from ops.def.
#pragma once

#include <cstdint>
#include <string_view>

#include "cornu/core/dtype.h"

namespace cornu::ir {

enum class Op : std::uint8_t {
#define CORNU_OP(id, text, operands, family) k##id,
#include "cornu/ir/ops.def"
#undef CORNU_OP
};

enum class Family : std::uint8_t {
  kSource,
  kElementwise,
  kShape,
  kReduce,
  kContract,
  kWindow,
  kIndex,
  kCollective,
  kRegion
};

inline constexpr int kOpCount = 0
#define CORNU_OP(id, text, operands, family) +1
#include "cornu/ir/ops.def"
#undef CORNU_OP
    ;

// "broadcast_in_dim", as StableHLO spells it.
std::string_view name_of(Op op);
// How many operands the op takes; -1: any number.
int operand_count(Op op);
Family family_of(Op op);

// Of which elements an op is defined.
enum class Elements : std::uint8_t { kAny, kBits, kNumbers, kSigned, kFloats };
// For Reduce: numbers; its and/or are of bools.
Elements elements_of(Op op);
bool contains(Elements elements, DType dtype);
// "bools or integers", for messages.
std::string_view name_of(Elements elements);

}  // namespace cornu::ir
