// The optimizers by name: class name and its lower case, in which Keras compares.
#include "cornu/core/beside.h"
#include "cornu/core/error.h"
#include "cornu/optimizers/base.h"

namespace cornu::optimizers {
namespace {

template <class Options>
void add(Registry<Optimizer>& r, const char* name, Optimizer (*make)(Options), bool by_text = true) {
  const std::vector<std::string> texts = by_text ? std::vector<std::string>{lower(name)} : std::vector<std::string>{};
  r.add(name, texts, [make, what = cat("optimizer ", name)](const Json& config) {
    return make(read_optimizer<Options>(config, what));
  });
}

}  // namespace

Registry<Optimizer>& registry() {
  static Registry<Optimizer> table = [] {
    Registry<Optimizer> r("optimizer", "keras.optimizers");
    add(r, "SGD", SGD);
    add(r, "RMSprop", RMSprop);
    add(r, "Adam", Adam);
    add(r, "AdamW", AdamW);
    add(r, "Adagrad", Adagrad);
    add(r, "Adadelta", Adadelta);
    add(r, "Adamax", Adamax);
    add(r, "Nadam", Nadam);
    add(r, "Lion", Lion);
    add(r, "Ftrl", Ftrl);
    add(r, "Lamb", Lamb, false);  // Keras knows no text for it
    add(r, "Adafactor", Adafactor);
    add(r, "Muon", Muon);
    add(r, "ScheduleFreeAdamW", ScheduleFreeAdamW);
    r.add("LossScaleOptimizer", {}, [](const Json& config) {
      ConfigReader reader(config, "optimizer LossScaleOptimizer");
      LossScaleOptions o;
      o.name = reader.text("name", "");
      o.initial_scale = reader.number("initial_scale", 32768.0);
      o.dynamic_growth_steps = reader.integer("dynamic_growth_steps", 2000);
      Optimizer inner = get(reader.json("inner_optimizer"));
      reader.finish();
      return LossScaleOptimizer(std::move(inner), o);
    });
    r.end_of_keras_own();
    return r;
  }();
  return table;
}

Optimizer get(const Json& spec) {
  if (spec.is_string() && !registry().knows(spec.get<std::string>()))
    return registry().get(lower(spec.get<std::string>()));
  return registry().get(with_beside_inside(spec));
}

}  // namespace cornu::optimizers
