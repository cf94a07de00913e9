#include "cornu/ir/op.h"

namespace cornu::ir {
namespace {

struct Row {
  std::string_view name;
  int operands;
  Family family;
};

constexpr Row kRows[] = {
#define CORNU_OP(id, text, operands, family) {text, operands, Family::k##family},
#include "cornu/ir/ops.def"
#undef CORNU_OP
};

}  // namespace

std::string_view name_of(Op op) { return kRows[static_cast<int>(op)].name; }
int operand_count(Op op) { return kRows[static_cast<int>(op)].operands; }
Family family_of(Op op) { return kRows[static_cast<int>(op)].family; }

}  // namespace cornu::ir
