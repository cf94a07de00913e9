// LearningRate: a number that may be changed between steps, or a schedule that computes it from the step counter.
#pragma once

#include <memory>

#include "cornu/core/registry.h"
#include "cornu/ir/value.h"

namespace cornu {

class LearningRateScheduleImpl {
 public:
  virtual ~LearningRateScheduleImpl() = default;
  virtual std::string class_name() const = 0;
  virtual Json config() const = 0;
  // The rate at a step (scalar float32, counted from 0), as graph.
  virtual Value rate(Value step) const = 0;
};

class LearningRate {
 public:
  LearningRate(double value) : value_(value) {}
  explicit LearningRate(std::shared_ptr<const LearningRateScheduleImpl> schedule) : schedule_(std::move(schedule)) {}

  bool is_schedule() const { return schedule_ != nullptr; }
  double value() const { return value_; }
  const LearningRateScheduleImpl& schedule() const { return *schedule_; }
  // A number (rounded to float32, as Keras writes it), or the schedule's object form.
  Json serialize() const;

 private:
  double value_ = 0;
  std::shared_ptr<const LearningRateScheduleImpl> schedule_;
};

namespace optimizers::schedules {
Registry<LearningRate>& registry();
LearningRate get(const Json& spec);  // a number or an object
}  // namespace optimizers::schedules
}  // namespace cornu
