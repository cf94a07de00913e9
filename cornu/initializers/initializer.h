// Initializer: first values of a variable, drawn on the host. An unseeded one draws a seed when it is made and then
// gives the same values at every call, as in Keras 3.
#pragma once

#include <memory>

#include "cornu/core/registry.h"
#include "cornu/core/tensor.h"

namespace cornu {

class InitializerImpl {
 public:
  virtual ~InitializerImpl() = default;
  virtual std::string class_name() const = 0;
  virtual Json config() const = 0;
  virtual Tensor make(const Shape& shape, DType dtype) const = 0;
  // Throws ValueError for a shape that make() refuses: variables ask when they are declared and draw when somebody
  // wants their numbers.
  virtual void check(const Shape& shape) const { static_cast<void>(shape); }
};

// A cheap handle.
class Initializer {
 public:
  // By Keras's name: "glorot_uniform", "zeros", ... Throws ValueError for an unknown one.
  Initializer(const char* name);
  Initializer(const std::string& name);
  explicit Initializer(std::shared_ptr<const InitializerImpl> impl) : impl_(std::move(impl)) {}

  Tensor operator()(const Shape& shape, DType dtype = float32) const { return impl_->make(shape, dtype); }
  const InitializerImpl& impl() const { return *impl_; }
  // {"module": "keras.initializers", "class_name": ..., "config": {...}, "registered_name": null}
  Json serialize() const;
  static Initializer deserialize(const Json& spec);  // initializers::get

 private:
  std::shared_ptr<const InitializerImpl> impl_;
};

namespace initializers {
Registry<Initializer>& registry();
Initializer get(const Json& spec);
}  // namespace initializers
}  // namespace cornu
