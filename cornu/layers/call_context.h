// CallContext: one emission of layers into one graph. It gives a variable its place in the graph, collects what
// layers update (moving averages, random streams) and what they add to the loss.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "cornu/core/judge_only.h"
#include "cornu/ir/ops.h"
#include "cornu/layers/variable.h"

namespace cornu {

class CallContext {
 public:
  CallContext(Builder& builder, bool training) : builder_(builder), training_(training) {}
  CallContext(const CallContext&) = delete;
  CallContext& operator=(const CallContext&) = delete;

  Builder& builder() { return builder_; }
  // Whether dropout drops and batch statistics are used.
  bool training() const { return !kJudgeOnly && training_; }

  // The value that the variable has at this point of the graph; a parameter of the graph at first use. Fractions come
  // in the dtype of the scope, unless the variable says that it is not to be cast.
  Value operator[](const Variable& variable);
  // The same in the variable's own dtype: what a regularizer or an optimizer sees.
  Value stored(const Variable& variable) { return place(variable).value; }
  // From here on the variable has this value, in its own dtype; the step writes it back.
  void update(const Variable& variable, Value value);
  // Adds a scalar to the loss.
  void add_loss(Value scalar) { losses_.push_back(scalar); }
  // Whether this variable's regularization is not in the loss yet; from now on it counts as being there. A layer that
  // is called twice pays once.
  bool first_regularization(const Variable& variable) { return regularized_.insert(variable).second; }
  // The state for one draw of a random stream; the stream moves on.
  Value next_random_state(const Variable& stream);

  // In order of first use.
  const std::vector<Variable>& variables() const { return order_; }
  // The parameter that stands for the variable: its value before any update.
  Value parameter(const Variable& variable) const { return places_.at(variable).parameter; }
  // Variables that update() was called for.
  bool is_updated(const Variable& variable) const { return places_.at(variable).updated; }
  const std::vector<Value>& losses() const { return losses_; }

  // While one lives, variables are read in its dtype (none: in their own): Keras's AutocastScope. A layer enters it for
  // its call.
  const std::optional<DType>& autocast() const { return autocast_; }
  class AutocastScope {
   public:
    AutocastScope(CallContext& context, std::optional<DType> dtype)
        : context_(context), before_(std::exchange(context.autocast_, dtype)) {}
    ~AutocastScope() { context_.autocast_ = before_; }
    AutocastScope(const AutocastScope&) = delete;
    AutocastScope& operator=(const AutocastScope&) = delete;

   private:
    CallContext& context_;
    std::optional<DType> before_;
  };

 private:
  struct Place {
    Value parameter, value;
    bool updated = false;
  };
  Place& place(const Variable& variable);

  Builder& builder_;
  bool training_;
  std::optional<DType> autocast_;
  std::map<Variable, Place> places_;
  std::vector<Variable> order_;
  std::vector<Value> losses_;
  std::set<Variable> regularized_;
};

}  // namespace cornu
