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
LearningRate ExponentialDecay(Number initial_learning_rate, Number decay_steps, Number decay_rate,
                              ExponentialDecayOptions options = {});

// initial / (1 + decay_rate * step / decay_steps)
struct InverseTimeDecayOptions {
  bool staircase = false;
  std::string name = "InverseTimeDecay";
};
LearningRate InverseTimeDecay(Number initial_learning_rate, Number decay_steps, Number decay_rate,
                              InverseTimeDecayOptions options = {});

// (initial - end) * (1 - step / decay_steps) ^ power + end, then end; cycle: decay_steps grows to the next multiple.
struct PolynomialDecayOptions {
  Number end_learning_rate = 0.0001;
  Number power = 1.0;
  bool cycle = false;
  std::string name = "PolynomialDecay";
};
LearningRate PolynomialDecay(Number initial_learning_rate, Number decay_steps, PolynomialDecayOptions options = {});

// values[i] up to and including boundaries[i], values.back() after the last. Throws ValueError unless there is one
// value more than boundaries.
struct PiecewiseConstantDecayOptions {
  std::string name = "PiecewiseConstant";
};
LearningRate PiecewiseConstantDecay(std::vector<Number> boundaries, std::vector<Number> values,
                                    PiecewiseConstantDecayOptions options = {});

// From the initial rate (or, after warmup_steps of linear warm-up, from warmup_target) along half a cosine to alpha
// times that.
struct CosineDecayOptions {
  Number alpha = 0.0;
  std::string name = "CosineDecay";
  std::optional<Number> warmup_target = {};
  Number warmup_steps = 0;
};
LearningRate CosineDecay(Number initial_learning_rate, Number decay_steps, CosineDecayOptions options = {});

// Half cosines one after the other, each t_mul as long and m_mul as high as the one before.
struct CosineDecayRestartsOptions {
  Number t_mul = 2.0;
  Number m_mul = 1.0;
  Number alpha = 0.0;
  std::string name = "SGDRDecay";
};
LearningRate CosineDecayRestarts(Number initial_learning_rate, Number first_decay_steps,
                                 CosineDecayRestartsOptions options = {});

}  // namespace cornu::optimizers::schedules
