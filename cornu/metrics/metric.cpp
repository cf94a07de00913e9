#include "cornu/metrics/metric.h"

#include "cornu/core/error.h"
#include "cornu/losses/reduction.h"
#include "cornu/metrics/metrics.h"

namespace cornu {
namespace {

bool is_resolved_by_shapes(const std::string& name) {
  const std::string word = lower(name);
  return word == "accuracy" || word == "acc";
}

}  // namespace

Metric::Metric(const char* name) : Metric(std::string(name)) {}
Metric::Metric(const std::string& name) : spelled_(name) {
  if (!is_resolved_by_shapes(name)) impl_ = metrics::registry().get(name).impl_;
}

const MetricImpl& Metric::impl() const {
  if (!impl_)
    throw ValueError(cat("the metric \"", spelled_,
                         "\" has no class yet\n  received: no shapes\n  expected: a call of ",
                         "resolve() with the shapes of targets and predictions"));
  return *impl_;
}

std::string Metric::name() const { return spelled_.empty() ? impl_->name() : spelled_; }

Metric Metric::resolve(const Shape& y_true, const Shape& y_pred) const {
  if (impl_) return *this;
  Metric out = metrics::CategoricalAccuracy();
  const std::int64_t true_last = y_true.empty() ? 1 : y_true.back(), pred_last = y_pred.empty() ? 1 : y_pred.back();
  if (pred_last == 1)
    out = metrics::BinaryAccuracy();
  else if (y_true.rank() < y_pred.rank() || true_last == 1)
    out = metrics::SparseCategoricalAccuracy();
  out.spelled_ = spelled_;
  return out;
}

Json Metric::serialize() const {
  if (!spelled_.empty()) return spelled_;
  return metrics::registry().serialize(impl_->class_name(), impl_->config());
}

namespace metrics {

Metric get(const Json& spec) {
  if (spec.is_string()) return Metric(spec.get<std::string>());
  return registry().get(spec);
}

Value weight_with_mask(Value sample_weight, Value mask) {
  return losses::apply_mask(sample_weight, mask, "sum", float32);
}

}  // namespace metrics
}  // namespace cornu
