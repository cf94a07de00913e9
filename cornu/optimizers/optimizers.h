// Keras's optimizers: optimizers::Adam({.learning_rate = 1e-3, .clipnorm = 1.0}). Each takes its own arguments, then
// the common ones; `learning_rate` is a number or a schedule (schedules.h).
//
// A new optimizer takes an options struct here, a class with update() in a file of its own, and a line in registry.cpp.
#pragma once

#include "cornu/optimizers/optimizer.h"
#include "cornu/optimizers/schedules.h"

namespace cornu::optimizers {

// The common arguments in Keras's order. A macro, because designated initializers reach no base class.
#define CORNU_OPTIMIZER_ARGUMENTS(default_decay)                              \
  std::optional<Number> weight_decay = default_decay;                         \
  std::optional<Number> clipnorm = std::nullopt;                              \
  std::optional<Number> clipvalue = std::nullopt;                             \
  std::optional<Number> global_clipnorm = std::nullopt;                       \
  bool use_ema = false;                                                       \
  Number ema_momentum = 0.99;                                                 \
  std::optional<std::int64_t> ema_overwrite_frequency = std::nullopt;         \
  std::optional<Number> loss_scale_factor = std::nullopt;                     \
  std::optional<std::int64_t> gradient_accumulation_steps = std::nullopt;     \
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

// m += (1 - beta_1) (g - m); v += (1 - beta_2) (g^2 - v); w -= lr sqrt(1 - beta_2^t) / (1 - beta_1^t) m / (sqrt(v) + epsilon).
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

#undef CORNU_OPTIMIZER_ARGUMENTS

}  // namespace cornu::optimizers
