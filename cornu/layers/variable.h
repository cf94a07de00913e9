// Variable: a named tensor that belongs to a layer: a weight, a moving average, the state of a random stream.
// A cheap handle; copies are the same variable. Its first value is made when somebody asks for it: loading a file of a
// hundred million weights, or counting them, draws no random numbers.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
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
    Shape shape;
    DType dtype = float32;
    std::function<Tensor()> initial;  // the first value, of this shape and dtype; called once at most
    bool trainable = true;            // as the layer's author meant it; a frozen layer freezes it too
    bool is_seed_state = false;       // the state of a random stream: never saved among the weights, as in Keras
    Regularizer regularizer;
    Constraint constraint;
    bool autocast = true;  // whether layers that compute in another dtype read it in that one
  };

  Variable() = default;
  explicit Variable(Data data) : state_(std::make_shared<State>(std::move(data))) {}

  explicit operator bool() const { return state_ != nullptr; }
  const std::string& name() const { return state_->name; }
  const std::string& path() const { return state_->path; }
  const Shape& shape() const { return state_->shape; }
  DType dtype() const { return state_->dtype; }
  std::int64_t size() const { return shape().size(); }
  std::size_t bytes() const { return static_cast<std::size_t>(size()) * size_of(dtype()); }
  bool trainable() const { return state_->trainable; }
  bool is_seed_state() const { return state_->is_seed_state; }
  const Regularizer& regularizer() const { return state_->regularizer; }
  const Constraint& constraint() const { return state_->constraint; }
  bool autocast() const { return state_->autocast; }
  const Tensor& value() const {
    if (!state_->made.load(std::memory_order_acquire)) make();
    return state_->value;
  }
  // Throws ValueError when shapes differ; converts the dtype.
  void assign(const Tensor& value) const;
  // Memory to train in; detaches from tensors that share it.
  void* mutable_raw() const {
    static_cast<void>(value());
    return state_->value.mutable_raw();
  }

  bool operator==(const Variable& other) const { return state_ == other.state_; }
  bool operator<(const Variable& other) const { return state_ < other.state_; }

 private:
  struct State : Data {
    explicit State(Data data) : Data(std::move(data)) {}
    Tensor value;
    std::atomic<bool> made{false};
    std::mutex making;  // any number of threads may predict with a model that nobody has looked at yet
  };
  void make() const;

  std::shared_ptr<State> state_;
};

}  // namespace cornu
