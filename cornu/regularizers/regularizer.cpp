#include "cornu/regularizers/regularizer.h"

#include "cornu/core/judge_only.h"
#include "cornu/regularizers/regularizers.h"

namespace cornu {
namespace regularizers {

Registry<Regularizer>& registry() {
  static Registry<Regularizer> table = [] {
    Registry<Regularizer> r("regularizer", "keras.regularizers");
    r.add("L1", {"l1"}, from_fields<Regularizer, L1Options>(L1, "regularizer L1"));
    r.add("L2", {"l2"}, from_fields<Regularizer, L2Options>(L2, "regularizer L2"));
    r.add("L1L2", {"l1l2"}, from_fields(L1L2, "regularizer L1L2"));
    r.add("OrthogonalRegularizer", {"orthogonal_regularizer"},
          from_fields(OrthogonalRegularizer, "OrthogonalRegularizer"));
    r.end_of_keras_own();
    return r;
  }();
  return table;
}

Regularizer get(const Json& spec) { return kJudgeOnly || spec.is_null() ? Regularizer() : registry().get(spec); }

}  // namespace regularizers

Regularizer::Regularizer(const char* name) : Regularizer(std::string(name)) {}
Regularizer::Regularizer(const std::string& name) : Regularizer(regularizers::registry().get(name)) {}

Regularizer Regularizer::deserialize(const Json& spec) { return regularizers::get(spec); }

Json Regularizer::serialize() const {
  if (!impl_) return nullptr;
  return regularizers::registry().serialize(impl_->class_name(), impl_->config());
}

}  // namespace cornu
