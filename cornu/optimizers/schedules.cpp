// The schedules. All is computed in float32, operation by operation as Keras does it, so that a schedule gives the same
// numbers.
#include "cornu/optimizers/schedules.h"

#include <cmath>

#include "cornu/core/error.h"
#include "cornu/ir/ops.h"

namespace cornu::optimizers::schedules {
namespace {

constexpr double kPi = 3.14159265358979323846;

Value number(Value step, double value) { return ops::full(step.builder(), Shape{}, value, step.dtype()); }

// The arguments as Keras writes them, in its order.
struct DecayConfig {
  Number initial_learning_rate = 0.0, decay_steps = 1.0, decay_rate = 0.0;
  bool staircase = false;
  std::string name;
  template <class F>
  void fields(F& f) {
    f("initial_learning_rate", initial_learning_rate);
    f("decay_steps", decay_steps);
    f("decay_rate", decay_rate);
    f("staircase", staircase);
    f("name", name);
  }
};

struct PolynomialConfig {
  Number initial_learning_rate = 0.0, decay_steps = 1.0, end_learning_rate = 0.0001, power = 1.0;
  bool cycle = false;
  std::string name = "PolynomialDecay";
  template <class F>
  void fields(F& f) {
    f("initial_learning_rate", initial_learning_rate);
    f("decay_steps", decay_steps);
    f("end_learning_rate", end_learning_rate);
    f("power", power);
    f("cycle", cycle);
    f("name", name);
  }
};

struct PiecewiseConfig {
  std::vector<Number> boundaries, values;
  std::string name = "PiecewiseConstant";
  template <class F>
  void fields(F& f) {
    f("boundaries", boundaries);
    f("values", values);
    f("name", name);
  }
};

struct CosineConfig {
  Number initial_learning_rate = 0.0, decay_steps = 1.0, alpha = 0.0;
  std::string name = "CosineDecay";
  std::optional<Number> warmup_target = {};
  Number warmup_steps = 0;
  template <class F>
  void fields(F& f) {
    f("initial_learning_rate", initial_learning_rate);
    f("decay_steps", decay_steps);
    f("alpha", alpha);
    f("name", name);
    f("warmup_target", warmup_target);
    f("warmup_steps", warmup_steps);
  }
};

struct RestartsConfig {
  Number initial_learning_rate = 0.0, first_decay_steps = 1.0, t_mul = 2.0, m_mul = 1.0, alpha = 0.0;
  std::string name = "SGDRDecay";
  template <class F>
  void fields(F& f) {
    f("initial_learning_rate", initial_learning_rate);
    f("first_decay_steps", first_decay_steps);
    f("t_mul", t_mul);
    f("m_mul", m_mul);
    f("alpha", alpha);
    f("name", name);
  }
};

struct Exponential final : WithOptions<LearningRateScheduleImpl, DecayConfig> {
  using WithOptions::WithOptions;
  Value rate(Value step) const override {
    Value p = step / options().decay_steps;
    if (options().staircase) p = ops::floor(p);
    return options().initial_learning_rate * ops::power(number(step, options().decay_rate), p);
  }
};

struct InverseTime final : WithOptions<LearningRateScheduleImpl, DecayConfig> {
  using WithOptions::WithOptions;
  Value rate(Value step) const override {
    Value p = step / options().decay_steps;
    if (options().staircase) p = ops::floor(p);
    return options().initial_learning_rate / (1.0 + options().decay_rate * p);
  }
};

struct Polynomial final : WithOptions<LearningRateScheduleImpl, PolynomialConfig> {
  using WithOptions::WithOptions;
  Value rate(Value step) const override {
    const PolynomialConfig& o = options();
    Value steps = number(step, o.decay_steps);
    if (o.cycle)
      steps = steps * ops::where(ops::equal(step, 0.0), 1.0, ops::ceil(step / o.decay_steps));
    else
      step = ops::minimum(step, steps);
    // The difference is taken in float32, as Keras takes it.
    const Value range = number(step, o.initial_learning_rate) - o.end_learning_rate;
    return range * ops::power(1.0 - step / steps, o.power) + o.end_learning_rate;
  }
};

struct Piecewise final : WithOptions<LearningRateScheduleImpl, PiecewiseConfig> {
  using WithOptions::WithOptions;
  Value rate(Value step) const override {
    const PiecewiseConfig& o = options();
    Value out = number(step, o.values.back());
    for (std::size_t i = o.boundaries.size(); i-- > 0;)
      out = ops::where(ops::less_equal(step, o.boundaries[i]), o.values[i], out);
    return out;
  }
};

struct Cosine final : WithOptions<LearningRateScheduleImpl, CosineConfig> {
  using WithOptions::WithOptions;
  Value decay(Value step, double from) const {
    const Value wave = 0.5 * (1.0 + ops::cos(kPi * (step / options().decay_steps)));
    return from * ((1.0 - options().alpha) * wave + options().alpha);
  }
  Value rate(Value step) const override {
    const CosineConfig& o = options();
    if (!o.warmup_target) return decay(ops::minimum(step, o.decay_steps), o.initial_learning_rate);
    step = ops::minimum(step, o.decay_steps + o.warmup_steps);
    const Value after = decay(step - o.warmup_steps, *o.warmup_target);
    if (o.warmup_steps == 0.0) return after;
    const Value range = number(step, *o.warmup_target) - o.initial_learning_rate;
    const Value rising = range * (step / o.warmup_steps) + o.initial_learning_rate;
    return ops::where(ops::less(step, o.warmup_steps), rising, after);
  }
};

struct Restarts final : WithOptions<LearningRateScheduleImpl, RestartsConfig> {
  using WithOptions::WithOptions;
  Value rate(Value step) const override {
    const RestartsConfig& o = options();
    Value fraction = step / o.first_decay_steps;
    Value restart;
    if (o.t_mul == 1.0) {
      restart = ops::floor(fraction);
      fraction = fraction - restart;
    } else {
      // The periods are a geometric series: t_mul^0 + ... + t_mul^(i-1) = (1 - t_mul^i) / (1 - t_mul).
      const Value t = number(step, o.t_mul);
      restart = ops::floor(ops::log(1.0 - fraction * (1.0 - o.t_mul)) / ops::log(t));
      const Value length = ops::power(t, restart);
      fraction = (fraction - (1.0 - length) / (1.0 - t)) / length;
    }
    const Value wave = 0.5 * ops::power(number(step, o.m_mul), restart) * (1.0 + ops::cos(kPi * fraction));
    return o.initial_learning_rate * ((1.0 - o.alpha) * wave + o.alpha);
  }
};

void check_steps(const char* class_name, const char* argument, double steps) {
  if (!(steps > 0.0))
    throw ValueError(cat("[", class_name, "] ", argument, "\n  received: ", steps, "\n  expected: a number > 0"));
}

template <class Impl, class Config>
LearningRate make(const char* class_name, Config config) {
  return LearningRate(std::make_shared<Impl>(class_name, std::move(config)));
}

LearningRate from_config(const DecayConfig& c, bool exponential) {
  if (exponential) return ExponentialDecay(c.initial_learning_rate, c.decay_steps, c.decay_rate, {c.staircase, c.name});
  return InverseTimeDecay(c.initial_learning_rate, c.decay_steps, c.decay_rate, {c.staircase, c.name});
}

// Arguments without a default have to be there.
template <class Config>
Config read(const Json& json, const char* class_name, std::initializer_list<const char*> required) {
  const std::string what = cat("schedule ", class_name);
  const ConfigReader reader(json, what);
  for (const char* key : required) reader.require(key);
  return read_fields<Config>(json, what);
}

}  // namespace

LearningRate ExponentialDecay(Number initial, Number decay_steps, Number decay_rate, ExponentialDecayOptions o) {
  check_steps("ExponentialDecay", "decay_steps", decay_steps);
  return make<Exponential>("ExponentialDecay", DecayConfig{initial, decay_steps, decay_rate, o.staircase, o.name});
}

LearningRate InverseTimeDecay(Number initial, Number decay_steps, Number decay_rate, InverseTimeDecayOptions o) {
  check_steps("InverseTimeDecay", "decay_steps", decay_steps);
  return make<InverseTime>("InverseTimeDecay", DecayConfig{initial, decay_steps, decay_rate, o.staircase, o.name});
}

LearningRate PolynomialDecay(Number initial, Number decay_steps, PolynomialDecayOptions o) {
  check_steps("PolynomialDecay", "decay_steps", decay_steps);
  return make<Polynomial>("PolynomialDecay",
                          PolynomialConfig{initial, decay_steps, o.end_learning_rate, o.power, o.cycle, o.name});
}

LearningRate PiecewiseConstantDecay(std::vector<Number> boundaries, std::vector<Number> values,
                                    PiecewiseConstantDecayOptions o) {
  if (values.size() != boundaries.size() + 1)
    throw ValueError(cat("[PiecewiseConstantDecay] received: ", boundaries.size(), " boundaries and ", values.size(),
                         " values\n  expected: one value more than boundaries"));
  return make<Piecewise>("PiecewiseConstantDecay", PiecewiseConfig{std::move(boundaries), std::move(values), o.name});
}

LearningRate CosineDecay(Number initial, Number decay_steps, CosineDecayOptions o) {
  check_steps("CosineDecay", "decay_steps", decay_steps);
  return make<Cosine>("CosineDecay",
                      CosineConfig{initial, decay_steps, o.alpha, o.name, o.warmup_target, o.warmup_steps});
}

LearningRate CosineDecayRestarts(Number initial, Number first_decay_steps, CosineDecayRestartsOptions o) {
  check_steps("CosineDecayRestarts", "first_decay_steps", first_decay_steps);
  return make<Restarts>("CosineDecayRestarts",
                        RestartsConfig{initial, first_decay_steps, o.t_mul, o.m_mul, o.alpha, o.name});
}

Registry<LearningRate>& registry() {
  static Registry<LearningRate> table = [] {
    Registry<LearningRate> r("learning rate schedule", "keras.optimizers.schedules");
    r.add("ExponentialDecay", {}, [](const Json& j) {
      return from_config(
          read<DecayConfig>(j, "ExponentialDecay", {"initial_learning_rate", "decay_steps", "decay_rate"}), true);
    });
    r.add("InverseTimeDecay", {}, [](const Json& j) {
      return from_config(
          read<DecayConfig>(j, "InverseTimeDecay", {"initial_learning_rate", "decay_steps", "decay_rate"}), false);
    });
    r.add("PolynomialDecay", {}, [](const Json& j) {
      const auto c = read<PolynomialConfig>(j, "PolynomialDecay", {"initial_learning_rate", "decay_steps"});
      return PolynomialDecay(c.initial_learning_rate, c.decay_steps, {c.end_learning_rate, c.power, c.cycle, c.name});
    });
    r.add("PiecewiseConstantDecay", {}, [](const Json& j) {
      const auto c = read<PiecewiseConfig>(j, "PiecewiseConstantDecay", {"boundaries", "values"});
      return PiecewiseConstantDecay(c.boundaries, c.values, {c.name});
    });
    r.add("CosineDecay", {}, [](const Json& j) {
      const auto c = read<CosineConfig>(j, "CosineDecay", {"initial_learning_rate", "decay_steps"});
      return CosineDecay(c.initial_learning_rate, c.decay_steps, {c.alpha, c.name, c.warmup_target, c.warmup_steps});
    });
    r.add("CosineDecayRestarts", {}, [](const Json& j) {
      const auto c = read<RestartsConfig>(j, "CosineDecayRestarts", {"initial_learning_rate", "first_decay_steps"});
      return CosineDecayRestarts(c.initial_learning_rate, c.first_decay_steps, {c.t_mul, c.m_mul, c.alpha, c.name});
    });
    r.end_of_keras_own();
    return r;
  }();
  return table;
}

LearningRate get(const Json& spec) {
  return spec.is_number() ? LearningRate(spec.get<double>()) : registry().get(spec);
}

}  // namespace cornu::optimizers::schedules

namespace cornu {

Json LearningRate::serialize() const {
  if (!schedule_) return static_cast<double>(static_cast<float>(value_));
  return optimizers::schedules::registry().serialize(schedule_->class_name(), schedule_->config());
}

}  // namespace cornu
