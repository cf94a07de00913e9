// The fused updates against Keras's formulas in float64, for three steps.
#include "cornu/engine/cpu/kernels/optimizer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "cornu/core/random.h"
#include "cornu/engine/cpu/kernels/kernels.h"

namespace cornu::cpu {
namespace {

struct State {
  std::vector<float> w, g, a, b, c;
  std::vector<double> w64, a64, b64, c64;
  explicit State(std::size_t n) : w(n), g(n), a(n), b(n), c(n), w64(n), a64(n), b64(n), c64(n) {
    RandomStream random(n);
    for (std::size_t i = 0; i < n; ++i) {
      w[i] = static_cast<float>(random.uniform(-1.0, 1.0));
      w64[i] = double{w[i]};
    }
  }
  void next_gradient(int step) {
    RandomStream random(static_cast<std::uint64_t>(step));
    for (float& value : g) value = static_cast<float>(random.uniform(-1.0, 1.0));
  }
  void compare(Target target) const {
    for (std::size_t i = 0; i < w.size(); ++i) {
      ASSERT_NEAR(w64[i], double{w[i]}, 2e-6) << name_of(target) << " element " << i;
      ASSERT_NEAR(a64[i], double{a[i]}, 2e-6) << name_of(target) << " element " << i;
    }
  }
};

const std::size_t kSizes[] = {0, 1, 7, 16, 35, 100};

TEST(Optimizer, Sgd) {
  for (const Target target : available_targets()) {
    for (const std::size_t n : kSizes) {
      for (int form = 0; form < 3; ++form) {
        State s(n);
        const SgdSettings settings{.learning_rate = 0.1f, .momentum = 0.9f, .nesterov = form == 2};
        for (int step = 1; step <= 3; ++step) {
          s.next_gradient(step);
          kernels_for(target).optimizer.sgd(settings, s.w.data(), s.g.data(), form == 0 ? nullptr : s.a.data(), n);
          for (std::size_t i = 0; i < n; ++i) {
            const double change = -0.1 * double{s.g[i]};
            if (form == 0) {
              s.w64[i] += change;
              continue;
            }
            s.a64[i] = 0.9 * s.a64[i] + change;
            s.w64[i] += form == 2 ? 0.9 * s.a64[i] + change : s.a64[i];
          }
        }
        s.compare(target);
      }
    }
  }
}

TEST(Optimizer, Adam) {
  for (const Target target : available_targets()) {
    for (const std::size_t n : kSizes) {
      for (const bool amsgrad : {false, true}) {
        State s(n);
        for (int step = 1; step <= 3; ++step) {
          s.next_gradient(step);
          AdamSettings settings{.learning_rate = 0.01f, .weight_decay = amsgrad ? 0.004f : 0.0f};
          settings.beta_1_power = std::pow(0.9f, static_cast<float>(step));
          settings.beta_2_power = std::pow(0.999f, static_cast<float>(step));
          kernels_for(target).optimizer.adam(settings, s.w.data(), s.g.data(), s.a.data(), s.b.data(),
                                             amsgrad ? s.c.data() : nullptr, n);
          const double rate = 0.01 * std::sqrt(1.0 - std::pow(0.999, step)) / (1.0 - std::pow(0.9, step));
          for (std::size_t i = 0; i < n; ++i) {
            const double g = double{s.g[i]};
            if (amsgrad) s.w64[i] -= s.w64[i] * 0.004 * 0.01;
            s.a64[i] += (g - s.a64[i]) * 0.1;
            s.b64[i] += (g * g - s.b64[i]) * 0.001;
            s.c64[i] = std::max(s.c64[i], s.b64[i]);
            s.w64[i] -= s.a64[i] * rate / (std::sqrt(amsgrad ? s.c64[i] : s.b64[i]) + 1e-7);
          }
        }
        s.compare(target);
      }
    }
  }
}

TEST(Optimizer, Rmsprop) {
  for (const Target target : available_targets()) {
    for (const std::size_t n : kSizes) {
      for (const bool full : {false, true}) {  // centered, with momentum
        State s(n);
        const RmspropSettings settings{.learning_rate = 0.01f, .momentum = 0.5f, .epsilon = 1e-3f};
        for (int step = 1; step <= 3; ++step) {
          s.next_gradient(step);
          kernels_for(target).optimizer.rmsprop(settings, s.w.data(), s.g.data(), s.a.data(),
                                                full ? s.b.data() : nullptr, full ? s.c.data() : nullptr, n);
          for (std::size_t i = 0; i < n; ++i) {
            const double g = double{s.g[i]};
            s.a64[i] = 0.9 * s.a64[i] + 0.1 * g * g;
            s.b64[i] = 0.9 * s.b64[i] + 0.1 * g;
            const double below = full ? s.a64[i] - s.b64[i] * s.b64[i] : s.a64[i];
            const double change = 0.01 * g / std::sqrt(below + 1e-3);
            s.c64[i] = full ? 0.5 * s.c64[i] + change : change;
            s.w64[i] -= s.c64[i];
          }
        }
        s.compare(target);
      }
    }
  }
}

}  // namespace
}  // namespace cornu::cpu
