// Loss: how far predictions are from targets. A loss is a few lines of graph; its gradient comes for free.
#pragma once

#include <memory>

#include "cornu/core/registry.h"
#include "cornu/ir/value.h"
#include "cornu/losses/reduction.h"

namespace cornu {

class LossImpl {
 public:
  virtual ~LossImpl() = default;
  virtual std::string class_name() const = 0;
  // Keras's configuration: "name", "reduction" and the class's own arguments.
  virtual Json config() const = 0;
  // One value a sample: (batch, d1, ..., dn) predictions give (batch, d1, ..., dn-1) values. Shapes have already been
  // made to match (Keras squeezes or expands a last dimension of 1), and targets are of the predictions' dtype unless
  // they are class numbers.
  virtual Value call(Value y_true, Value y_pred) const = 0;
  // Which values count: bool, of the shape of call()'s result. Undefined: all of them.
  virtual Value counts(Value /*y_true*/, Value /*y_pred*/) const { return {}; }
  // Whether targets are class numbers, which stay integers.
  virtual bool takes_class_numbers() const { return false; }
  // Throws ValueError, with the way out, when targets of this type cannot be meant for predictions of this type. Types
  // are as they come, before ranks are made to match. The default wants equal shapes.
  virtual void check(const ir::Type& y_true, const ir::Type& y_pred) const;
  virtual std::string reduction() const { return "sum_over_batch_size"; }
};

// A cheap handle; an empty one is "none".
class Loss {
 public:
  Loss() = default;
  // By Keras's name: "mse", "categorical_crossentropy", "CategoricalCrossentropy", ... "crossentropy" and "ce" are the
  // one of the three cross-entropies that fits the shapes: see resolve().
  Loss(const char* name);
  Loss(const std::string& name);
  explicit Loss(std::shared_ptr<const LossImpl> impl) : impl_(std::move(impl)) {}

  explicit operator bool() const { return impl_ != nullptr || !spelled_.empty(); }
  // The reduced scalar: sum(values * sample_weight) / number of values, as Keras's reduction says. `sample_weight` and
  // `mask` (bool, from the layers behind y_pred) may be undefined. 16-bit predictions are computed with as float32.
  // Throws ValueError for shapes or types that do not fit.
  Value operator()(Value y_true, Value y_pred, Value sample_weight = {}, Value mask = {}) const;
  // Throws ValueError for none, and for "crossentropy" before resolve().
  const LossImpl& impl() const;
  // The loss for these shapes (with batch), spelled as it was. operator() does this itself.
  Loss resolve(const Shape& y_true, const Shape& y_pred) const;
  // The plain string when it was made from one (as Keras keeps it), else the object form. Null when empty.
  Json serialize() const;

 private:
  std::shared_ptr<const LossImpl> impl_;
  std::string spelled_;
};

namespace losses {
Registry<Loss>& registry();
Loss get(const Json& spec);  // null: none
}  // namespace losses
}  // namespace cornu
