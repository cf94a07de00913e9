// Regularizer: a penalty on a weight or on an output, a scalar that is added to the loss.
#pragma once

#include <memory>

#include "cornu/core/registry.h"
#include "cornu/ir/value.h"

namespace cornu {

class RegularizerImpl {
 public:
  virtual ~RegularizerImpl() = default;
  virtual std::string class_name() const = 0;
  virtual Json config() const = 0;
  // A scalar.
  virtual Value penalty(Value x) const = 0;
};

// A cheap handle; an empty one is "none".
class Regularizer {
 public:
  Regularizer() = default;
  // "l1", "l2", ... Throws ValueError for an unknown name.
  Regularizer(const char* name);
  Regularizer(const std::string& name);
  explicit Regularizer(std::shared_ptr<const RegularizerImpl> impl) : impl_(std::move(impl)) {}

  explicit operator bool() const { return impl_ != nullptr; }
  Value operator()(Value x) const { return impl_->penalty(x); }
  const RegularizerImpl& impl() const { return *impl_; }
  Json serialize() const;                            // null when empty
  static Regularizer deserialize(const Json& spec);  // regularizers::get

 private:
  std::shared_ptr<const RegularizerImpl> impl_;
};

namespace regularizers {
Registry<Regularizer>& registry();
Regularizer get(const Json& spec);  // null: none
}  // namespace regularizers
}  // namespace cornu
