// SGD, Adam and RMSprop on vectors: see optimizer.h for the formulas.
#include "cornu/engine/cpu/kernels/highway_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cornu/engine/cpu/kernels/optimizer_kernels.cpp"
#include "hwy/foreach_target.h"

#include <algorithm>
#include <cmath>

#include "cornu/engine/cpu/kernels/kernels.h"
#include "cornu/engine/cpu/kernels/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace cornu::cpu::HWY_NAMESPACE {
namespace {

// Elements [i, i + count) of the arrays, count <= kLanes.
HWY_INLINE Vector read(const float* p, std::size_t i, std::size_t count) {
  return count == kLanes ? load(p + i) : load_first(p + i, count);
}
HWY_INLINE void write(Vector v, float* p, std::size_t i, std::size_t count) {
  if (count == kLanes) {
    store(v, p + i);
  } else {
    store_first(v, p + i, count);
  }
}

// Calls step(i, count) for whole vectors, then for the rest.
template <class Step>
HWY_INLINE void for_vectors(const Step& step, std::size_t n) {
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) step(i, kLanes);
  if (i < n) step(i, n - i);
}

struct PlainSgd {
  float* w;
  const float* g;
  Vector minus_rate;
  HWY_INLINE void operator()(std::size_t i, std::size_t count) const {
    write(hn::MulAdd(read(g, i, count), minus_rate, read(w, i, count)), w, i, count);
  }
};

struct MomentumSgd {
  float* w;
  const float* g;
  float* m;
  Vector minus_rate, momentum;
  bool nesterov;
  HWY_INLINE void operator()(std::size_t i, std::size_t count) const {
    const Vector step = hn::Mul(read(g, i, count), minus_rate);
    const Vector next = hn::MulAdd(read(m, i, count), momentum, step);
    write(next, m, i, count);
    const Vector change = nesterov ? hn::MulAdd(next, momentum, step) : next;
    write(hn::Add(read(w, i, count), change), w, i, count);
  }
};

void sgd(const SgdSettings& s, float* w, const float* g, float* m, std::size_t n) {
  if (m == nullptr) return for_vectors(PlainSgd{w, g, all(-s.learning_rate)}, n);
  for_vectors(MomentumSgd{w, g, m, all(-s.learning_rate), all(s.momentum), s.nesterov}, n);
}

struct Adam {
  float* w;
  const float* g;
  float* m;
  float* v;
  float* largest;
  Vector one_minus_beta_1, one_minus_beta_2, rate, epsilon, decay;
  bool decays;
  HWY_INLINE void operator()(std::size_t i, std::size_t count) const {
    const Vector gradient = read(g, i, count);
    Vector weight = read(w, i, count);
    if (decays) weight = hn::NegMulAdd(weight, decay, weight);
    Vector first = read(m, i, count);
    first = hn::MulAdd(hn::Sub(gradient, first), one_minus_beta_1, first);
    write(first, m, i, count);
    Vector second = read(v, i, count);
    second = hn::MulAdd(hn::Sub(hn::Mul(gradient, gradient), second), one_minus_beta_2, second);
    write(second, v, i, count);
    if (largest != nullptr) {
      second = max_nan(read(largest, i, count), second);
      write(second, largest, i, count);
    }
    const Vector change = hn::Div(hn::Mul(first, rate), hn::Add(hn::Sqrt(second), epsilon));
    write(hn::Sub(weight, change), w, i, count);
  }
};

void adam(const AdamSettings& s, float* w, const float* g, float* m, float* v, float* largest, std::size_t n) {
  const float rate = s.learning_rate * std::sqrt(1.0f - s.beta_2_power) / (1.0f - s.beta_1_power);
  for_vectors(Adam{w, g, m, v, largest, all(1.0f - s.beta_1), all(1.0f - s.beta_2), all(rate), all(s.epsilon),
                   all(s.learning_rate * s.weight_decay), s.weight_decay != 0.0f},
              n);
}

struct ReadyAdam {
  const AdamStep& s;
  Vector rate, mean_share, square_share, epsilon;
  HWY_INLINE void operator()(std::size_t i, std::size_t count) const {
    const Vector gradient = read(s.g, i, count), weight = read(s.w, i, count);
    const Vector m = read(s.m, i, count), v = read(s.v, i, count);
    const Vector first = hn::MulAdd(hn::Sub(gradient, m), mean_share, m);
    const Vector second = hn::MulAdd(hn::MulSub(gradient, gradient, v), square_share, v);
    const Vector change = hn::Div(hn::Mul(first, rate), hn::Add(hn::Sqrt(second), epsilon));
    write(first, s.new_m, i, count);
    write(second, s.new_v, i, count);
    write(hn::Sub(weight, change), s.new_w, i, count);
  }
};

void adam_step(const AdamStep& s, std::size_t n) {
  for_vectors(ReadyAdam{s, all(s.rate), all(s.mean_share), all(s.square_share), all(s.epsilon)}, n);
}

struct Rmsprop {
  float* w;
  const float* g;
  float* v;
  float* mean;
  float* m;
  Vector rho, one_minus_rho, rate, momentum, epsilon;
  HWY_INLINE void operator()(std::size_t i, std::size_t count) const {
    const Vector gradient = read(g, i, count);
    const Vector square = hn::Mul(gradient, gradient);
    const Vector second = hn::MulAdd(read(v, i, count), rho, hn::Mul(square, one_minus_rho));
    write(second, v, i, count);
    Vector below = hn::Add(second, epsilon);
    if (mean != nullptr) {
      const Vector average = hn::MulAdd(read(mean, i, count), rho, hn::Mul(gradient, one_minus_rho));
      write(average, mean, i, count);
      below = hn::Add(hn::NegMulAdd(average, average, second), epsilon);
    }
    Vector change = hn::Div(hn::Mul(gradient, rate), hn::Sqrt(below));
    if (m != nullptr) {
      change = hn::MulAdd(read(m, i, count), momentum, change);
      write(change, m, i, count);
    }
    write(hn::Sub(read(w, i, count), change), w, i, count);
  }
};

void rmsprop(const RmspropSettings& s, float* w, const float* g, float* v, float* mean, float* m, std::size_t n) {
  for_vectors(
      Rmsprop{w, g, v, mean, m, all(s.rho), all(1.0f - s.rho), all(s.learning_rate), all(s.momentum), all(s.epsilon)},
      n);
}

}  // namespace

void fill_optimizer(Kernels& table) {
  table.optimizer = {.sgd = &sgd, .adam = &adam, .adam_step = &adam_step, .rmsprop = &rmsprop};
}

}  // namespace cornu::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace cornu::cpu {
void fill_optimizer_table(Target target, Kernels& table) { CORNU_FILL_TABLE(target, fill_optimizer, table); }
}  // namespace cornu::cpu
#endif
