// Prediction: a network compiled for inputs of certain types. Predictor: those that were compiled so far. What
// Model::predict and Judge share; neither knows how a model is trained.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "cornu/engine/engine.h"
#include "cornu/judge/forward_graph.h"

namespace cornu {

// kMayChange: somebody trains meanwhile, so each run looks whether the weights are still those that were prepared.
// kFixed: they are bound and prepared once, and nobody looks again.
enum class WeightsAre { kMayChange, kFixed };

class Prediction {
 public:
  // Throws ValueError for shapes that the network cannot take, EngineError.
  Prediction(NetworkImpl& network, std::vector<ir::Type> inputs, const Engine& engine, int threads, WeightsAre weights);

  const std::vector<ir::Type>& inputs() const { return inputs_; }
  const std::vector<ir::Type>& outputs() const { return outputs_; }
  const Executable& executable() const { return *executable_; }

  // One pointer an input and an output. Any number of threads at once; allocates nothing once the thread has run one of
  // this size, unless the weights have changed.
  void run(std::span<const void* const> x, std::span<void* const> y) const;

 private:
  // What was prepared, and the weights that it was prepared from: a tensor that somebody writes to moves away from
  // those that share its memory, so as long as variables have this memory they have these numbers.
  struct Prepared {
    std::vector<Tensor> weights;  // one a variable
    Tensor memory;
  };
  std::shared_ptr<const Prepared> prepare(const std::vector<const void*>& parameters) const;
  std::shared_ptr<const Prepared> prepared_now(const std::vector<const void*>& parameters) const;
  bool is_current(const Prepared& prepared) const;
  // Pointers of variables as they are now; those of inputs are null.
  std::vector<const void*> bound() const;

  std::vector<ir::Type> inputs_, outputs_;
  std::vector<ForwardGraph::Parameter> parameters_;
  std::unique_ptr<Executable> executable_;
  std::vector<const void*> fixed_;                // kFixed: bound(), once
  std::shared_ptr<const Prepared> fixed_memory_;  // kFixed
  mutable std::atomic<std::shared_ptr<const Prepared>> prepared_{};

  friend class Predictor;
  Prediction* next_ = nullptr;
};

// A list that only grows, so that readers need no lock.
class Predictor {
 public:
  Predictor() = default;
  Predictor(const Predictor&) = delete;
  Predictor& operator=(const Predictor&) = delete;
  ~Predictor() { clear(); }

  // Null when nothing was compiled that `fits`.
  template <class Fits>
  const Prediction* find_if(const Fits& fits) const {
    for (const Prediction* p = first_.load(std::memory_order_acquire); p; p = p->next_)
      if (fits(*p)) return p;
    return nullptr;
  }
  const Prediction* find(const std::vector<ir::Type>& inputs) const {
    return find_if([&inputs](const Prediction& p) { return p.inputs() == inputs; });
  }
  // Compiles at the first call for these types, under a lock.
  const Prediction& get(NetworkImpl& network, const std::vector<ir::Type>& inputs, const std::string& engine_name,
                        int threads, WeightsAre weights) const;
  // Nobody may be predicting.
  void clear();

 private:
  mutable std::atomic<Prediction*> first_{nullptr};
  mutable std::mutex compiling_;
};

}  // namespace cornu
