// Variable: a named tensor that belongs to a layer: a weight, a moving average, the state of a random stream.
// A cheap handle; copies are the same variable.
#pragma once

#include <memory>
#include <string>

#include "cornu/constraints/constraint.h"
#include "cornu/core/tensor.h"
#include "cornu/regularizers/regularizer.h"

namespace cornu {

class Variable {
 public:
  struct Data {
    std::string name;  // "kernel"
    std::string path;  // "sequential/dense/kernel"
    Tensor value;
    bool trainable = true;       // as the layer's author meant it; a frozen layer freezes it too
    bool is_seed_state = false;  // the state of a random stream: never saved among the weights, as in Keras
    Regularizer regularizer;
    Constraint constraint;
  };

  Variable() = default;
  explicit Variable(Data data) : data_(std::make_shared<Data>(std::move(data))) {}

  explicit operator bool() const { return data_ != nullptr; }
  const std::string& name() const { return data_->name; }
  const std::string& path() const { return data_->path; }
  const Shape& shape() const { return data_->value.shape(); }
  DType dtype() const { return data_->value.dtype(); }
  bool trainable() const { return data_->trainable; }
  bool is_seed_state() const { return data_->is_seed_state; }
  const Regularizer& regularizer() const { return data_->regularizer; }
  const Constraint& constraint() const { return data_->constraint; }
  const Tensor& value() const { return data_->value; }
  // Throws ValueError when shapes differ; converts the dtype.
  void assign(const Tensor& value) const;
  // Memory to train in; detaches from tensors that share it.
  void* mutable_raw() const { return data_->value.mutable_raw(); }

  bool operator==(const Variable& other) const { return data_ == other.data_; }
  bool operator<(const Variable& other) const { return data_ < other.data_; }

 private:
  std::shared_ptr<Data> data_;
};

}  // namespace cornu
