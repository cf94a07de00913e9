// Constraint: brings a weight back to where it may be, after each optimizer step.
#pragma once

#include <memory>

#include "cornu/core/registry.h"
#include "cornu/ir/value.h"

namespace cornu {

class ConstraintImpl {
 public:
  virtual ~ConstraintImpl() = default;
  virtual std::string class_name() const = 0;
  virtual Json config() const = 0;
  // Of the shape of `w`.
  virtual Value apply(Value w) const = 0;
};

// A cheap handle; an empty one is "none".
class Constraint {
 public:
  Constraint() = default;
  Constraint(const char* name);
  Constraint(const std::string& name);
  explicit Constraint(std::shared_ptr<const ConstraintImpl> impl) : impl_(std::move(impl)) {}

  explicit operator bool() const { return impl_ != nullptr; }
  Value operator()(Value w) const { return impl_->apply(w); }
  const ConstraintImpl& impl() const { return *impl_; }
  Json serialize() const;                           // null when empty
  static Constraint deserialize(const Json& spec);  // constraints::get

 private:
  std::shared_ptr<const ConstraintImpl> impl_;
};

namespace constraints {
Registry<Constraint>& registry();
Constraint get(const Json& spec);  // null: none
}  // namespace constraints
}  // namespace cornu
