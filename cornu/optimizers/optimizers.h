// Keras's optimizers: optimizers::Adam({.learning_rate = 1e-3, .clipnorm = 1.0}). Each takes its own arguments, then
// the common ones; `learning_rate` is a number or a schedule (schedules.h).
//
// A new optimizer takes an options struct here, a class with update() in a file of its own, and a line in registry.cpp.
#pragma once

#include "cornu/optimizers/optimizer.h"
#include "cornu/optimizers/schedules.h"

namespace cornu::optimizers {

// The common arguments in Keras's order. A macro, because designated initializers reach no base class.
#define CORNU_OPTIMIZER_ARGUMENTS(default_decay)                          \
  std::optional<Number> weight_decay = default_decay;                     \
  std::optional<Number> clipnorm = std::nullopt;                          \
  std::optional<Number> clipvalue = std::nullopt;                         \
  std::optional<Number> global_clipnorm = std::nullopt;                   \
  bool use_ema = false;                                                   \
  Number ema_momentum = 0.99;                                             \
  std::optional<std::int64_t> ema_overwrite_frequency = std::nullopt;     \
  std::optional<Number> loss_scale_factor = std::nullopt;                 \
  std::optional<std::int64_t> gradient_accumulation_steps = std::nullopt; \
  std::string name = ""

// w -= lr * g; with momentum m = momentum * m - lr * g, w += m (nesterov: w += momentum * m - lr * g).
struct SGDOptions {
  LearningRate learning_rate = 0.01;
  Number momentum = 0.0;
  bool nesterov = false;
  CORNU_OPTIMIZER_ARGUMENTS(std::nullopt);
  template <class F>
  void own_fields(F& f) {
    f("momentum", momentum);
    f("nesterov", nesterov);
  }
};
Optimizer SGD(SGDOptions options = {});

// v = rho v + (1 - rho) g^2; w -= lr g / sqrt(v + epsilon). Centered: v minus the square of the gradient's own average.
struct RMSpropOptions {
  LearningRate learning_rate = 0.001;
  Number rho = 0.9;
  Number momentum = 0.0;
  Number epsilon = 1e-7;
  bool centered = false;
  CORNU_OPTIMIZER_ARGUMENTS(std::nullopt);
  template <class F>
  void own_fields(F& f) {
    f("rho", rho);
    f("momentum", momentum);
    f("epsilon", epsilon);
    f("centered", centered);
  }
};
Optimizer RMSprop(RMSpropOptions options = {});

// m += (1 - beta_1) (g - m); v += (1 - beta_2) (g^2 - v); w -= lr sqrt(1 - beta_2^t) / (1 - beta_1^t) m / (sqrt(v) +
// epsilon).
struct AdamOptions {
  LearningRate learning_rate = 0.001;
  Number beta_1 = 0.9;
  Number beta_2 = 0.999;
  Number epsilon = 1e-7;
  bool amsgrad = false;
  CORNU_OPTIMIZER_ARGUMENTS(std::nullopt);
  template <class F>
  void own_fields(F& f) {
    f("beta_1", beta_1);
    f("beta_2", beta_2);
    f("epsilon", epsilon);
    f("amsgrad", amsgrad);
  }
};
Optimizer Adam(AdamOptions options = {});

// Adam with weight decay on.
struct AdamWOptions {
  LearningRate learning_rate = 0.001;
  std::optional<Number> weight_decay = 0.004;
  Number beta_1 = 0.9;
  Number beta_2 = 0.999;
  Number epsilon = 1e-7;
  bool amsgrad = false;
  std::optional<Number> clipnorm = std::nullopt;
  std::optional<Number> clipvalue = std::nullopt;
  std::optional<Number> global_clipnorm = std::nullopt;
  bool use_ema = false;
  Number ema_momentum = 0.99;
  std::optional<std::int64_t> ema_overwrite_frequency = std::nullopt;
  std::optional<Number> loss_scale_factor = std::nullopt;
  std::optional<std::int64_t> gradient_accumulation_steps = std::nullopt;
  std::string name = "";
  template <class F>
  void own_fields(F& f) {
    f("beta_1", beta_1);
    f("beta_2", beta_2);
    f("epsilon", epsilon);
    f("amsgrad", amsgrad);
  }
};
Optimizer AdamW(AdamWOptions options = {});

// a += g^2; w -= lr g / sqrt(a + epsilon)
struct AdagradOptions {
  LearningRate learning_rate = 0.001;
  Number initial_accumulator_value = 0.1;
  Number epsilon = 1e-7;
  CORNU_OPTIMIZER_ARGUMENTS(std::nullopt);
  template <class F>
  void own_fields(F& f) {
    f("initial_accumulator_value", initial_accumulator_value);
    f("epsilon", epsilon);
  }
};
Optimizer Adagrad(AdagradOptions options = {});

// a = rho a + (1 - rho) g^2; step = sqrt(d + epsilon) g / sqrt(a + epsilon); d = rho d + (1 - rho) step^2; w -= lr step
struct AdadeltaOptions {
  LearningRate learning_rate = 0.001;
  Number rho = 0.95;
  Number epsilon = 1e-7;
  CORNU_OPTIMIZER_ARGUMENTS(std::nullopt);
  template <class F>
  void own_fields(F& f) {
    f("rho", rho);
    f("epsilon", epsilon);
  }
};
Optimizer Adadelta(AdadeltaOptions options = {});

// Relatives of Adam. Adamax: the largest |g| instead of its square's average. Nadam: with Nesterov momentum.
// Lamb: each step as long as its weight. Their arguments are one struct.
struct AdamaxOptions {
  LearningRate learning_rate = 0.001;
  Number beta_1 = 0.9;
  Number beta_2 = 0.999;
  Number epsilon = 1e-7;
  CORNU_OPTIMIZER_ARGUMENTS(std::nullopt);
  template <class F>
  void own_fields(F& f) {
    f("beta_1", beta_1);
    f("beta_2", beta_2);
    f("epsilon", epsilon);
  }
};
Optimizer Adamax(AdamaxOptions options = {});
Optimizer Nadam(AdamaxOptions options = {});
Optimizer Lamb(AdamaxOptions options = {});

// w -= lr sign(beta_1 m + (1 - beta_1) g); m = beta_2 m + (1 - beta_2) g
struct LionOptions {
  LearningRate learning_rate = 0.001;
  Number beta_1 = 0.9;
  Number beta_2 = 0.99;
  CORNU_OPTIMIZER_ARGUMENTS(std::nullopt);
  template <class F>
  void own_fields(F& f) {
    f("beta_1", beta_1);
    f("beta_2", beta_2);
  }
};
Optimizer Lion(LionOptions options = {});

// Follow the regularized leader: many weights exactly zero with l1.
struct FtrlOptions {
  LearningRate learning_rate = 0.001;
  Number learning_rate_power = -0.5;
  Number initial_accumulator_value = 0.1;
  Number l1_regularization_strength = 0.0;
  Number l2_regularization_strength = 0.0;
  Number l2_shrinkage_regularization_strength = 0.0;
  Number beta = 0.0;
  CORNU_OPTIMIZER_ARGUMENTS(std::nullopt);
  template <class F>
  void own_fields(F& f) {
    f("learning_rate_power", learning_rate_power);
    f("initial_accumulator_value", initial_accumulator_value);
    f("l1_regularization_strength", l1_regularization_strength);
    f("l2_regularization_strength", l2_regularization_strength);
    f("l2_shrinkage_regularization_strength", l2_shrinkage_regularization_strength);
    f("beta", beta);
  }
};
Optimizer Ftrl(FtrlOptions options = {});

#undef CORNU_OPTIMIZER_ARGUMENTS

}  // namespace cornu::optimizers
