// The optimizers by name: class name and its lower case, in which Keras compares.
#include "cornu/core/error.h"
#include "cornu/optimizers/base.h"

namespace cornu::optimizers {
namespace {

template <class Options>
void add(Registry<Optimizer>& r, const char* name, Optimizer (*make)(Options)) {
  r.add(name, {lower(name)}, [make, what = cat("optimizer ", name)](const Json& config) {
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
    return r;
  }();
  return table;
}

Optimizer get(const Json& spec) {
  if (spec.is_string() && !registry().knows(spec.get<std::string>())) return registry().get(lower(spec.get<std::string>()));
  return registry().get(spec);
}

}  // namespace cornu::optimizers
