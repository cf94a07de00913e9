#include "cornu/losses/loss.h"

#include "cornu/core/beside.h"
#include "cornu/core/error.h"
#include "cornu/ir/ops.h"
#include "cornu/losses/target_checks.h"

namespace cornu {
namespace {

bool is_resolved_by_shapes(const std::string& name) {
  const std::string word = lower(name);
  return word == "crossentropy" || word == "ce";
}

}  // namespace

void LossImpl::check(const ir::Type& y_true, const ir::Type& y_pred) const { losses::check_same_shape(y_true, y_pred); }

Loss::Loss(const char* name) : Loss(std::string(name)) {}
Loss::Loss(const std::string& name) : spelled_(name) {
  if (!is_resolved_by_shapes(name)) impl_ = losses::registry().get(name).impl_;
}

Value Loss::operator()(Value y_true, Value y_pred, Value sample_weight, Value mask) const {
  if (!impl_) return resolve(y_true.shape(), y_pred.shape())(y_true, y_pred, sample_weight, mask);
  if (y_pred.dtype() != float64) y_pred = ops::cast(y_pred, float32);
  impl_->check(y_true.type(), y_pred.type());
  if (!impl_->takes_class_numbers()) y_true = ops::cast(y_true, y_pred.dtype());
  losses::squeeze_or_expand_to_same_rank(y_true, y_pred);
  const Value values = impl_->call(y_true, y_pred);
  if (const Value counts = impl_->counts(y_true, y_pred)) mask = mask ? ops::logical_and(mask, counts) : counts;
  return losses::reduce_weighted_values(values, sample_weight, mask, impl_->reduction());
}

const LossImpl& Loss::impl() const {
  if (impl_) return *impl_;
  if (spelled_.empty()) throw ValueError("a loss is asked for\n  received: none\n  expected: a loss, such as \"mse\"");
  throw ValueError(cat("the loss \"", spelled_, "\" has no class yet\n  received: no shapes\n  expected: a call of ",
                       "resolve() with the shapes of targets and predictions"));
}

Loss Loss::resolve(const Shape& y_true, const Shape& y_pred) const {
  if (impl_ || spelled_.empty()) return (void)impl(), *this;
  const std::int64_t true_last = y_true.empty() ? 1 : y_true.back(), pred_last = y_pred.empty() ? 1 : y_pred.back();
  const bool sparse = y_true.rank() < y_pred.rank() || true_last == 1;
  Loss out(pred_last == 1 ? "binary_crossentropy"
           : sparse       ? "sparse_categorical_crossentropy"
                          : "categorical_crossentropy");
  out.spelled_ = spelled_;
  return out;
}

Json Loss::serialize() const {
  if (!spelled_.empty()) return spelled_;
  if (!impl_) return nullptr;
  return with_beside_outside(losses::registry().serialize(impl_->class_name(), impl_->config()));
}

}  // namespace cornu
