// Compiling steps, and finding the compiled ones again without a lock.
#include "cornu/core/error.h"
#include "cornu/engine/workspace.h"
#include "cornu/optimizers/optimizers.h"
#include "cornu/trainers/trainer.h"

namespace cornu {
namespace {

bool fits(const Plan& plan, StepKind kind, const std::vector<ir::Type>& x, const std::vector<ir::Type>& y,
          bool sample_weight, const Builder::Share& share) {
  if (plan.kind != kind || plan.sample_weight != sample_weight || plan.share != share ||
      plan.types.size() != x.size() + y.size())
    return false;
  for (std::size_t i = 0; i < plan.types.size(); ++i)
    if (plan.types[i] != (i < x.size() ? x[i] : y[i - x.size()])) return false;
  return true;
}

void delete_all(Plan* plan) {
  while (plan) {
    Plan* next = plan->next;
    delete plan;
    plan = next;
  }
}

}  // namespace

Trainer::~Trainer() { delete_all(plans_.load()); }

void Trainer::forget_plans() {
  delete_all(plans_.exchange(nullptr));
  shuffled_plans_.clear();
}

void Trainer::network_changed() {
  forget_plans();
  predictor_.clear();
  shared_ = false;
  device_.reset();
  test_device_.reset();
  device_prediction_.reset();
  trackers_.clear();
  outputs_.reset();
  slots_.clear();
  trained_.clear();
  optimizer_built_ = false;
  compiled_.reset();
}

void Trainer::compile(CompileArguments arguments) {
  engine(arguments.engine);  // an unknown name is an error here, not at the first step
  network_changed();
  compiled_ = std::move(arguments);
  // Keras writes the optimizer that it was given into files, with the state of this one, and then cannot restore it in
  // a session of another policy; here files name the one whose state they hold.
  if (compiled_->auto_scale_loss && network().dtype_policy().name() == "mixed_float16" &&
      !compiled_->optimizer.impl().inner())
    compiled_->optimizer = optimizers::LossScaleOptimizer(compiled_->optimizer, {.name = "loss_scale_optimizer"});
  iterations_ = Tensor::scalar<std::int64_t>(0);
  const LearningRate& rate = compiled_->optimizer.impl().learning_rate();
  learning_rate_ = Tensor::scalar<float>(rate.is_schedule() ? 0.0f : static_cast<float>(rate.value()));
}

const CompileArguments& Trainer::arguments() const {
  if (!compiled_)
    throw ValueError(cat("model \"", network_.name(),
                         "\" is not compiled\n  expected: a call of compile({.optimizer = ..., .loss = ...}) first"));
  return *compiled_;
}

const Plan* Trainer::find_plan(StepKind kind, const std::vector<ir::Type>& x, const std::vector<ir::Type>& y,
                               bool sample_weight, const Builder::Share& share) const {
  for (const Plan* p = plans_.load(std::memory_order_acquire); p; p = p->next)
    if (fits(*p, kind, x, y, sample_weight, share)) return p;
  return nullptr;
}

const Plan& Trainer::plan(StepKind kind, const std::vector<ir::Type>& x, const std::vector<ir::Type>& y,
                          bool sample_weight, const Builder::Share& share) const {
  if (const Plan* p = find_plan(kind, x, y, sample_weight, share)) return *p;
  const std::lock_guard lock(plans_mutex_);
  if (const Plan* p = find_plan(kind, x, y, sample_weight, share)) return *p;
  std::unique_ptr<Plan> made = make_plan(kind, x, y, sample_weight, 0, share);
  made->next = plans_.load(std::memory_order_relaxed);
  plans_.store(made.get(), std::memory_order_release);
  return *made.release();
}

const Plan& Trainer::shuffled_plan(const std::vector<ir::Type>& x, const std::vector<ir::Type>& y, bool sample_weight,
                                   std::int64_t samples, const Builder::Share& share) {
  // Who trains on ever other numbers of samples keeps the plans of the last one.
  if (!shuffled_plans_.empty() && shuffled_plans_[0]->samples != samples) shuffled_plans_.clear();
  for (const auto& p : shuffled_plans_)
    if (fits(*p, StepKind::kTrain, x, y, sample_weight, share)) return *p;
  shuffled_plans_.push_back(make_plan(StepKind::kTrain, x, y, sample_weight, samples, share));
  return *shuffled_plans_.back();
}

StepGraph Trainer::step_graph(StepKind kind, const std::vector<ir::Type>& x, const std::vector<ir::Type>& y,
                              bool sample_weight, std::int64_t samples, const Builder::Share& share) const {
  return build_step({kind, &network(), compiled_ ? &*compiled_ : nullptr, outputs_ ? &outputs_->outputs : nullptr, x, y,
                     sample_weight, samples, share, trained_, &slots_, &trackers_});
}

std::unique_ptr<Plan> Trainer::make_plan(StepKind kind, const std::vector<ir::Type>& x, const std::vector<ir::Type>& y,
                                         bool sample_weight, std::int64_t samples, const Builder::Share& share) const {
  StepGraph step = step_graph(kind, x, y, sample_weight, samples, share);
  auto plan = std::make_unique<Plan>();
  plan->kind = kind;
  plan->types = x;
  plan->types.insert(plan->types.end(), y.begin(), y.end());
  plan->sample_weight = sample_weight;
  plan->samples = samples;
  plan->share = share;
  plan->inputs = x.size();
  plan->parameters = std::move(step.parameters);
  plan->outputs = std::move(step.outputs);
  const std::string name = compiled_ ? compiled_->engine : "";
  plan->executable = engine(name).compile(std::move(step.graph),
                                          CompileOptions{compiled_ ? compiled_->threads : 0, {}, communicator_.get()});
  return plan;
}

void Trainer::build_optimizer() {
  if (optimizer_built_) return;
  trained_ = network().trainable_variables();
  std::vector<VariableSpec> specs;
  for (const Variable& v : trained_) specs.push_back({v.path(), v.shape(), v.dtype(), v.value()});
  slots_ = arguments().optimizer.slots(specs);
  optimizer_built_ = true;
}

void* Trainer::memory_of(const Binding& b, bool to_write) {
  const auto index = static_cast<std::size_t>(b.index);
  const auto of = [to_write](auto& tensor) {
    return to_write ? tensor.mutable_raw() : const_cast<void*>(tensor.raw());
  };
  switch (b.kind) {
    case Binding::kVariable: {
      // A variable is a handle.
      Variable variable = b.variable;
      return to_write ? variable.mutable_raw() : const_cast<void*>(variable.value().raw());
    }
    case Binding::kIterations: return of(iterations_);
    case Binding::kLearningRate: return const_cast<void*>(learning_rate_.raw());
    case Binding::kSlot: return of(slots_[index].initial);
    case Binding::kMetricState: return of(trackers_[index].state[static_cast<std::size_t>(b.part)]);
    default: throw InternalError("a binding of data has no memory here");
  }
}

void Trainer::run_step(const Plan& plan, const Batches& batches) {
  // Room for any step without allocating: bindings are pointers only, and models have a few hundred.
  thread_local std::vector<const void*> parameters;
  thread_local std::vector<void*> outputs;
  parameters.resize(plan.parameters.size());
  outputs.resize(plan.outputs.size());
  for (std::size_t p = 0; p < plan.parameters.size(); ++p) {
    const Binding& b = plan.parameters[p];
    const auto index = static_cast<std::size_t>(b.index);
    switch (b.kind) {
      case Binding::kInput: parameters[p] = batches.data(index); break;
      case Binding::kTarget: parameters[p] = batches.data(plan.inputs + index); break;
      case Binding::kSampleWeight: parameters[p] = batches.data(plan.types.size() + index); break;
      case Binding::kRows: parameters[p] = batches.rows(); break;
      default: parameters[p] = memory_of(b, plan.kind == StepKind::kTrain || b.kind == Binding::kMetricState);
    }
  }
  for (std::size_t o = 0; o < plan.outputs.size(); ++o)
    outputs[o] = const_cast<void*>(parameters[static_cast<std::size_t>(plan.outputs[o])]);
  plan.executable->run(parameters, outputs, thread_workspace(plan.executable->workspace_bytes()));
}

}  // namespace cornu
