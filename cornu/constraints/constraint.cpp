#include "cornu/constraints/constraint.h"

#include "cornu/constraints/constraints.h"
#include "cornu/core/judge_only.h"

namespace cornu {
namespace constraints {

Registry<Constraint>& registry() {
  static Registry<Constraint> table = [] {
    Registry<Constraint> r("constraint", "keras.constraints");
    r.add("MaxNorm", {"max_norm"}, from_fields(MaxNorm, "constraint MaxNorm"));
    r.add("MinMaxNorm", {"min_max_norm"}, from_fields(MinMaxNorm, "constraint MinMaxNorm"));
    r.add("NonNeg", {"non_neg"}, from_fields(NonNeg, "constraint NonNeg"));
    r.add("UnitNorm", {"unit_norm"}, from_fields(UnitNorm, "constraint UnitNorm"));
    r.end_of_keras_own();
    return r;
  }();
  return table;
}

Constraint get(const Json& spec) { return kJudgeOnly || spec.is_null() ? Constraint() : registry().get(spec); }

}  // namespace constraints

Constraint::Constraint(const char* name) : Constraint(std::string(name)) {}
Constraint::Constraint(const std::string& name) : Constraint(constraints::registry().get(name)) {}

Constraint Constraint::deserialize(const Json& spec) { return constraints::get(spec); }

Json Constraint::serialize() const {
  if (!impl_) return nullptr;
  return constraints::registry().serialize(impl_->class_name(), impl_->config());
}

}  // namespace cornu
