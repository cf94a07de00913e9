// KerasTensor: a symbolic tensor, what a layer gives when it is called on symbolic tensors. It holds no numbers: a
// shape, a dtype, a name, and the call that made it, back to the inputs. A cheap handle; copies are the same tensor.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cornu/core/dtype.h"
#include "cornu/core/number.h"
#include "cornu/core/shape.h"

namespace cornu {

class Layer;
struct Node;

// What a call may say beside its inputs.
struct CallOptions {
  // Keras's `training=`. As in Keras 3 it stands in the configuration only: fit trains and predict judges, whatever the
  // calls inside of the model say. A part that is to keep still is frozen: set_trainable(false).
  std::optional<bool> training = {};
};

class KerasTensor {
 public:
  KerasTensor() = default;
  KerasTensor(std::shared_ptr<const Node> node, int index) : node_(std::move(node)), index_(index) {}

  explicit operator bool() const { return node_ != nullptr; }
  // With the batch; -1 is Keras's None.
  const Shape& shape() const;
  DType dtype() const;
  // "keras_tensor", "keras_tensor_1", ...; an input has its layer's name.
  const std::string& name() const;

  // The call that made it, and which of its outputs this is.
  const std::shared_ptr<const Node>& node() const { return node_; }
  int index() const { return index_; }
  // The layer that made it.
  const Layer& layer() const;

  // Is it the very same tensor?
  bool is(const KerasTensor& other) const { return node_ == other.node_ && index_ == other.index_; }
  // An order without meaning, for sets and maps.
  friend bool operator<(const KerasTensor& a, const KerasTensor& b) {
    return a.node_ != b.node_ ? a.node_ < b.node_ : a.index_ < b.index_;
  }

 private:
  std::shared_ptr<const Node> node_;
  int index_ = 0;
};

// Operators make a model's operations (layers/core/operation.h). Shapes broadcast as numpy's.
KerasTensor operator+(const KerasTensor& a, const KerasTensor& b);
KerasTensor operator-(const KerasTensor& a, const KerasTensor& b);
KerasTensor operator*(const KerasTensor& a, const KerasTensor& b);
KerasTensor operator/(const KerasTensor& a, const KerasTensor& b);
KerasTensor operator-(const KerasTensor& a);
KerasTensor operator+(const KerasTensor& a, Number b);
KerasTensor operator-(const KerasTensor& a, Number b);
KerasTensor operator*(const KerasTensor& a, Number b);
KerasTensor operator/(const KerasTensor& a, Number b);
KerasTensor operator+(Number a, const KerasTensor& b);
KerasTensor operator-(Number a, const KerasTensor& b);
KerasTensor operator*(Number a, const KerasTensor& b);
KerasTensor operator/(Number a, const KerasTensor& b);

}  // namespace cornu
