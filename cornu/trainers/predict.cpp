#include "cornu/core/error.h"
#include "cornu/trainers/trainer.h"

namespace cornu {

namespace {

bool is_current(const Plan& plan, const Prepared& prepared) {
  std::size_t i = 0;
  for (const Binding& b : plan.parameters)
    if (b.kind == Binding::kVariable && b.variable.value().raw() != prepared.weights[i++].raw()) return false;
  return true;
}

// What the executable wants prepared from the weights as they are now; null when it wants nothing.
std::shared_ptr<const Prepared> prepared_for(const Plan& plan, const std::vector<const void*>& parameters) {
  const std::size_t bytes = plan.executable->prepared_bytes();
  if (bytes == 0) return nullptr;
  std::shared_ptr<const Prepared> known = plan.prepared.load();
  if (known && is_current(plan, *known)) return known;
  auto made = std::make_shared<Prepared>();
  for (const Binding& b : plan.parameters)
    if (b.kind == Binding::kVariable) made->weights.push_back(b.variable.value());
  made->memory = Tensor::empty({static_cast<std::int64_t>(bytes)}, uint8);
  plan.executable->prepare(parameters, made->memory.mutable_raw());
  plan.prepared.store(made);
  return made;
}

}  // namespace

void Trainer::run_prediction(const Plan& p, const std::vector<const void*>& x, const std::vector<void*>& y) const {
  thread_local std::vector<const void*> parameters;
  thread_local std::vector<void*> outputs;
  parameters.resize(p.parameters.size());
  outputs.resize(p.outputs.size());
  for (std::size_t i = 0; i < p.parameters.size(); ++i)
    parameters[i] = p.parameters[i].kind == Binding::kInput ? x[static_cast<std::size_t>(p.parameters[i].index)]
                                                            : p.parameters[i].variable.value().raw();
  for (std::size_t i = 0; i < p.outputs.size(); ++i) outputs[i] = y[static_cast<std::size_t>(-1 - p.outputs[i])];
  const std::shared_ptr<const Prepared> prepared = prepared_for(p, parameters);
  execute(p, parameters, outputs, prepared ? prepared->memory.raw() : nullptr);
}

std::vector<Tensor> Trainer::predict(const std::vector<Tensor>& x, const PredictArguments& a) const {
  for (const auto& [argument, value] : {std::pair("batch_size", a.batch_size), std::pair("steps", a.steps.value_or(1))})
    if (value < 1) throw ValueError(cat("[predict] received: ", argument, "=", value, "\n  expected: at least 1"));
  const DataArrays data{x, {}, {}};
  Batches batches(data, a.batch_size);
  const std::int64_t steps = std::min(batches.count(), a.steps.value_or(batches.count()));
  const std::int64_t rows = std::min(data.samples(), steps * a.batch_size);
  std::vector<Tensor> out;
  std::vector<std::size_t> row_bytes;
  for (const Callback& c : a.callbacks) {
    c.impl().attach(const_cast<Trainer*>(this), {a.verbose.value, 1, steps});
    c.impl().on_predict_begin();
  }
  std::vector<ir::Type> types;
  std::vector<const void*> in(x.size());
  std::vector<void*> targets;
  for (std::int64_t b = 0; b < steps; ++b) {
    for (const Callback& c : a.callbacks) c.impl().on_predict_batch_begin(b);
    if (b == 0 || batches.size(b) != batches.size(b - 1)) types = batch_types(x, batches.size(b));
    if (b == 0) {
      const Plan& p = plan(StepKind::kPredict, types, {}, false);
      for (std::size_t i = 0; i < p.prediction_shapes.size(); ++i) {
        const Shape& shape = p.prediction_shapes[i];
        out.push_back(Tensor::empty(shape.slice(1, shape.rank()).with_batch(rows), p.prediction_dtypes[i]));
        row_bytes.push_back(out.back().bytes() / static_cast<std::size_t>(rows));
      }
      targets.resize(out.size());
    }
    batches.select(b);
    for (std::size_t i = 0; i < in.size(); ++i) in[i] = batches.data(i);
    for (std::size_t i = 0; i < out.size(); ++i)
      targets[i] = static_cast<char*>(out[i].mutable_raw()) + static_cast<std::size_t>(b * a.batch_size) * row_bytes[i];
    run_prediction(plan(StepKind::kPredict, types, {}, false), in, targets);
    for (const Callback& c : a.callbacks) c.impl().on_predict_batch_end(b);
  }
  for (const Callback& c : a.callbacks) c.impl().on_predict_end();
  return out;
}

void Trainer::predict_batch(const Tensor& x, Tensor& y) const {
  // The plan is found again by the shape of x; only an unknown shape takes the long way, with every check.
  thread_local std::vector<ir::Type> types(1);
  thread_local std::vector<const void*> in(1);
  thread_local std::vector<void*> out(1);
  if (types[0].dtype != x.dtype() || types[0].shape != x.shape()) types[0] = {x.dtype(), x.shape()};
  const Plan* p = find_plan(StepKind::kPredict, types, {}, false);
  if (!p) {
    const_cast<Trainer*>(this)->prepare({x}, {}, {}, {}, "predict_on_batch");
    p = &plan(StepKind::kPredict, types, {}, false);
  }
  if (p->prediction_shapes.size() != 1)
    throw ValueError(cat("model \"", network_.name(), "\" has ", p->prediction_shapes.size(),
                         " outputs\n  expected: one; predict_all gives the outputs of all"));
  if (y.shape() != p->prediction_shapes[0] || y.dtype() != p->prediction_dtypes[0])
    y = Tensor::empty(p->prediction_shapes[0], p->prediction_dtypes[0]);
  in[0] = x.raw();
  out[0] = y.mutable_raw();
  run_prediction(*p, in, out);
}

}  // namespace cornu
