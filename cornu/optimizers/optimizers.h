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
  // {"epsilon_outside_root": true}: sqrt(v) + epsilon, as Keras 1, 2 and the legacy optimizers (core/beside.h).
  Json cornu = nullptr;
  template <class F>
  void own_fields(F& f) {
    f("rho", rho);
    f("momentum", momentum);
    f("epsilon", epsilon);
    f("centered", centered);
    f.forgotten("cornu", cornu, nullptr);
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
  Json cornu = nullptr;  // {"epsilon_outside_root": true}: as RMSprop's
  template <class F>
  void own_fields(F& f) {
    f("initial_accumulator_value", initial_accumulator_value);
    f("epsilon", epsilon);
    f.forgotten("cornu", cornu, nullptr);
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
  // Of Nadam: {"schedule_decay": 0.004}: the momentum of step t has 0.96^(0.004 t), as Keras 1, 2 and the legacy
  // optimizers; Keras 3 has 0.96^t.
  Json cornu = nullptr;
  template <class F>
  void own_fields(F& f) {
    f("beta_1", beta_1);
    f("beta_2", beta_2);
    f("epsilon", epsilon);
    f.forgotten("cornu", cornu, nullptr);
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

// Second moments of matrices as a row and a column: w -= alpha g / sqrt(v), alpha relative to the weight's size.
struct AdafactorOptions {
  LearningRate learning_rate = 0.001;
  Number beta_2_decay = -0.8;
  Number epsilon_1 = 1e-30;
  Number epsilon_2 = 1e-3;
  Number clip_threshold = 1.0;
  bool relative_step = true;
  CORNU_OPTIMIZER_ARGUMENTS(std::nullopt);
  template <class F>
  void own_fields(F& f) {
    f("beta_2_decay", beta_2_decay);
    f("epsilon_1", epsilon_1);
    f("epsilon_2", epsilon_2);
    f("clip_threshold", clip_threshold);
    f("relative_step", relative_step);
  }
};
Optimizer Adafactor(AdafactorOptions options = {});

// Matrices move along their orthogonalized momentum; embeddings, other ranks, and variables whose path one of the
// regular expressions finds, as with AdamW.
struct MuonOptions {
  LearningRate learning_rate = 0.001;
  Number adam_beta_1 = 0.9;
  Number adam_beta_2 = 0.999;
  std::optional<Number> adam_weight_decay = 0.004;
  Number epsilon = 1e-7;
  CORNU_OPTIMIZER_ARGUMENTS(0.004);
  Json exclude_layers = Json::array();
  bool exclude_embeddings = true;
  Number muon_a = 3.4445;
  Number muon_b = -4.775;
  Number muon_c = 2.0315;
  Number adam_lr_ratio = 1;
  Number momentum = 0.95;
  std::int64_t ns_steps = 5;
  bool nesterov = true;
  std::optional<Number> rms_rate = 0.2;
  template <class F>
  void own_fields(F& f) {
    f("adam_beta_1", adam_beta_1);
    f("adam_beta_2", adam_beta_2);
    f("epsilon", epsilon);
    f("exclude_layers", exclude_layers);
    f("muon_a", muon_a);
    f("muon_b", muon_b);
    f("muon_c", muon_c);
    f("adam_lr_ratio", adam_lr_ratio);
    f("momentum", momentum);
    f("ns_steps", ns_steps);
    f("nesterov", nesterov);
    f("exclude_embeddings", exclude_embeddings);
    f("adam_weight_decay", adam_weight_decay);
    f("rms_rate", rms_rate);
  }
};
Optimizer Muon(MuonOptions options = {});

// AdamW whose average of the weights stands in for a schedule of the learning rate.
struct ScheduleFreeAdamWOptions {
  LearningRate learning_rate = 0.0025;
  Number beta_1 = 0.9;
  Number beta_2 = 0.999;
  Number epsilon = 1e-8;
  std::int64_t warmup_steps = 0;
  CORNU_OPTIMIZER_ARGUMENTS(std::nullopt);
  template <class F>
  void own_fields(F& f) {
    f("beta_1", beta_1);
    f("beta_2", beta_2);
    f("epsilon", epsilon);
    f("warmup_steps", warmup_steps);
  }
};
Optimizer ScheduleFreeAdamW(ScheduleFreeAdamWOptions options = {});

// Another optimizer, given the gradients of a multiple of the loss, so that those of float16 do not vanish; a step with
// one that is not finite is left out, and the multiple halved. compile() makes it under "mixed_float16".
struct LossScaleOptions {
  Number initial_scale = 32768.0;
  std::int64_t dynamic_growth_steps = 2000;
  std::string name = "";
};
Optimizer LossScaleOptimizer(Optimizer inner_optimizer, LossScaleOptions options = {});

#undef CORNU_OPTIMIZER_ARGUMENTS

}  // namespace cornu::optimizers
