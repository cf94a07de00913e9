// Updates of weights, fused by hand: Keras 3's formulas, in place, on contiguous float32. They stand in the table
// `Kernels`. (A tile interpreter needs nearly twice the time for Adam, since it stores what these keep in registers.)
#pragma once

#include <cstddef>

namespace cornu::cpu {

struct SgdSettings {
  float learning_rate = 0.01f;
  float momentum = 0.0f;
  bool nesterov = false;
};

struct AdamSettings {
  float learning_rate = 0.001f;
  float beta_1 = 0.9f;
  float beta_2 = 0.999f;
  float epsilon = 1e-7f;
  float weight_decay = 0.0f;  // decoupled (AdamW): w -= learning_rate * weight_decay * w first
  // beta^t for this step t = 1, 2, ...
  float beta_1_power = 0.9f;
  float beta_2_power = 0.999f;
};

struct RmspropSettings {
  float learning_rate = 0.001f;
  float rho = 0.9f;
  float momentum = 0.0f;
  float epsilon = 1e-7f;
};

// One step of Adam whose numbers are ready, between any arrays (each result may be one of the operands):
//   new_m = m + (g - m) * mean_share, new_v = v + (g * g - v) * square_share,
//   new_w = w - rate * new_m / (sqrt(new_v) + epsilon)
struct AdamStep {
  float rate, mean_share, square_share, epsilon;
  const float *w, *g, *m, *v;
  float *new_w, *new_m, *new_v;
};

struct OptimizerKernels {
  // w -= learning_rate * g; with momentum: m = momentum * m - learning_rate * g, w += m (nesterov: momentum * m -
  // learning_rate * g). `m` is null without momentum.
  void (*sgd)(const SgdSettings& settings, float* w, const float* g, float* m, std::size_t n) = nullptr;
  // m, v: the moments; `largest` is the running maximum of v (amsgrad), or null.
  void (*adam)(const AdamSettings& settings, float* w, const float* g, float* m, float* v, float* largest,
               std::size_t n) = nullptr;
  void (*adam_step)(const AdamStep& step, std::size_t n) = nullptr;
  // v: mean square; `mean`: mean gradient (centered), or null; `m`: momentum, or null.
  void (*rmsprop)(const RmspropSettings& settings, float* w, const float* g, float* v, float* mean, float* m,
                  std::size_t n) = nullptr;
};

}  // namespace cornu::cpu
