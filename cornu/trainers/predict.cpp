#include "cornu/core/error.h"
#include "cornu/trainers/trainer.h"

namespace cornu {

const Prediction& Trainer::prediction(const std::vector<ir::Type>& x) const {
  return predictor_.get(network(), x, compiled_ ? compiled_->engine : "", compiled_ ? compiled_->threads : 0,
                        WeightsAre::kMayChange);
}

std::vector<Tensor> Trainer::predict(const std::vector<Tensor>& x, const PredictArguments& a) const {
  for (const auto& [argument, value] : {std::pair("batch_size", a.batch_size), std::pair("steps", a.steps.value_or(1))})
    if (value < 1) throw ValueError(cat("[predict] received: ", argument, "=", value, "\n  expected: at least 1"));
  const DataArrays data{x, {}, {}};
  Batches batches(data, a.batch_size);
  const std::int64_t steps = std::min(batches.count(), a.steps.value_or(batches.count()));
  const std::int64_t rows = std::min(data.samples(), steps * a.batch_size);
  for (const Callback& c : a.callbacks) {
    c.impl().attach(const_cast<Trainer*>(this), {shown(a.verbose), 1, steps});
    c.impl().on_predict_begin();
  }
  std::vector<Tensor> out;
  const auto allocate = [&out, rows](const std::vector<ir::Type>& batch) {
    for (const ir::Type& type : batch)
      out.push_back(Tensor::empty(type.shape.slice(1, type.shape.rank()).with_batch(rows), type.dtype));
  };
  std::int64_t first = 0;
  if (!watched(a.callbacks) && (first = predict_on_device(x, a.batch_size, steps, allocate, out)) > 0)
    for (const Callback& c : a.callbacks) c.impl().on_predict_batch_begin(0), c.impl().on_predict_batch_end(first - 1);
  std::vector<ir::Type> types;
  std::vector<const void*> in(x.size());
  std::vector<void*> targets;
  for (std::int64_t b = first; b < steps; ++b) {
    for (const Callback& c : a.callbacks) c.impl().on_predict_batch_begin(b);
    if (b == first || batches.size(b) != batches.size(b - 1)) types = batch_types(x, batches.size(b));
    if (out.empty()) allocate(prediction(types).outputs());
    batches.select(b);
    for (std::size_t i = 0; i < in.size(); ++i) in[i] = batches.data(i);
    targets.clear();
    for (Tensor& t : out)
      targets.push_back(static_cast<char*>(t.mutable_raw()) +
                        static_cast<std::size_t>(b * a.batch_size) * (t.bytes() / static_cast<std::size_t>(rows)));
    prediction(types).run(in, targets);
    for (const Callback& c : a.callbacks) c.impl().on_predict_batch_end(b);
  }
  for (const Callback& c : a.callbacks) c.impl().on_predict_end();
  return out;
}

void Trainer::predict_batch(const Tensor& x, Tensor& y) const {
  // The plan is found again by the shape of x; only an unknown shape takes the long way, with every check.
  thread_local std::vector<ir::Type> types(1);
  if (types[0].dtype != x.dtype() || types[0].shape != x.shape()) types[0] = {x.dtype(), x.shape()};
  const Prediction* p = predictor_.find(types);
  if (!p) {
    const_cast<Trainer*>(this)->prepare({x}, {}, {}, {}, "predict_on_batch");
    p = &prediction(types);
  }
  if (p->outputs().size() != 1)
    throw ValueError(cat("model \"", network_.name(), "\" has ", p->outputs().size(),
                         " outputs\n  expected: one; predict_all gives the outputs of all"));
  if (y.shape() != p->outputs()[0].shape || y.dtype() != p->outputs()[0].dtype)
    y = Tensor::empty(p->outputs()[0].shape, p->outputs()[0].dtype);
  const void* const in = x.raw();
  void* const out = y.mutable_raw();
  p->run({&in, 1}, {&out, 1});
}

}  // namespace cornu
