// Optimizer: turns gradients into new weights. An optimizer is a few lines of graph over a weight, its gradient and its
// slots; weight decay, clipping, moving averages (EMA), constraints and the step counter are common to all and live here.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "cornu/constraints/constraint.h"
#include "cornu/core/registry.h"
#include "cornu/core/tensor.h"
#include "cornu/ir/value.h"
#include "cornu/optimizers/learning_rate_schedule.h"

namespace cornu {

// Arguments that every Keras optimizer takes, in Keras's order.
struct OptimizerOptions {
  std::optional<double> weight_decay;
  std::optional<double> clipnorm;
  std::optional<double> clipvalue;
  std::optional<double> global_clipnorm;
  bool use_ema = false;
  double ema_momentum = 0.99;
  std::optional<std::int64_t> ema_overwrite_frequency;
  std::string name;  // "": snake case of the class
};

// What an optimizer knows of one trainable variable.
struct VariableSpec {
  std::string path;  // "sequential/dense/kernel"
  Shape shape;
  DType dtype = float32;
};

// One optimizer variable besides iteration and learning_rate.
struct SlotSpec {
  std::string name;      // "momentum", "velocity", ...
  int variable = -1;     // which trainable variable it belongs to; -1: to none (a scalar of the optimizer)
  std::string path;      // "adam/sequential_dense_kernel_momentum", as Keras names it
  Tensor initial;
};

// What one update may use. Slots are read and written by name.
class UpdateContext {
 public:
  Value learning_rate;  // scalar float of the variable's dtype
  Value step;           // scalar float: how many updates this is, counted from 1 (Keras's iterations + 1)
  // The slot of the variable at hand; assign to it to update it.
  Value& slot(const std::string& name);

  std::map<std::string, Value> slots;
};

class OptimizerImpl {
 public:
  explicit OptimizerImpl(LearningRate learning_rate, OptimizerOptions options)
      : learning_rate_(std::move(learning_rate)), options_(std::move(options)) {}
  virtual ~OptimizerImpl() = default;
  virtual std::string class_name() const = 0;
  // The class's own keys, after the common ones.
  virtual Json own_config() const = 0;
  // Names of the slots of each variable, in Keras's order: {"momentum", "velocity"}.
  virtual std::vector<std::string> slot_names() const { return {}; }
  // Whether Keras makes all slots of one name before those of the next (RMSprop), or variable by variable (Adam).
  virtual bool slots_by_name() const { return false; }
  virtual Tensor initial_slot(const std::string& name, const VariableSpec& variable) const;
  // The new weight. `gradient` has been clipped, weight decay has been applied to `weight`.
  virtual Value update(UpdateContext& context, Value weight, Value gradient) const = 0;
  // AdamW's default differs from the others'.
  const LearningRate& learning_rate() const { return learning_rate_; }
  const OptimizerOptions& options() const { return options_; }
  Json config() const;
  std::string name() const;

 private:
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

  // Slots in the order of Keras's `optimizer.variables`, after iteration and learning_rate (EMA averages first).
  std::vector<SlotSpec> slots(const std::vector<VariableSpec>& variables) const;

  struct Step {
    std::vector<Value> weights;    // new values, in the order of the variables
    std::vector<Value> slots;      // new values, in the order of slots()
  };
  // Emits one step: clip, decay, update, EMA, constraints. `iterations` is an int64 scalar (updates so far),
  // `learning_rate` a float32 scalar variable; a schedule computes its rate from `iterations` instead.
  Step apply(const std::vector<VariableSpec>& variables, const std::vector<Value>& weights, const std::vector<Value>& gradients,
             const std::vector<Value>& slots, const std::vector<Constraint>& constraints, Value iterations,
             Value learning_rate) const;

 private:
  std::shared_ptr<const OptimizerImpl> impl_;
};

namespace optimizers {
Registry<Optimizer>& registry();
Optimizer get(const Json& spec);
}  // namespace optimizers
}  // namespace cornu
