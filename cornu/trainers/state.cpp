// What a trainer keeps besides weights, as callbacks and files see it.
#include <algorithm>

#include "cornu/core/error.h"
#include "cornu/trainers/trainer.h"

namespace cornu {

std::vector<std::pair<std::string, Tensor>> Trainer::optimizer_variables() const {
  const OptimizerImpl& optimizer = arguments().optimizer.impl();
  std::vector<std::pair<std::string, Tensor>> out;
  out.emplace_back(cat(optimizer.name(), "/iteration"), iterations_);
  if (!optimizer.learning_rate().is_schedule())
    out.emplace_back(cat(optimizer.name(), "/learning_rate"), learning_rate_);
  for (const SlotSpec& slot : slots_) out.emplace_back(slot.path, slot.initial);
  return out;
}

void Trainer::set_optimizer_variables(const std::vector<Tensor>& values) {
  build_optimizer();
  const auto own = optimizer_variables();
  if (values.size() != own.size())
    throw ValueError(cat("optimizer \"", arguments().optimizer.impl().name(), "\" received: ", values.size(),
                         " variables\n  expected: ", own.size()));
  for (std::size_t i = 0; i < own.size(); ++i)
    if (values[i].shape() != own[i].second.shape())
      throw ValueError(cat("optimizer variable \"", own[i].first, "\" received: shape ", values[i].shape(),
                           "\n  expected: ", own[i].second.shape()));
  std::size_t next = 0;
  iterations_ = values[next++].astype(int64).copy();
  if (!arguments().optimizer.impl().learning_rate().is_schedule())
    learning_rate_ = values[next++].astype(float32).copy();
  for (SlotSpec& slot : slots_) slot.initial = values[next++].astype(slot.initial.dtype()).copy();
}

void Trainer::restore_optimizer(std::vector<Tensor> values) {
  build_optimizer();
  // A file of an optimizer that never made a step has no slots: iteration and learning_rate alone.
  const std::size_t own = optimizer_variables().size();
  if (values.size() < own && values.size() + slots_.size() == own)
    for (const SlotSpec& slot : slots_) values.push_back(slot.initial);
  set_optimizer_variables(values);
}

std::vector<Tensor> Trainer::get_weights() const { return network_.get_weights(); }
void Trainer::set_weights(const std::vector<Tensor>& weights) { network_.set_weights(weights); }

Tensor& Trainer::rate() {
  const OptimizerImpl& own = arguments().optimizer.impl();
  const OptimizerImpl& impl = own.inner() ? own.inner()->impl() : own;
  if (impl.learning_rate().is_schedule())
    throw ValueError("the learning rate is a schedule\n  expected: a number, to read or to change it between steps");
  if (!own.inner()) return learning_rate_;
  build_optimizer();
  const auto slot =
      std::find_if(slots_.begin(), slots_.end(), [](const SlotSpec& s) { return s.name == "learning_rate"; });
  return slot->initial;
}

double Trainer::learning_rate() const { return const_cast<Trainer*>(this)->rate().data<float>()[0]; }

void Trainer::set_learning_rate(double value) { rate() = Tensor::scalar<float>(static_cast<float>(value)); }

int Trainer::direction_of(const std::string& log) const {
  for (const Tracker& tracker : trackers_)
    if (tracker.name == log) return tracker.of != Tracker::kMetric ? -1 : tracker.metric.impl().direction();
  return 0;
}

}  // namespace cornu
