#include "cornu/losses/loss.h"

#include "cornu/core/error.h"
#include "cornu/ir/ops.h"
#include "cornu/losses/target_checks.h"

namespace cornu {

void LossImpl::check(const ir::Type& y_true, const ir::Type& y_pred) const { losses::check_same_shape(y_true, y_pred); }

Loss::Loss(const char* name) : Loss(std::string(name)) {}
Loss::Loss(const std::string& name) : Loss(losses::registry().get(name)) { spelled_ = name; }

Value Loss::operator()(Value y_true, Value y_pred, Value sample_weight, Value mask) const {
  if (!impl_) throw ValueError("a loss is asked for a value\n  received: none\n  expected: a loss, such as \"mse\"");
  if (y_pred.dtype() != float64) y_pred = ops::cast(y_pred, float32);
  impl_->check(y_true.type(), y_pred.type());
  if (!impl_->takes_class_numbers()) y_true = ops::cast(y_true, y_pred.dtype());
  losses::squeeze_or_expand_to_same_rank(y_true, y_pred);
  const Value values = impl_->call(y_true, y_pred);
  if (const Value counts = impl_->counts(y_true, y_pred)) mask = mask ? ops::logical_and(mask, counts) : counts;
  return losses::reduce_weighted_values(values, sample_weight, mask, impl_->reduction());
}

Json Loss::serialize() const {
  if (!impl_) return nullptr;
  if (!spelled_.empty()) return spelled_;
  return serialized_object(losses::registry().module(), impl_->class_name(), impl_->config());
}

}  // namespace cornu
