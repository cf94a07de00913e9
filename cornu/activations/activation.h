// Activation: a named function from a tensor to a tensor of the same shape (glu halves one axis).
#pragma once

#include <functional>
#include <string>

#include "cornu/core/json.h"
#include "cornu/ir/value.h"

namespace cornu {

class Activation {
 public:
  using Function = std::function<Value(Value)>;

  // "linear".
  Activation();
  // By Keras's name: "relu", "softmax", ... Throws ValueError for an unknown one, naming the nearest.
  Activation(const char* name) : Activation(std::string(name)) {}
  Activation(const std::string& name);
  // Your own. Saved under `name`, which must be registered before such a file is loaded.
  Activation(std::string name, Function function) : name_(std::move(name)), function_(std::move(function)) {}

  const std::string& name() const { return name_; }
  bool is_linear() const { return name_ == "linear"; }
  Value operator()(Value x) const { return function_(x); }
  // As Keras's layer configurations hold it: the plain name, and a function that is not Keras's as function_by_name()
  // has it.
  Json serialize() const;
  static Activation deserialize(const Json& spec);  // activations::get

 private:
  std::string name_;
  Function function_;
};

namespace activations {

// From a configuration: null, a name, or an object with a name. Throws ValueError.
Activation get(const Json& spec);
// Whether Keras 3 has an activation of that name.
bool is_keras_name(const std::string& name);
// Makes `name` known to Activation(name) and to files.
void register_activation(const std::string& name, Activation::Function function);

}  // namespace activations
}  // namespace cornu
