// What the layers share that Keras keeps beside its architectures: files name their module. Not for users.
#pragma once

#include "cornu/layers/layer_of.h"

namespace cornu::layers {

// Written as {"module": "keras.src.applications.<module>", ..., "registered_name": the class}.
template <class Base>
class OwnModule : public Base {
 public:
  template <class... Args>
  explicit OwnModule(std::string module, Args&&... args)
      : Base(std::forward<Args>(args)...), module_("keras.src.applications." + std::move(module)) {}
  bool notes_build_shape() const override { return true; }
  Json serialize() const override {
    Json out = Base::serialize();
    out["module"] = module_;
    out["registered_name"] = this->class_name();
    return out;
  }

 private:
  std::string module_;
};

}  // namespace cornu::layers
