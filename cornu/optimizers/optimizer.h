// Optimizer: turns gradients into new weights. An optimizer is a few lines of graph over a weight, its gradient and its
// slots; weight decay, clipping, moving averages (EMA), constraints and the step counter are common to all and live
// here.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "cornu/constraints/constraint.h"
#include "cornu/core/fields.h"
#include "cornu/core/registry.h"
#include "cornu/core/tensor.h"
#include "cornu/ir/value.h"
#include "cornu/optimizers/learning_rate_schedule.h"

namespace cornu {

// Arguments that every Keras optimizer takes, in Keras's order.
struct OptimizerOptions {
  std::optional<Number> weight_decay;
  std::optional<Number> clipnorm;
  std::optional<Number> clipvalue;
  std::optional<Number> global_clipnorm;
  bool use_ema = false;
  Number ema_momentum = 0.99;
  std::optional<std::int64_t> ema_overwrite_frequency;
  std::optional<Number> loss_scale_factor;
  std::optional<std::int64_t> gradient_accumulation_steps;
  std::string name;  // "": snake case of the class

  // In the order of Keras's configuration, which is not that of its arguments; the class's own keys follow.
  template <class F>
  void fields(F& f) {
    f("weight_decay", weight_decay);
    f("clipnorm", clipnorm);
    f("global_clipnorm", global_clipnorm);
    f("clipvalue", clipvalue);
    f("use_ema", use_ema);
    f("ema_momentum", ema_momentum);
    f("ema_overwrite_frequency", ema_overwrite_frequency);
    f("loss_scale_factor", loss_scale_factor);
    f("gradient_accumulation_steps", gradient_accumulation_steps);
  }
};

// What an optimizer knows of one trainable variable.
struct VariableSpec {
  std::string path;  // "sequential/dense/kernel"
  Shape shape;
  DType dtype = float32;
  Tensor value = {};  // its value now, where an optimizer's state begins with it
};

// One optimizer variable besides iteration and learning_rate.
struct SlotSpec {
  std::string name;   // "momentum", "velocity", ...
  int variable = -1;  // which trainable variable it belongs to; -1: to none (a scalar of the optimizer)
  std::string path;   // "adam/sequential_dense_kernel_momentum", as Keras names it
  Tensor initial;
};

// What one update may use. Slots are read and written by name.
class UpdateContext {
 public:
  UpdateContext(Value learning_rate, Value step);

  Value learning_rate;  // scalar of the variable's dtype
  Value step;           // scalar of the variable's dtype: which update this is, counted from 1 (Keras's iterations + 1)
  // The slot of the variable at hand, or a scalar of the optimizer; assign to it to update it (a scalar: in
  // begin_step).
  Value& slot(const std::string& name);

  std::map<std::string, Value> slots;
  const VariableSpec* variable = nullptr;  // at hand; none in begin_step
};

class Optimizer;

class OptimizerImpl {
 public:
  // Throws ValueError: more than one kind of clipping, or a number outside of its range.
  OptimizerImpl(std::string class_name, LearningRate learning_rate, OptimizerOptions options);
  virtual ~OptimizerImpl() = default;
  const std::string& class_name() const { return class_name_; }
  // The class's own keys, after the common ones.
  virtual Json own_config() const = 0;
  // Names of the slots, in the order in which Keras makes them: group by group, within a group variable by variable.
  // Adam: {{"momentum", "velocity"}}; RMSprop: {{"velocity"}, {"momentum"}}.
  virtual std::vector<std::vector<std::string>> slot_groups() const { return {}; }
  // Scalars that belong to no variable (Nadam's product); they come last. Their initial values by name.
  virtual std::vector<std::pair<std::string, double>> scalar_slots() const { return {}; }
  // Updates those, once before the variables of a step. The context holds nothing else.
  virtual void begin_step(UpdateContext& /*context*/) const {}
  // Another optimizer that does the work (LossScaleOptimizer); its state follows this one's own_state.
  virtual const Optimizer* inner() const { return nullptr; }
  virtual std::vector<std::pair<std::string, Tensor>> own_state() const { return {}; }
  // Whether the variable has this slot at all, and what Keras calls it: "adam/dense_kernel_momentum".
  virtual bool has_slot(const std::string& /*slot*/, const VariableSpec& /*variable*/) const { return true; }
  virtual std::string slot_path(const std::string& slot, const VariableSpec& variable) const;
  virtual std::optional<Number> weight_decay(const VariableSpec& /*variable*/) const { return options_.weight_decay; }
  // Zeros.
  virtual Tensor initial_slot(const std::string& name, const VariableSpec& variable) const;
  // The new weight. `gradient` has been clipped, weight decay has been applied to `weight`.
  virtual Value update(UpdateContext& context, Value weight, Value gradient) const = 0;

  const LearningRate& learning_rate() const { return learning_rate_; }
  const OptimizerOptions& options() const { return options_; }
  virtual Json config() const;
  std::string name() const;

 private:
  std::string class_name_;
  LearningRate learning_rate_;
  OptimizerOptions options_;
};

// A cheap handle to the configuration of an optimizer; its state belongs to the compiled model.
class Optimizer {
 public:
  // By Keras's name, case does not matter: "sgd", "adam", ...
  Optimizer(const char* name);
  Optimizer(const std::string& name);
  explicit Optimizer(std::shared_ptr<const OptimizerImpl> impl) : impl_(std::move(impl)) {}

  const OptimizerImpl& impl() const { return *impl_; }
  Json serialize() const;
  // The same optimizer, whose weight decay leaves out variables that have one of these words in the last part of their
  // path ("bias"). Not part of the configuration, as in Keras.
  Optimizer exclude_from_weight_decay(std::vector<std::string> var_names) const;
  bool decays(const VariableSpec& variable) const;

  // Slots in the order of Keras's `optimizer.variables`, after iteration and learning_rate: EMA averages, gradient
  // accumulators, then the class's own.
  std::vector<SlotSpec> slots(const std::vector<VariableSpec>& variables) const;

  // What gradients are taken of: the loss, or a multiple of it that keeps small gradients above the smallest number of
  // float16. apply() divides it out again. `slots` as there.
  Value scale_loss(Value loss, const std::vector<Value>& slots) const;

  struct Step {
    std::vector<Value> weights;  // new values, in the order of the variables
    std::vector<Value> slots;    // new values, in the order of slots()
    Value iterations = {};       // the new counter
  };
  // Emits one step with the gradients of scale_loss(): unscale, accumulate, clip, decay, update, EMA, constraints.
  // `iterations` is an int64 scalar (calls
  // so far), `learning_rate` a float32 scalar variable; a schedule computes its rate from `iterations` instead. A
  // gradient may be undefined: then its weight and slots stay as they are.
  Step apply(const std::vector<VariableSpec>& variables, const std::vector<Value>& weights,
             const std::vector<Value>& gradients, const std::vector<Value>& slots,
             const std::vector<Constraint>& constraints, Value iterations, Value learning_rate) const;

  // What the weights become at the end of fit: with use_ema the averages among the slots, otherwise themselves.
  std::vector<Tensor> final_weights(const std::vector<Tensor>& weights, const std::vector<Tensor>& slots) const;

 private:
  // A step of the inner optimizer, unless a gradient is not finite.
  Step apply_inner(const std::vector<VariableSpec>& variables, const std::vector<Value>& weights,
                   const std::vector<Value>& gradients, const std::vector<Value>& slots,
                   const std::vector<Constraint>& constraints, Value iterations) const;

  std::shared_ptr<const OptimizerImpl> impl_;
  std::vector<std::string> without_decay_;
};

namespace optimizers {
// Class names; a maker also answers to the name in lower case.
Registry<Optimizer>& registry();
Optimizer get(const Json& spec);
}  // namespace optimizers
}  // namespace cornu
