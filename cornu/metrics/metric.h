// Metric: a number that is gathered over batches. Its state lives in the compiled step, beside the weights; it is a few
// lines of graph that turn the old state and one batch into the new state.
#pragma once

#include <memory>

#include "cornu/core/registry.h"
#include "cornu/core/tensor.h"
#include "cornu/ir/value.h"

namespace cornu {

struct MetricState {
  std::string name;  // "total", "count", ...
  Tensor initial;    // also its shape and dtype
};

class MetricImpl {
 public:
  virtual ~MetricImpl() = default;
  virtual std::string class_name() const = 0;
  virtual Json config() const = 0;
  // What it is called in logs: "accuracy".
  virtual std::string name() const = 0;
  virtual std::vector<MetricState> state() const = 0;
  // The new state, in the order of state(). `sample_weight` may be undefined. Metrics of one argument (Mean, Sum) take
  // it as y_true; y_pred is then undefined.
  virtual std::vector<Value> update(const std::vector<Value>& state, Value y_true, Value y_pred,
                                    Value sample_weight) const = 0;
  // What the state says, computed on the host. A scalar for most.
  virtual Tensor result(const std::vector<Tensor>& state) const = 0;
  // +1: larger is better, -1: smaller is better, 0: nobody can say ("mode": "auto" of callbacks asks).
  virtual int direction() const { return 0; }
};

// A cheap handle.
class Metric {
 public:
  // By Keras's name. "accuracy" and "acc" are resolved when shapes are known: see resolve().
  Metric(const char* name);
  Metric(const std::string& name);
  explicit Metric(std::shared_ptr<const MetricImpl> impl) : impl_(std::move(impl)) {}

  // Throws ValueError while needs_shapes().
  const MetricImpl& impl() const;
  // As typed when it was made from a string ("mse"), else the metric's own.
  std::string name() const;
  // Whether it is a word such as "accuracy" whose class depends on the shapes of targets and predictions.
  bool needs_shapes() const { return impl_ == nullptr; }
  // The metric for these shapes (with batch), keeping the name as typed.
  Metric resolve(const Shape& y_true, const Shape& y_pred) const;
  Json serialize() const;  // the string as typed, else the object form

 private:
  std::shared_ptr<const MetricImpl> impl_;
  std::string spelled_;
};

namespace metrics {
Registry<Metric>& registry();
Metric get(const Json& spec);
// What Keras's metrics make of a mask (bool) on the predictions: the weight of each entry. Either may be undefined.
Value weight_with_mask(Value sample_weight, Value mask);
}  // namespace metrics
}  // namespace cornu
