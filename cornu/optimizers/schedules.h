// Keras's learning-rate schedules: schedules::ExponentialDecay(0.1, 1000, 0.96, {.staircase = true}). `step` counts
// updates from 0.
#pragma once

#include "cornu/core/fields.h"
#include "cornu/optimizers/learning_rate_schedule.h"

namespace cornu::optimizers::schedules {

// initial * decay_rate ^ (step / decay_steps); staircase: the exponent rounded down.
struct ExponentialDecayOptions {
  bool staircase = false;
  std::string name = "ExponentialDecay";
};
LearningRate ExponentialDecay(double initial_learning_rate, double decay_steps, double decay_rate,
                              ExponentialDecayOptions options = {});

// initial / (1 + decay_rate * step / decay_steps)
struct InverseTimeDecayOptions {
  bool staircase = false;
  std::string name = "InverseTimeDecay";
};
LearningRate InverseTimeDecay(double initial_learning_rate, double decay_steps, double decay_rate,
                              InverseTimeDecayOptions options = {});

// (initial - end) * (1 - step / decay_steps) ^ power + end, then end; cycle: decay_steps grows to the next multiple.
struct PolynomialDecayOptions {
  double end_learning_rate = 0.0001;
  double power = 1.0;
  bool cycle = false;
  std::string name = "PolynomialDecay";
};
LearningRate PolynomialDecay(double initial_learning_rate, double decay_steps, PolynomialDecayOptions options = {});

// values[i] up to and including boundaries[i], values.back() after the last. Throws ValueError unless there is one value
// more than boundaries.
struct PiecewiseConstantDecayOptions {
  std::string name = "PiecewiseConstant";
};
LearningRate PiecewiseConstantDecay(std::vector<double> boundaries, std::vector<double> values,
                                    PiecewiseConstantDecayOptions options = {});

// From the initial rate (or, after warmup_steps of linear warm-up, from warmup_target) along half a cosine to alpha
// times that.
struct CosineDecayOptions {
  double alpha = 0.0;
  std::string name = "CosineDecay";
  std::optional<double> warmup_target = {};
  double warmup_steps = 0.0;
};
LearningRate CosineDecay(double initial_learning_rate, double decay_steps, CosineDecayOptions options = {});

// Half cosines one after the other, each t_mul as long and m_mul as high as the one before.
struct CosineDecayRestartsOptions {
  double t_mul = 2.0;
  double m_mul = 1.0;
  double alpha = 0.0;
  std::string name = "SGDRDecay";
};
LearningRate CosineDecayRestarts(double initial_learning_rate, double first_decay_steps,
                                 CosineDecayRestartsOptions options = {});

}  // namespace cornu::optimizers::schedules
