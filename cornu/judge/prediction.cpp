#include "cornu/judge/prediction.h"

#include "cornu/engine/workspace.h"

namespace cornu {

Prediction::Prediction(NetworkImpl& network, std::vector<ir::Type> inputs, const Engine& engine, int threads,
                       WeightsAre weights)
    : inputs_(std::move(inputs)) {
  ForwardGraph forward = forward_graph(network, inputs_);
  parameters_ = std::move(forward.parameters);
  for (const ir::ValueId output : forward.graph.outputs()) outputs_.push_back(forward.graph.type(output));
  executable_ = engine.compile(std::move(forward.graph), CompileOptions{threads, {}});
  if (weights == WeightsAre::kMayChange) return;
  fixed_ = bound();
  // Keeps the weights alive, too, where nothing is to be prepared.
  fixed_memory_ = prepare(fixed_);
}

std::vector<const void*> Prediction::bound() const {
  std::vector<const void*> out(parameters_.size());
  for (std::size_t p = 0; p < out.size(); ++p)
    if (parameters_[p].input < 0) out[p] = parameters_[p].variable.value().raw();
  return out;
}

bool Prediction::is_current(const Prepared& prepared) const {
  std::size_t i = 0;
  for (const ForwardGraph::Parameter& p : parameters_)
    if (p.input < 0 && p.variable.value().raw() != prepared.weights[i++].raw()) return false;
  return true;
}

std::shared_ptr<const Prediction::Prepared> Prediction::prepare(const std::vector<const void*>& parameters) const {
  auto made = std::make_shared<Prepared>();
  for (const ForwardGraph::Parameter& p : parameters_)
    if (p.input < 0) made->weights.push_back(p.variable.value());
  made->memory = Tensor::empty({static_cast<std::int64_t>(executable_->prepared_bytes())}, uint8);
  executable_->prepare(parameters, made->memory.mutable_raw());
  return made;
}

// What the executable wants prepared from the weights as they are now; null when it wants nothing.
std::shared_ptr<const Prediction::Prepared> Prediction::prepared_now(const std::vector<const void*>& parameters) const {
  if (executable_->prepared_bytes() == 0) return nullptr;
  std::shared_ptr<const Prepared> known = prepared_.load();
  if (known && is_current(*known)) return known;
  std::shared_ptr<const Prepared> made = prepare(parameters);
  prepared_.store(made);
  return made;
}

void Prediction::run(std::span<const void* const> x, std::span<void* const> y) const {
  // Room for any model without allocating: these are pointers only.
  thread_local std::vector<const void*> parameters;
  void* const workspace = thread_workspace(executable_->workspace_bytes());
  if (fixed_memory_) {
    parameters.assign(fixed_.begin(), fixed_.end());
    for (std::size_t i = 0; i < x.size(); ++i) parameters[i] = x[i];
    return executable_->run(parameters, y, workspace, fixed_memory_->memory.raw());
  }
  parameters.resize(parameters_.size());
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    const ForwardGraph::Parameter& from = parameters_[p];
    parameters[p] = from.input < 0 ? from.variable.value().raw() : x[static_cast<std::size_t>(from.input)];
  }
  const std::shared_ptr<const Prepared> prepared = prepared_now(parameters);
  executable_->run(parameters, y, workspace, prepared ? prepared->memory.raw() : nullptr);
}

const Prediction& Predictor::get(NetworkImpl& network, const std::vector<ir::Type>& inputs,
                                 const std::string& engine_name, int threads, WeightsAre weights) const {
  if (const Prediction* p = find(inputs)) return *p;
  const std::lock_guard lock(compiling_);
  if (const Prediction* p = find(inputs)) return *p;
  auto made = std::make_unique<Prediction>(network, inputs, engine(engine_name), threads, weights);
  made->next_ = first_.load(std::memory_order_relaxed);
  first_.store(made.get(), std::memory_order_release);
  return *made.release();
}

void Predictor::clear() {
  const Prediction* p = first_.exchange(nullptr);
  while (p) {
    const Prediction* next = p->next_;
    delete p;
    p = next;
  }
}

}  // namespace cornu
